"""Telephone numbers in the forms that people use, in every form of ours; and what can not be dialled."""

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from steppingup.formats.fields import TELEPHONE, TelephoneInput
from steppingup.formats.sameness import telephone
from tests.formats.test_dates import OURS, fields_of_every_form

SPACE = st.sampled_from(["", " ", "-", ".", "\u2011", "\u00a0", "–"])


@given(
    SPACE,
    SPACE,
    st.sampled_from(["{}", "Tel: {}", "tel:{}", "Mobile {}", "{} (work)", "{} ext 5", "{} x5", "{} ext.: 5", "{} #5"]),
)
def test_one_number_in_every_form(first, second, around):
    for start in ("0117", "(0117)", "+44 117", "+44 (0)117", "0044 117", "０１１７"):
        typed = around.format(f"{start}{first or ' '}496{second}0123")
        assert TelephoneInput().clean(typed)
        if around in ("{}", "{} ext 5", "{} x5"):
            assert telephone(typed) == "01174960123"


@pytest.mark.parametrize(
    "typed",
    [
        "999",
        "12345",
        "0117 496 012O",
        "0117 496 0123 or 07700 900123",
        "call me",
        "++44 117 496 0123",
        "²" * 9,
        "1" * 16,
        "(work)",
        "x5",
    ],
)
def test_what_cannot_be_dialled_gets_the_sentence(typed):
    with pytest.raises(forms.ValidationError, match=TELEPHONE.replace("+", "[+]")):
        TelephoneInput().clean(typed)


def test_every_form_that_asks_for_one_checks_it():
    asked = [
        (where, field) for where, field in fields_of_every_form() if where.startswith(OURS) and where.endswith("phone")
    ]
    assert len(asked) > 3
    assert [where for where, field in asked if not isinstance(field, TelephoneInput)] == []
