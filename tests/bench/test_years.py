"""Who is stuck, over 200 years that were drawn by lot: those who will miss completing are named six weeks before."""

import pytest

from cohorts.desk.stuck import rows_of, watched
from cohorts.models import Enrolment
from cohorts.progress.stuck import OUT_OF_REACH, SHORT
from tests.bench.pages import Counter
from tests.bench.years import fill_years
from tests.factories.accounts import staff

pytestmark = pytest.mark.django_db


def test_those_who_will_miss_completing_are_named_six_weeks_before():
    years = fill_years(200, 5, seed=2026)
    viewer = staff(provider=years.plan.programme.provider)
    rows = rows_of(watched(Enrolment.objects.all()), viewer)
    named = {row.enrolment.pk for row in rows if row.trouble.kind in (OUT_OF_REACH, SHORT)}
    missed = {pk for pk, life in years.lives.items() if not life.completes}
    caught, false = len(named & missed), len(named - missed)
    assert len(missed) > 50
    assert caught >= 0.95 * len(missed)
    assert false <= len(named) / 3


def test_who_is_stuck_costs_as_many_queries_for_hundreds_as_for_a_few():
    years = fill_years(4, 3, seed=7)
    viewer = staff(provider=years.plan.programme.provider)
    everybody = watched(Enrolment.objects.all())
    stuck = {row.enrolment.pk for row in rows_of(everybody, viewer)}
    few, many = Counter(), Counter()
    for counter, those in ((few, [min(stuck)]), (many, stuck)):
        with counter:
            rows_of(watched(Enrolment.objects.filter(pk__in=those)), viewer)
    assert len(stuck) > 1
    assert len(many) == len(few)
