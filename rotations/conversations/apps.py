from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "rotations.conversations"
    label = "conversations"
