from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "rotations.providers"
    label = "providers"
