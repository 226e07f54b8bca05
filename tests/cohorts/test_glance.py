"""A cohort at a glance: everybody's days, and the cohort against its plan over time (B4)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions.attendance import mark
from cohorts.models import Component, PeerGroup
from cohorts.progress.course import course_of
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, day
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B4")]


@pytest.fixture
def cohort():
    return RunningCohortFactory(name="2026", starts_on=day(-70), ends_on=day(70), capacity=100)


def shown(client, cohort, **query):
    client = with_second_factor(client, staff(RoleName.COORDINATOR, cohort.programme.provider))
    return client.get(reverse("admin:cohorts_cohort_glance", args=[cohort.pk]), query)


def session_of(cohort, key, days, at, **more):
    starts = timezone.now() + timedelta(days=at)
    part = cohort.plan.components.get(key=key)
    return SessionFactory(
        cohort=cohort, component=part, days=days, starts_at=starts, ends_at=starts + timedelta(hours=7), **more
    )


def test_the_plan_has_sessions_on_their_days_and_everything_else_evenly(cohort):
    session_of(cohort, "modules", 1, -40)
    session_of(cohort, "modules", 1, 40)
    people = [ParticipantFactory(cohort=cohort) for _ in range(2)]
    parts = list(Component.objects.filter(plan=cohort.plan))
    course = course_of(cohort, people, parts)
    whole = sum(part.days for part in parts)
    assert course.whole == whole
    assert abs(course.planned[-1] - whole) < Decimal("0.001")
    assert list(course.planned) == sorted(course.planned)
    steps = [after - before for before, after in zip(course.planned, course.planned[1:], strict=False)]
    evenly = (whole - 2) / len(course.weeks)
    assert sorted(round(step - evenly, 3) for step in steps)[-2:] == [1, 1]
    assert course.planned_by(day(-90)) == 0
    assert abs(course.planned_by(day(200)) - whole) < Decimal("0.001")


def test_a_session_of_one_group_is_planned_for_its_share_of_the_people(cohort):
    blue = PeerGroup.objects.create(cohort=cohort, name="Blue")
    people = [
        ParticipantFactory(cohort=cohort, peer_group=blue),
        *(ParticipantFactory(cohort=cohort) for _ in range(3)),
    ]
    parts = list(Component.objects.filter(plan=cohort.plan))
    before = course_of(cohort, people, parts)
    session_of(cohort, "modules", 1, -69, peer_group=blue)
    after = course_of(cohort, people, parts)
    even = Decimal(1) / 4 / len(after.weeks)
    assert abs(after.planned[0] - before.planned[0] - (Decimal("0.25") - even)) < Decimal("0.001")


def test_what_is_done_is_the_average_up_to_this_week_and_nothing_beyond_the_plan(cohort):
    one, other = (ParticipantFactory(cohort=cohort) for _ in range(2))
    taken = session_of(cohort, "modules", 1, -40)
    mark(session=taken, marks={one.pk: "present", other.pk: "absent"}, by=staff(provider=cohort.programme.provider))
    parts = list(Component.objects.filter(plan=cohort.plan))
    course = course_of(cohort, [one, other], parts)
    assert course.done[-1] == Decimal("0.5")
    assert len(course.done) == 11 < len(course.weeks)
    assert course_of(cohort, [], parts).done[-1] == 0


def test_the_page_shows_everybody_in_the_order_asked_for(client, cohort):
    amara, ben = (
        ParticipantFactory(cohort=cohort, participant__full_name=name) for name in ("Amara Okafor", "Ben Hale")
    )
    taken = session_of(cohort, "modules", 1, -40)
    mark(session=taken, marks={amara.pk: "present"}, by=staff(provider=cohort.programme.provider))
    page = " ".join(shown(client, cohort).text.split())
    assert "½ day done on average" in page
    assert "By today the plan has" in page
    assert page.index("Ben Hale") < page.index("Amara Okafor")
    assert "1 of 8 days" in page
    named = " ".join(shown(client, cohort, order="name").text.split())
    assert named.index("Amara Okafor") < named.index("Ben Hale")
    for order in ("most", "longest", "employer", "no such order"):
        assert shown(client, cohort, order=order).status_code == 200
    rows = b"".join(shown(client, cohort, export="csv").streaming_content).decode()
    assert "Amara Okafor" in rows


def test_an_empty_cohort_says_so(client, cohort):
    assert "Nobody has a place in this cohort yet" in shown(client, cohort).text


def test_everybody_else_gets_no_such_page(client, cohort):
    page = reverse("admin:cohorts_cohort_glance", args=[cohort.pk])
    elsewhere = with_second_factor(client, staff(RoleName.COORDINATOR))
    assert elsewhere.get(page).status_code == 404


def test_sixty_people_cost_no_more_queries_than_one(client, cohort, django_assert_max_num_queries):
    first = ParticipantFactory(cohort=cohort)
    client = with_second_factor(client, staff(RoleName.COORDINATOR, cohort.programme.provider))
    page = reverse("admin:cohorts_cohort_glance", args=[cohort.pk])
    client.get(page)
    for _ in range(60):
        ParticipantFactory(cohort=cohort, employer=first.employer)
    with django_assert_max_num_queries(15):
        assert client.get(page).status_code == 200
