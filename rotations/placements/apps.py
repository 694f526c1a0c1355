from importlib import import_module

from django.apps import AppConfig


class PlacementsConfig(AppConfig):
    name = "rotations.placements"
    label = "placements"

    def ready(self) -> None:
        import_module("rotations.placements.receivers")
