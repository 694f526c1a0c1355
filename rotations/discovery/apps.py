from importlib import import_module

from django.apps import AppConfig


class DiscoveryConfig(AppConfig):
    name = "rotations.discovery"
    label = "discovery"

    def ready(self) -> None:
        import_module("rotations.discovery.receivers")
