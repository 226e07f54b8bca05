"""What every template can use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from steppingup.site import navigation


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's name, the navigation (worked out when a template asks for it), and whether this is a demonstration."""
    return {
        "site_name": settings.SITE_NAME,
        "demonstration": settings.DEMONSTRATION,
        "navigation": SimpleLazyObject(lambda: navigation.links_for(request)),
    }
