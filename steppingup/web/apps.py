from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "steppingup.web"
