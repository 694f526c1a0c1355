from django.apps import AppConfig


class DiscoveryConfig(AppConfig):
    name = "rotations.discovery"
    label = "discovery"
