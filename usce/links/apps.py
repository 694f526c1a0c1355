from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "usce.links"
    label = "links"
