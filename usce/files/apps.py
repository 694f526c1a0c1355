from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "usce.files"
    label = "files"
