"""Where a programme is found on the site: at its provider’s, as two providers may have programmes of one name
(docs/adr/0044-a-programme-is-found-at-its-provider-s.md).

/programmes/bristol-city-council/stepping-up/partners/
"""

from django.core.exceptions import ValidationError
from django.urls import register_converter

#: What follows the address of a programme on the site; no programme can be called so, as the addresses of before had it there.
WORDS = ("partners", "documents", "events", "check", "interest", "publish", "stories")


class ProgrammePath:
    """The slug of a provider and that of one of its programmes, as `Programme.path` has them."""

    regex = "[-a-zA-Z0-9_]+/[-a-zA-Z0-9_]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ProgrammePath, "programme")


def require_free_word(slug: str) -> None:
    """Raises ValidationError for a word that stands after a programme in addresses."""
    if slug in WORDS:
        raise ValidationError(
            f"“{slug}” is a page of every programme, so it cannot be the address of one. Choose another.", "word"
        )
