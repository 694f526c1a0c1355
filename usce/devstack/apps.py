from django.apps import AppConfig


class DevstackConfig(AppConfig):
    name = "usce.devstack"
    label = "devstack"
