from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "rotations.console"
    label = "console"
