"""Documents: a template becomes a tagged PDF (PDF/UA-1). Nothing is fetched from a network.

Templates extend pdf/base.html. Addresses in them are paths under static/: `url(fonts/…)`, `<img src="img/…">`.
"""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string


def render_pdf(template: str, context: dict[str, Any]) -> bytes:
    """The document as bytes: tagged, with its title and language, fonts embedded.

    Raises `printing.Refused` when the template asks for anything from elsewhere."""
    # It takes half a second to load, and most processes never print.
    from steppingup.site.printing import print_html

    return print_html(render_to_string(template, {"site_name": settings.SITE_NAME, **context}))
