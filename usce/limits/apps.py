from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "usce.limits"
    label = "limits"
