from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from steppingup.celery import app


class JobsConfig(AppConfig):
    name = "steppingup.jobs"
    verbose_name = "Work in the background"
    celery = app  # made before any task is, in every process that has Django

    def ready(self) -> None:
        autodiscover_modules("jobs")
        import_module("steppingup.jobs.heartbeats")  # listens to Celery
