"""Coaching beyond the plan, on phones: asked for, supported by a link, arranged, noted (B49, B50, B51)."""

from decimal import Decimal

import pytest

from applications.roles import RoleName
from cohorts.actions import coaching, coaching_support
from cohorts.models import CoachingRequest, CoachingSession
from cohorts.states.coaching import CoachingStatus
from tests.factories.accounts import UserFactory, staff
from tests.factories.coaching import CoachFactory, fresh
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.factories.development import goal_of
from tests.journeys.people import Person, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B49", "B50", "B51")]


def test_coaching_is_asked_for_supported_by_a_link_and_noted(new_page, axe, screenshot):
    jo = UserFactory(full_name="Jo Maddern")
    amara = ParticipantFactory(cohort=RunningCohortFactory(), participant__full_name="Amara Okafor", line_manager=jo)
    provider = amara.cohort.programme.provider
    cleo = staff(RoleName.COORDINATOR, provider)
    goal_of(amara)
    coach = CoachFactory(provider=provider, name="NHS Coaching Network")

    person = Person(new_page(viewport=TELEPHONE), amara.participant.email, axe, screenshot)
    person.sign_in(f"/my-programme/{amara.pk}/coaching/")
    person.look("coaching-none")
    person.press("Ask for coaching")
    person.press("Continue")
    person.reads("There is a problem", "Choose what it is about.")
    person.look("coaching-wrong")
    person.page.get_by_label("Leading people").check()
    person.fill("What do you need?", "How to lead a team that was mine.")
    person.page.get_by_label("Is it for a goal of your plan?").select_option("Chairing the board")
    person.page.get_by_label("Tell my line manager once it is arranged").check()
    person.fill("How many sessions?", "3")
    person.press("Continue")
    person.press("Ask for coaching")
    person.reads("Those who run the programme look for a coach")
    person.reads("Chairing the board", "Hears when it is")
    person.look("coaching-asked")

    one = fresh(CoachingRequest.objects.get())
    coaching_support.ask_employer(coaching=one, days=Decimal("1.5"), cost=Decimal(300), by=cleo)
    manager = Person(new_page(viewport=TELEPHONE), jo.email, axe, screenshot)
    manager.go(link_in(letters_to(jo.email)[-1], "/coaching/"))
    manager.reads("This page is for Jo Maddern", "1½ days", "£300.00")
    manager.look("coaching-link")
    manager.press("Send my answer")
    manager.reads("There is a problem", "Say whether you support it.")
    manager.page.get_by_label("Yes, we support it").check()
    manager.press("Send my answer")
    manager.reads("Thank you for your answer")
    manager.look("coaching-link-answered")

    given = {"coach": coach, "dates": "Tuesdays in March, 2 pm", "cost": Decimal(300)}
    coaching.arrange(coaching=fresh(one), by=cleo, **given)
    assert any("some coaching beside" in letter.body for letter in letters_to(jo.email))
    person.go(f"/my-programme/{amara.pk}/coaching/")
    person.reads("NHS Coaching Network", "Tuesdays in March, 2 pm", "which count beside your days")
    person.press("Note a session about Leading people")
    person.fill("Day", str(day(-1).day))
    person.fill("Month", str(day(-1).month))
    person.fill("Year", str(day(-1).year))
    person.fill("How many minutes?", "60")
    person.look("coaching-note")
    person.press("Note it")
    person.reads("Sessions that you had: 1, 60 minutes")
    person.look("coaching-had")
    assert CoachingSession.objects.get().minutes == 60
    assert fresh(one).status == CoachingStatus.ARRANGED
