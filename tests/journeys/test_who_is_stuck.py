"""Somebody falls behind: the coordinator sees it, agrees how it is made up, records a pause, and the participant reads it on a phone."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import making_up, pausing
from cohorts.actions.attendance import mark
from cohorts.models import CompletionRule, Session
from steppingup.desk import workspace
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, day
from tests.journeys.people import Person, give_authenticator
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B4")]


@pytest.fixture
def person():
    """Missed one of two days of modules, both of which are asked for, and recorded nothing for two months."""
    cohort = RunningCohortFactory(name="2026", starts_on=day(-70), ends_on=day(170))
    CompletionRule.objects.create(cohort=cohort, component=cohort.plan.components.get(key="modules"), minimum=2)
    made = ParticipantFactory(cohort=cohort, participant__full_name="Amara Okafor")
    for title, offset in (("Module 1", -30), ("Module 2", 30)):
        starts = timezone.now() + timedelta(days=offset)
        SessionFactory(cohort=cohort, title=title, starts_at=starts, ends_at=starts + timedelta(hours=7))
    return made


def test_somebody_who_is_stuck_is_seen_and_makes_up_for_it(person, new_page, axe, screenshot):
    user = staff(RoleName.COORDINATOR, person.cohort.programme.provider, email="carla@provider.example")
    mark(session=Session.objects.get(title="Module 1"), marks={person.pk: "absent"}, by=user)
    give_authenticator(user)
    coordinator = Person(new_page(), user.email, axe, screenshot)
    stuck = reverse("admin:cohorts_enrolment_stuck")
    coordinator.sign_in(workspace.address_of(person.cohort))
    # On the overview it comes after the page.
    coordinator.page.get_by_text("Completing is out of reach").first.wait_for()
    coordinator.look("stuck-overview")
    coordinator.go(stuck)
    coordinator.reads("Amara Okafor", "Completing is out of reach", "1 day of Modules cannot be done any more")
    coordinator.look("stuck")
    coordinator.page.set_viewport_size(TELEPHONE)
    coordinator.look("stuck-phone")

    # One press leads to the letter.
    coordinator.leave_by(coordinator.page.get_by_role("button", name=re.compile("Write to them.*No days for a month")))
    coordinator.reads("We have not seen any days of yours for a month")
    coordinator.look("stuck-letter")
    coordinator.go(stuck)
    coordinator.leave_by(coordinator.page.get_by_role("link", name=re.compile("Look at it again later.*No days")))
    assert coordinator.page.get_by_label("What is it about?").input_value() == "no_days"
    coordinator.look("stuck-later")

    # Made up on the desk, and read by the participant.
    participant = Person(new_page(viewport=TELEPHONE), person.participant.email, axe, screenshot)
    participant.sign_in(reverse("cohorts:days", args=[person.pk]))
    participant.reads("can no longer be reached", "You have missed", "Module 1")
    participant.look("days-out-of-reach")
    making_up.agree_make_up(
        enrolment=person,
        session=Session.objects.get(title="Module 1"),
        component=person.cohort.plan.components.get(key="modules"),
        kind="work",
        what="A page on the reading of the day",
        due_on=day(14),
        by=user,
    )
    pausing.pause(enrolment=person, starts_on=day(0), ends_on=day(30), by=user)
    participant.page.reload()
    participant.reads("A page on the reading of the day", "To be done by")
    assert "can no longer be reached" not in participant.page.locator("main").inner_text()
    participant.look("days-made-up")
    participant.go(reverse("cohorts:participant", args=[person.pk]))
    participant.reads("You are on a pause", "Your place is yours")
    participant.look("paused")
    participant.page.set_viewport_size({"width": 1280, "height": 900})
    participant.look("paused-wide")
