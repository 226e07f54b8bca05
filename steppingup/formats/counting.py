"""Words and characters of a text, counted as the browser counts them, so that nobody is refused what their page let through.

The counter on the page takes whatever stands between spaces for a word, by what JavaScript takes for a space. A box with a
limit counts half pairs of UTF-16, an end of a line as one, although two are sent."""

import re
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator

#: As \s in JavaScript. Python has four controls and U+0085 besides, and not U+FEFF.
SPACE = "\t\n\x0b\x0c\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_WORD = re.compile(f"[^{SPACE}]+")


def count_words(text: str) -> int:
    return len(_WORD.findall(text))


def plain_lines(text: str) -> str:
    """With every line ended by one sign, as a box holds it before it is sent."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def length(text: str) -> int:
    """The characters of a text, as a box counts them up to its limit."""
    plain = plain_lines(text)
    return len(plain) + sum(sign > "\uffff" for sign in plain)


def count_as_browsers_do() -> None:
    """Every form, ours and those of libraries, has its texts with plain lines, and counts as above. Called once, when the site
    starts: Django makes these boxes and these checks itself."""
    value = forms.Textarea.value_from_datadict

    def with_plain_lines(self: Any, data: Any, files: Any, name: str) -> Any:
        found = value(self, data, files, name)
        return plain_lines(found) if isinstance(found, str) else found

    forms.Textarea.value_from_datadict = with_plain_lines  # type: ignore[method-assign]
    attributes = forms.CharField.widget_attrs

    def without_a_stop(self: Any, widget: Any) -> Any:
        """A box for a text takes all that is pasted: a browser would cut off what is beyond the limit and say nothing, where we can
        give the whole of it back with a sentence."""
        found = attributes(self, widget)
        if isinstance(widget, forms.Textarea):
            found.pop("maxlength", None)
        return found

    forms.CharField.widget_attrs = without_a_stop  # type: ignore[method-assign]
    MaxLengthValidator.message = "This has %(show_value)d characters. Shorten it to %(limit_value)d or fewer."
    MaxLengthValidator.clean = lambda self, x: length(str(x))  # type: ignore[method-assign]
