"""What a form says of a number or a text that is out of its bounds, and of a choice that is none: a sentence that says what to enter, in every form of the site."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import get_resolver

from tests.ours import OURS

TEMPLATES = Path(__file__).parents[2] / "templates"
#: How Django begins what it says of a bound, and of a choice.
CLUMSY = ("Ensure", "Select a valid", "Enter a list")


def forms_of_ours() -> list[type[forms.BaseForm]]:
    assert get_resolver().url_patterns  # everything that has a form is imported by then
    found, seen = [forms.BaseForm], set()
    while found:
        for one in found.pop().__subclasses__():
            if one not in seen:
                seen.add(one)
                found.append(one)
    return sorted(
        (one for one in seen if one.__module__.partition(".")[0] in OURS),
        key=lambda one: (one.__module__, one.__qualname__),
    )


def beyond(field: forms.Field) -> Iterator[object]:
    """Values on the other side of every bound that a field has."""
    rows = getattr(field, "queryset", ())
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField) and rows is not None:
        yield "no list"
        yield ["²"]
    elif isinstance(field, forms.ChoiceField) and rows is not None:  # others get their rows with the record
        yield "²"
    if (least := getattr(field, "min_value", None)) is not None:
        yield str(least - 1)
    if (most := getattr(field, "max_value", None)) is not None:
        yield str(most + 1)
    if (places := getattr(field, "decimal_places", None)) is not None:
        yield str(Decimal(1) + Decimal(1).scaleb(-places - 1))
    if getattr(field, "max_digits", None) is not None:
        yield "9" * (field.max_digits + 1)
    if (shortest := getattr(field, "min_length", None)) is not None and shortest > 1:
        yield "x" * (shortest - 1)


def test_what_is_out_of_bounds_is_said_in_a_sentence_that_says_what_to_enter():
    said = {}
    for form in forms_of_ours():
        for name, field in getattr(form, "base_fields", {}).items():
            for value in beyond(field):
                with pytest.raises(ValidationError) as refused:
                    field.clean(value)
                said[f"{form.__module__}.{form.__qualname__}.{name}: {value}"] = refused.value.messages
    assert len(said) > 40, "the forms were not found"
    assert not {where: words for where, words in said.items() if any(one.startswith(CLUMSY) for one in words)}


def test_no_box_of_a_template_cuts_off_what_is_pasted():
    """Browsers cut it without a word at `maxlength`; what is too long comes back whole, with a sentence."""
    boxes = {path: re.findall(r"<textarea[^>]*>", path.read_text()) for path in TEMPLATES.rglob("*.html")}
    assert any(boxes.values())
    assert not {str(path): box for path, found in boxes.items() for box in found if "maxlength" in box}
