from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    name = "rotations.eligibility"
    label = "eligibility"
