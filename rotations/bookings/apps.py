from importlib import import_module

from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "rotations.bookings"
    label = "bookings"

    def ready(self) -> None:
        import_module("rotations.bookings.receivers")
