from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "rotations.catalog"
    label = "catalog"
