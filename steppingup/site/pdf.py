"""Documents: a template becomes a tagged PDF (PDF/UA-1). Nothing is fetched from a network.

Templates extend pdf/base.html. Addresses in them are paths under static/: `url(fonts/…)`, `<img src="img/…">`.
"""

import re
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from steppingup.history.lifecycle import NotPossible

#: What people paste with a text and no font draws: other signs for a new line, and signs that control a printer.
_NEW_LINE = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
#: Bullets and ticks of Symbol and Wingdings, as Word gives them away: letters of nobody, in a range that is for private use.
_BULLETS = str.maketrans(
    {
        0xF000 + int(at, 16): sign
        for at, sign in zip(["b7", "a7", "a8", "6f", "d8", "fc", "fb", "e0", "76", "2d"], "•▪□□➢✓✗→❖–", strict=True)
    }
)


def printable(text: str) -> str:
    """The same as far as a reader is concerned, without signs that no font has."""
    return _CONTROL.sub("", _NEW_LINE.sub("\n", text)).translate(_BULLETS)


def render_pdf(template: str, context: dict[str, Any]) -> bytes:
    """The document as bytes: tagged, with its title and language, fonts embedded.

    Raises `printing.Refused` when the template asks for anything from elsewhere, and NotPossible where no font has a letter
    of it: a box in the place of a letter is nobody's name."""
    # It takes half a second to load, and most processes never print.
    from steppingup.site.printing import LettersMissing, print_html

    try:
        return print_html(printable(render_to_string(template, {"site_name": settings.SITE_NAME, **context})))
    except LettersMissing as missing:
        raise NotPossible(
            f"This cannot be printed yet: no font here has “{missing.letters}”. Ask whoever runs the site to install one, "
            "or write the name in other letters.",
            "letters",
        ) from missing
