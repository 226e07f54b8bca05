from django.apps import AppConfig


class StepsConfig(AppConfig):
    name = "steppingup.steps"
    verbose_name = "Steps"
