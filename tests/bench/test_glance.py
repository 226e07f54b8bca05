"""What a cohort of five hundred costs at a glance and on its overview."""

import time
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cohorts.models import DayEntry
from steppingup.desk import workspace
from tests.bench.pages import MOST_QUERIES, Counter, signed_in
from tests.bench.test_writing import cohort_of
from tests.factories.accounts import staff
from tests.factories.cohorts import day

pytestmark = pytest.mark.django_db
#: Who is stuck is looked for in everything that all apps have on record.
LOOKED_AT = 18


@pytest.fixture
def cohort():
    """500 people, each with eight days done."""
    found = cohort_of(500)
    parts = list(found.plan.components.all())
    type(found).objects.filter(pk=found.pk).update(starts_on=day(-90), ends_on=day(150))
    found.enrolments.update(enrolled_at=timezone.now() - timedelta(days=100))
    source = ContentType.objects.get_for_model(type(found))
    DayEntry.objects.bulk_create(
        [
            DayEntry(
                enrolment=one,
                component=parts[at % len(parts)],
                on=day(-80 + 9 * at),
                days="0.5",
                content_type=source,
                object_id=8 * number + at,
            )
            for number, one in enumerate(found.enrolments.all())
            for at in range(8)
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found.refresh_from_db()
    return found


def cost_of(client, page):
    """Queries, and the middle of five times in milliseconds."""
    client.get(page)
    with Counter() as queries:
        assert client.get(page).status_code == 200
    took = []
    for _ in range(5):
        began = time.perf_counter()
        client.get(page)
        took.append(1000 * (time.perf_counter() - began))
    return len(queries), sorted(took)[2]


@pytest.mark.parametrize("page", ["glance", "overview", "who is stuck of it"])
def test_a_cohort_of_five_hundred_costs_fifteen_queries_and_a_fifth_of_a_second(cohort, page):
    """What the overview says of who is stuck comes after it, as a page of its own: everybody is looked at for it."""
    addresses = {
        "glance": reverse("admin:cohorts_cohort_glance", args=[cohort.pk]),
        "overview": workspace.address_of(cohort),
        "who is stuck of it": reverse("admin:cohorts_enrolment_first_stuck", args=[cohort.pk]),
    }
    number, took = cost_of(signed_in(staff(provider=cohort.programme.provider)), addresses[page])
    print(f"{page}: {number} queries, {took:.0f} ms")
    assert 0 < number <= (MOST_QUERIES if page != "who is stuck of it" else LOOKED_AT)
    assert took <= (200 if page != "who is stuck of it" else 500)
