"""Documents: a template becomes a tagged PDF (PDF/UA-1). Nothing is fetched from a network.

Templates extend pdf/base.html. Addresses in them are paths under static/: `url(fonts/…)`, `<img src="img/…">`.
"""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string


class NotOurs(ValueError):
    """A document asked for something that is not one of the site's own files."""


def render_pdf(template: str, context: dict[str, Any]) -> bytes:
    """The document as bytes: tagged, with its title and language, fonts embedded.

    Raises NotOurs when the template asks for anything from elsewhere."""
    # It takes half a second to load, and most processes never print.
    from steppingup.site.printing import Refused, print_html

    html = render_to_string(template, {"site_name": settings.SITE_NAME, **context})
    try:
        return print_html(html)
    except Refused as refused:
        raise NotOurs(str(refused)) from refused
