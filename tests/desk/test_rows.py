"""A page with many rows inside a record: what it costs, and what is said when somebody sends more than it draws."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from steppingup.desk.rows import MOST_NEW
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.applications import WindowFactory
from tests.sweeps.forms_found import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(in_admin):
    """Sends the page of a window with so many rows for employers, each with this one, and returns the answer and its queries."""
    window = WindowFactory()
    desk = in_admin(staff(provider=window.cohort.programme.provider))
    address = reverse("admin:applications_window_change", args=[window.pk])
    form = next(one for one in read(desk.get(address).text).forms if "opens_at_0" in one.fields)

    def send(rows: int, employers: list):
        data = form.as_a_browser() | {"employer_rules-TOTAL_FORMS": str(rows)}
        data |= {f"employer_rules-{number}-employer": employers[number % len(employers)] for number in range(rows)}
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = desk.post(address, data)
        return answer, len(asked)

    return send


def test_what_may_be_chosen_is_asked_for_once_for_all_rows(sent):
    few, many = (sent(number, ["x"])[1] for number in (3, MOST_NEW))
    assert many == few


def test_rows_that_are_made_up_are_not_drawn_and_honest_ones_are_saved_bit_by_bit(sent):
    employers = [OrganisationFactory().pk for _ in range(MOST_NEW)]
    answer, _ = sent(250, ["x"])
    assert "Add no more than 40 rows at a time" in answer.text
    assert f"employer_rules-{MOST_NEW - 1}-employer" in answer.text
    assert f"employer_rules-{MOST_NEW}-employer" not in answer.text
    assert sent(MOST_NEW, employers)[0].status_code == 302
