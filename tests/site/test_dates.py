"""A date in three boxes is one that somebody can have meant, or gets its sentence."""

from datetime import date

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from steppingup.site.dates import FIRST_YEAR, LAST_YEAR, ThreeBoxes

SENTENCE = "Enter a real date."
BOX = st.one_of(
    st.text(max_size=12), st.integers().map(str), st.sampled_from(["9" * 5000, "9" * 30, "²", "-1", "1e9", "\x00"])
)


@given(st.lists(BOX, min_size=3, max_size=3))
def test_whatever_is_typed(boxes):
    field = ThreeBoxes(sentence=SENTENCE, required=False, require_all_fields=False)
    try:
        found = field.clean(boxes)
    except forms.ValidationError:
        return
    assert found is None or FIRST_YEAR <= found.year <= LAST_YEAR


@pytest.mark.parametrize(
    "boxes", [["31", "2", "2026"], ["1", "1", "9" * 30], ["1", "1", "99"], ["1", "1", "9999"], ["0", "1", "2026"]]
)
def test_one_that_nobody_can_have_meant_gets_the_sentence(boxes):
    with pytest.raises(forms.ValidationError, match=SENTENCE):
        ThreeBoxes(sentence=SENTENCE, require_all_fields=False).clean(boxes)


def test_one_that_somebody_meant_is_taken():
    assert ThreeBoxes(sentence=SENTENCE, require_all_fields=False).clean(["27", "3", "2026"]) == date(2026, 3, 27)
