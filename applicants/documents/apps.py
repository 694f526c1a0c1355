from importlib import import_module

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "applicants.documents"
    label = "documents"

    def ready(self) -> None:
        import_module("applicants.documents.receivers")
