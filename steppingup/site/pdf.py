"""Documents: a template becomes a tagged PDF (PDF/UA-1). Nothing is fetched from a network.

Templates extend pdf/base.html. Addresses in them are paths under static/: `url(fonts/…)`, `<img src="img/…">`.
"""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from steppingup.history.lifecycle import NotPossible


def render_pdf(template: str, context: dict[str, Any]) -> bytes:
    """The document as bytes: tagged, with its title and language, fonts embedded.

    Raises `printing.Refused` when the template asks for anything from elsewhere, and NotPossible where no font has a letter
    of it: a box in the place of a letter is nobody's name."""
    # It takes half a second to load, and most processes never print.
    from steppingup.site.printing import LettersMissing, print_html

    try:
        return print_html(render_to_string(template, {"site_name": settings.SITE_NAME, **context}))
    except LettersMissing as missing:
        raise NotPossible(
            f"This cannot be printed yet: no font here has “{missing.letters}”. Ask whoever runs the site to install one, "
            "or write the name in other letters.",
            "letters",
        ) from missing
