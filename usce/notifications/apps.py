from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "usce.notifications"
    label = "notifications"
