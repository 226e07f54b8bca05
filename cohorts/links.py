"""Addresses as they stand in emails and on certificates: whole, with the site's name."""

from typing import Any

from django.conf import settings
from django.urls import reverse


def absolute(name: str, *args: Any) -> str:
    return settings.SITE_URL + reverse(name, args=args)
