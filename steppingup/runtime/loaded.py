"""Importing this loads Django: for a process that others are forked from."""

import os

import django
from django.apps import apps

from steppingup.runtime.collector import leave_loaded_alone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steppingup.settings")
if not apps.ready:
    django.setup()
    leave_loaded_alone()
