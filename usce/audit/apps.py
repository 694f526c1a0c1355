from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "usce.audit"
    label = "audit"
