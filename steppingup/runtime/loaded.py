"""Importing this loads Django: for a process that others are forked from."""

import os

import django
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steppingup.settings")
if not apps.ready:
    django.setup()
