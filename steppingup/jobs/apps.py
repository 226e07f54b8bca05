from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "steppingup.jobs"
    verbose_name = "Work in the background"

    def ready(self) -> None:
        autodiscover_modules("jobs")
        import_module("steppingup.jobs.heartbeats")  # listens to Celery
