"""Celery: everything that happens outside the request. Queue names and the timetable are in settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steppingup.settings")

app = Celery("steppingup")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
