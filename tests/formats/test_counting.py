"""A text that is too long comes back whole, with a sentence: the browser is not to cut it off and say nothing."""

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st
from unfold.widgets import UnfoldAdminTextareaWidget


def form_with(most, widget, **data):
    return type("F", (forms.Form,), {"text": forms.CharField(max_length=most, widget=widget)})(data or None)


@pytest.mark.parametrize("widget", [forms.Textarea, UnfoldAdminTextareaWidget, lambda: forms.Textarea({"rows": 3})])
def test_a_box_for_a_text_takes_all_that_is_pasted_and_a_line_stops_at_its_limit(widget):
    assert "maxlength" not in str(form_with(40, widget())["text"])
    assert 'maxlength="40"' in str(form_with(40, forms.TextInput())["text"])


@given(st.integers(1, 60), st.integers(1, 60))
def test_what_is_too_long_is_said_with_both_numbers_and_given_back(most, size):
    form = form_with(most, forms.Textarea(), text="a" * size)
    assert form.is_valid() == (size <= most)
    if size > most:
        assert form.errors["text"] == [f"This has {size} characters. Shorten it to {most} or fewer."]
        assert "a" * size in str(form["text"])
