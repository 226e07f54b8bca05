"""How the admin looks (Unfold). `settings.py` reads this; nothing here needs the database."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static

# The same deep teal as on the public pages, as a scale; 600 is --brand.
TEAL = {
    "50": "#eef6f6",
    "100": "#d8eaea",
    "200": "#b3d5d6",
    "300": "#82b8bb",
    "400": "#4c9499",
    "500": "#23767c",
    "600": "#0b5c63",
    "700": "#094e54",
    "800": "#073c40",
    "900": "#052f33",
    "950": "#031f22",
}
# Greys with a little warmth, as sand is on the public pages.
SAND = {
    "50": "#faf9f6",
    "100": "#f3f1eb",
    "200": "#e5e1d8",
    "300": "#d3cec2",
    "400": "#a19c90",
    "500": "#6f6b62",
    "600": "#55524b",
    "700": "#413f3a",
    "800": "#2a2926",
    "900": "#1b1a18",
    "950": "#11100f",
}


def at(path: str) -> Callable[[HttpRequest], str]:
    """The address of a static file, asked for when a page is made: settings are read before files have addresses."""
    return lambda request: static(path)


def environment(request: HttpRequest) -> list[str] | None:
    """A label at the top, so that nobody takes a demonstration for the real thing."""
    return ["Demonstration", "warning"] if settings.DEMONSTRATION else None


def configuration(site_name: str) -> dict[str, Any]:
    mark = at("img/favicon.svg")
    return {
        "SITE_TITLE": site_name,
        "SITE_HEADER": site_name,
        "SITE_SUBHEADER": "Staff area",
        "SITE_URL": "/",
        "SITE_ICON": mark,
        "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": mark}],
        "STYLES": [at("css/admin.css")],
        "SCRIPTS": [at("js/admin.js")],
        "SHOW_HISTORY": True,
        "SHOW_VIEW_ON_SITE": True,
        "SHOW_BACK_BUTTON": True,
        "ENVIRONMENT": "steppingup.desk.unfold.environment",
        "DASHBOARD_CALLBACK": "steppingup.desk.admin.dashboard",
        "BORDER_RADIUS": "6px",
        "COLORS": {"primary": TEAL, "base": SAND},
        "SIDEBAR": {
            "show_search": False,
            "command_search": False,
            "show_all_applications": False,
        },
    }
