"""Importing this loads Django: for a process that others are forked from."""

import django
from django.apps import apps

if not apps.ready:
    django.setup()
