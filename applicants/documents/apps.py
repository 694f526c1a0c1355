from django.apps import AppConfig
from django.utils.module_loading import import_module


class DocumentsConfig(AppConfig):
    name = "applicants.documents"
    label = "documents"

    def ready(self) -> None:
        import_module("applicants.documents.receivers")
