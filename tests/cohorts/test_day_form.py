"""Recording a day of the assignment: a date that is not one gets a sentence that says what to do."""

import pytest

from cohorts.forms import PlacementDayForm


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (("", "", ""), "Enter the day you worked on it."),
        (("31", "2", "2026"), "There is no 31 February. Enter another date."),
        (("soon", "", ""), "Enter a real date, such as 27 3 2020."),
    ],
)
def test_a_date_that_cannot_be_gets_a_sentence(day, sentence):
    form = PlacementDayForm({"on_0": day[0], "on_1": day[1], "on_2": day[2], "days": "1"}, subject=None)
    assert form.errors["on"] == [sentence]
