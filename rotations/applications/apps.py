from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "rotations.applications"
    label = "applications"
