from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "usce.cases"
    label = "cases"
