from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "applicants.documents"
    label = "documents"
