from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "usce.accounts"
    label = "accounts"
