from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "applicants.profiles"
    label = "profiles"
