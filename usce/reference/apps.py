from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "usce.reference"
    label = "reference"
