"""What a cohort of five hundred costs at a glance and on its overview."""

import time

import pytest
from django.db import connection

from tests.bench import large
from tests.bench.pages import Counter, signed_in
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import RunningCohortFactory, SessionFactory, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    """500 people, each with eight days done."""
    found = RunningCohortFactory(capacity=large.NUMBER)
    SessionFactory(cohort=found)
    type(found).objects.filter(pk=found.pk).update(starts_on=day(-90), ends_on=day(150))
    large.enrol(found, OrganisationFactory(), large.NUMBER)
    large.do_days(found)
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


@pytest.mark.parametrize("number", range(3))
def test_a_cohort_of_five_hundred_costs_fifteen_queries_and_a_fifth_of_a_second(cohort, number):
    page = large.pages_of(cohort)[number]
    queries, took = cost_of(signed_in(staff(provider=cohort.programme.provider)), page.address)
    print(f"{page.title}: {queries} queries, {took:.0f} ms")
    assert 0 < queries <= page.most
    assert took <= page.limit
