"""A cohort of five hundred people half-way through, each with eight days done: what is looked at of all of them at once."""

import time
from datetime import timedelta

import pgtrigger
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import writing
from cohorts.models import Cohort, DayEntry, Enrolment
from cohorts.states.writing import Reader
from steppingup.accounts.models import Organisation, User
from steppingup.desk import workspace
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus
from tests.bench import fill
from tests.bench.pages import LOOKED_AT, Counter, Page
from tests.bench.team import running_cohort
from tests.factories.cohorts import day

SLUG, NUMBER = "bench-large", 500
#: Seconds in which an email to all of them is queued.
WANTED = 2
TEXT = "We meet, {{ name }}: {{ next_session }}. So far {{ days_done }}.\n\n- Bring **a problem**\n- [Your page]({{ link }})"


def enrol(cohort: Cohort, employer: Organisation, number: int) -> None:
    users = fill.write(
        [User(email=f"{cohort.pk}-{n}@large.bench.example", full_name=f"Person {n}") for n in range(number)]
    )
    rows = [
        Enrolment(participant=one, cohort=cohort, employer=employer, enrolled_at=timezone.now() - timedelta(days=100))
        for one in users
    ]
    with pgtrigger.ignore("cohorts.Enrolment:never_before_it_is_signed"):
        fill.write(rows)


def do_days(cohort: Cohort) -> None:
    """Half a day every ninth day of the last eighty, by turns of each part."""
    parts, source = list(cohort.plan.components.all()), ContentType.objects.get_for_model(Cohort)
    fill.write(
        [
            DayEntry(
                enrolment=one,
                component=parts[at % len(parts)],
                on=day(-80 + 9 * at),
                days="0.5",
                content_type=source,
                object_id=8 * number + at,
            )
            for number, one in enumerate(cohort.enrolments.order_by("pk"))
            for at in range(8)
        ]
    )


def fill_large() -> Cohort:
    """Made once; a cohort that is there is left alone."""
    found = fill.programme()
    existing = Cohort.objects.filter(programme=found, slug=SLUG).select_related("programme").first()
    if existing:
        return existing
    made = running_cohort(found, SLUG, NUMBER, began=90)
    enrol(made, fill.people_of(found).employers[0], NUMBER)
    do_days(made)
    return made


def pages_of(cohort: Cohort) -> list[Page]:
    """What is looked at of all of them. What the overview says of who is stuck comes after it, as a page of its own."""
    stuck = reverse("admin:cohorts_enrolment_first_stuck", args=[cohort.pk])
    return [
        Page("Overview of 500 participants", workspace.address_of(cohort), 200),
        Page("500 participants at a glance", reverse("admin:cohorts_cohort_glance", args=[cohort.pk]), 200),
        Page("Who is stuck of 500", stuck, 500, most=LOOKED_AT),
    ]


def write_to(cohort: Cohort, by: User) -> tuple[int, float, int]:
    """Queries and seconds until an email to everybody is queued, and how many are; nothing is left of it."""
    words = {"subject": "The room for {{ cohort }}", "text": TEXT}
    with transaction.atomic():
        with Counter() as queries:
            began = time.perf_counter()
            writing.write(cohort=cohort, whom=writing.EVERYBODY, readers=[Reader.PARTICIPANT], by=by, **words)
            took = time.perf_counter() - began
        written = Message.objects.filter(cohort=cohort.pk, status=MessageStatus.QUEUED).count()
        transaction.set_rollback(True)
    return len(queries), took, written
