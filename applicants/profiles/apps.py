from importlib import import_module

from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "applicants.profiles"
    label = "profiles"

    def ready(self) -> None:
        import_module("applicants.profiles.receivers")
