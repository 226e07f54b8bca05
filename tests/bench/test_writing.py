"""What writing to five hundred people costs."""

import time

import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohorts.actions import writing
from cohorts.models import Cohort, Enrolment
from cohorts.states.writing import Reader
from steppingup.accounts.models import User
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import RunningCohortFactory, SessionFactory

pytestmark = pytest.mark.django_db
TEXT = "We meet, {{ name }}: {{ next_session }}. So far {{ days_done }}.\n\n- Bring **a problem**\n- [Your page]({{ link }})"


def cohort_of(number: int) -> Cohort:
    cohort = RunningCohortFactory(capacity=number)
    SessionFactory(cohort=cohort)
    employer = OrganisationFactory()
    users = User.objects.bulk_create(
        [User(email=f"p{number}-{n}@bench.example", full_name=f"Person {n}") for n in range(number)]
    )
    with pgtrigger.ignore("cohorts.Enrolment:never_before_it_is_signed"):
        Enrolment.objects.bulk_create([Enrolment(participant=one, cohort=cohort, employer=employer) for one in users])
    return cohort


def write_to(cohort: Cohort) -> tuple[int, float]:
    by = staff(provider=cohort.programme.provider)
    words = {"subject": "The room for {{ cohort }}", "text": TEXT}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        began = time.perf_counter()
        writing.write(cohort=cohort, whom=writing.EVERYBODY, readers=[Reader.PARTICIPANT], by=by, **words)
        took = time.perf_counter() - began
    return len(queries), took


def test_a_message_to_five_hundred_people_is_queued_in_under_two_seconds_and_costs_no_more_queries_than_to_five():
    few, many = cohort_of(5), cohort_of(500)
    (least, _), (most, took) = write_to(few), write_to(many)
    assert Message.objects.count() == 505
    print(f"{most} queries, {took:.2f} s")
    assert most <= least  # the first also asks for what is then at hand
    assert took < 2, f"It took {took:.2f} s."
