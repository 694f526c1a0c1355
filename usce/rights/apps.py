from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RightsConfig(AppConfig):
    name = "usce.rights"
    label = "rights"

    def ready(self) -> None:
        autodiscover_modules("personal")
