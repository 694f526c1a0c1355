from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "rotations.letters"
    label = "letters"
