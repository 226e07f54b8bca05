from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "steppingup.messaging"
