"""Full addresses of pages, for emails and documents."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse


def address(name: str, *args: Any, **query: Any) -> str:
    """The address of a page with the site's own: address("admin:index"), address("jobs:job", job.uuid, page=2)."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}" + (f"?{urlencode(query)}" if query else "")
