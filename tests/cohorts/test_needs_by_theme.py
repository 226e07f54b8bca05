"""What development plans are about, added up: numbers by lot, as of last month, and nothing about few people (L4)."""

from datetime import timedelta

import pgtrigger
import pytest
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.assessing import plans
from cohorts.models import JournalEntry, ThreeWayReview
from steppingup import clock
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.factories.development import goal_of
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db


def before() -> None:
    """Everything that was written was written the month before last."""
    JournalEntry.objects.update(written_at=clock.now() - timedelta(days=62))


def with_plans(number: int, cohort=None, theme: str = "leading"):
    """A cohort in which so many have a goal about a theme."""
    cohort = cohort or RunningCohortFactory()
    for _ in range(number):
        goal = goal_of(ParticipantFactory(cohort=cohort), "Quillhaven")
        type(goal).objects.filter(pk=goal.pk).update(theme=theme, review_on=day(-40))
    before()
    return cohort


@pytest.mark.requirement("L4")
def test_those_who_run_a_cohort_see_what_people_need_and_nobodys_words(client):
    cohort = with_plans(16)
    browser = with_second_factor(client, staff(RoleName.COORDINATOR, cohort.programme.provider))
    page = reverse("admin:cohorts_cohort_plan_needs", args=[cohort.pk])
    shown = browser.get(page).text
    needs = plans.needs_of_cohort(cohort)
    assert needs.people in (15, 20)
    themes = dict(needs.themes)
    assert themes["Leading people"] in (15, 20)
    assert {number for label, number in needs.themes if label != "Leading people"} == {0}
    assert needs.overdue in (15, 20)
    assert f"<b>{needs.people}</b> people with a plan" in shown
    assert "Quillhaven" not in shown
    given = b"".join(browser.get(page + "?export=csv").streaming_content).decode()
    assert f"Theme: Leading people,{themes['Leading people']}" in given
    assert "Quillhaven" not in given
    assert plans.needs_of_cohort(cohort) == needs, "asking again tells nothing"
    far = with_second_factor(type(client)(), staff(RoleName.COORDINATOR))
    assert far.get(page).status_code == 404


@pytest.mark.requirement("L4")
def test_of_few_people_nothing_is_told(client):
    cohort = with_plans(14)
    browser = with_second_factor(client, staff(RoleName.COORDINATOR, cohort.programme.provider))
    page = reverse("admin:cohorts_cohort_plan_needs", args=[cohort.pk])
    assert "Too few to show" in browser.get(page).text
    given = b"".join(browser.get(page + "?export=csv").streaming_content).decode()
    assert "People with a plan,Too few to show" in given
    assert "Theme" not in given
    again = goal_of(cohort.enrolments.first(), "More")
    before()
    assert again
    assert plans.needs_of_cohort(cohort).people is None, "people are counted, not goals"


def test_no_number_changes_on_the_day_on_which_somebody_writes():
    cohort = with_plans(15)
    was = plans.needs_of_cohort(cohort)
    for enrolment in cohort.enrolments.all():
        goal_of(enrolment, "Today")
    assert plans.needs_of_cohort(cohort) == was
    assert plans.last_month_end(timezone.datetime(2026, 3, 1).date()).isoformat() == "2026-02-28"


def test_who_reached_a_goal_and_who_has_a_signed_review_are_counted():
    cohort = with_plans(15)
    for enrolment in cohort.enrolments.all():
        goal = enrolment.journal.get().goal
        type(goal).objects.filter(pk=goal.pk).update(reached_on=day(-45))
        ThreeWayReview.objects.create(
            enrolment=enrolment, on=day(-50), went_well="A", needed="B", agreed="C", sent_at=clock.now()
        )
    assert plans.needs_of_cohort(cohort).reviewed == 0
    assert plans.needs_of_cohort(cohort).reached == 15
    assert plans.needs_of_cohort(cohort).overdue == 0, "what is reached is not looked at again"
    with pgtrigger.ignore():
        ThreeWayReview.objects.update(signed_at=clock.now() - timedelta(days=40))
    assert plans.needs_of_cohort(cohort).reviewed == 15


@pytest.mark.requirement("L4")
def test_the_equality_lead_sees_all_cohorts_and_no_difference_about_few(client):
    big = with_plans(15)
    programme = big.programme
    small = with_plans(3, RunningCohortFactory(programme=programme), theme="money")
    lead = staff(RoleName.EQUALITY, programme.provider)
    browser = with_second_factor(client, lead)
    page = reverse("admin:representation_actionplan_needs")
    shown = browser.get(page).text
    assert "without the cohorts that have too few" in shown
    assert "Too few to show" in shown
    everybody, *_ = plans.needs_of_all("All", [big, small])
    assert dict(everybody.themes)["Money and business cases"] == 0
    with_plans(12, small, theme="money")
    both, *_ = plans.needs_of_all("All", [big, small])
    assert (both.title, both.people) == ("All", 30)
    given = b"".join(browser.get(page + "?export=csv").streaming_content).decode()
    assert str(small) in given
    other = with_second_factor(type(client)(), staff(RoleName.COORDINATOR, programme.provider))
    assert other.get(page).status_code == 404
    far = with_second_factor(type(client)(), staff(RoleName.EQUALITY))
    assert str(big) not in far.get(page).text
