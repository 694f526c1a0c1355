from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "rotations.bookings"
    label = "bookings"
