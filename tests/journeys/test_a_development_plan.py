"""A goal on a telephone: set, with something to do, shared, read by the line manager, reached (L4, B50)."""

import pytest
from django.urls import reverse

from cohorts.models import Goal
from tests.factories.accounts import UserFactory
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory
from tests.factories.development import goal_of
from tests.journeys.people import Person
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("L4", "B50")]


def test_a_goal_is_set_shared_and_reached(new_page, axe, screenshot):
    place = ParticipantFactory(cohort=RunningCohortFactory(), line_manager=UserFactory(full_name="Jo Maddern"))
    amara = Person(new_page(viewport=TELEPHONE), place.participant.email, axe, screenshot)
    amara.sign_in(reverse("cohorts:plan", args=[place.pk]))
    amara.look("plan-empty")
    amara.press("Set a goal")
    amara.press("Save")
    amara.reads("There is a problem", "Say what you want to reach.")
    amara.look("plan-wrong")
    amara.fill("What do you want to reach?", "Chair the project board")
    amara.fill("Why, and what do you need for it?", "I go quiet when directors speak. I would like to practise.")
    amara.page.get_by_label("What is it about?").select_option("confidence")
    amara.press("Save")
    amara.fill("What is to be done?", "Watch how Delia chairs hers")
    amara.press("Add it")
    amara.follow("Change Watch how Delia chairs hers")
    amara.fill("What is to be done?", "Ask Delia how she chairs hers")
    amara.look("goal-action")
    amara.press("Save")
    amara.reads("Ask Delia how she chairs hers")
    amara.look("goal")
    amara.page.get_by_role("button", name="It is done").click()
    amara.reads("That was the last one for this goal.")
    amara.follow("Share it")
    amara.page.get_by_label("Jo Maddern, your line manager").check()
    amara.press("Continue")
    amara.press("Share this entry")
    amara.press("I have reached it")
    amara.fill("What came of it? (optional)", "They asked me to chair again.")
    amara.look("goal-reach")
    amara.press("Save")
    amara.reads("Well done", "You have reached it")
    amara.look("goal-reached")
    amara.follow("Back to your plan")
    amara.look("plan")
    for number in range(5):
        goal_of(place, f"Goal {number}:")
    amara.go(f"{reverse('cohorts:plan', args=[place.pk])}?show=reached")
    amara.reads("1 goal found", "Chair the project board")
    amara.look("plan-found")

    jo = Person(new_page(), place.line_manager.email, axe, screenshot)
    jo.sign_in(
        reverse("cohorts:shared_entry", args=[Goal.objects.exclude(reached_on=None).get().entry.sharings.get().pk])
    )
    jo.press("Read it")
    jo.reads("A good moment to say")
    jo.look("goal-shared")
