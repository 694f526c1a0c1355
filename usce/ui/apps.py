from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "usce.ui"
    label = "ui"
