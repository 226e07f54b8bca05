"""A coordinator records that a participant took a tool, and the participant writes what they took from it, for nobody else."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory
from tests.journeys.people import Person, give_authenticator
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("L10")]


def test_a_tool_from_the_desk_to_the_own_page(new_page, axe, screenshot):
    cohort = RunningCohortFactory()
    user = staff(RoleName.COORDINATOR, cohort.programme.provider, email="cora@provider.example")
    give_authenticator(user)
    place = ParticipantFactory(
        cohort=cohort,
        participant=UserFactory(full_name="Ada Osei", email="ada@example.org"),
        line_manager=UserFactory(),
    )
    keeper = Person(new_page(), user.email, axe, screenshot)
    keeper.sign_in("/admin/")
    keeper.go(reverse("admin:cohorts_enrolment_step", args=[place.pk, "record_tool"]))
    keeper.look("tool-record")
    keeper.page.get_by_label("Which tool?").fill("Insights Discovery")
    keeper.page.get_by_label("Who arranged it? (optional)").fill("Shropshire Council")
    keeper.choose("Who paid for it?", "Their employer")
    keeper.press("Continue")
    keeper.look("tool-before")
    keeper.press("Record that they took a tool")
    keeper.go(reverse("admin:representation_tooltaken_changelist"))
    keeper.look("tools-list")

    person = Person(new_page(viewport=TELEPHONE), "ada@example.org", axe, screenshot)
    person.sign_in(reverse("representation:tools", args=[place.pk]))
    person.reads("Insights Discovery", "Shropshire Council", "Your employer")
    person.look("tools")
    person.page.get_by_role("button", name="Write what you took from it").click()
    person.look("tool-write")
    person.press("Keep it")
    person.reads("Write what you took from it.")
    person.look("tool-write-error")
    person.page.get_by_label("What did you take from it?").fill("I plan, and others leap. I ask them earlier now.")
    person.press("Keep it")
    person.reads("Saved. Only you read it.", "I ask them earlier now.")
    person.look("tools-written")
