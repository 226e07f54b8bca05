from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "steppingup.demo"
    verbose_name = "Demonstration"
