"""A mentor at the own employer, on phones: named by the participant, agreed by a link, ended by the line manager (B48)."""

import pytest

from cohorts.models import InternalMentor
from cohorts.states.internal import InternalStatus
from tests.factories.accounts import UserFactory
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory
from tests.journeys.people import Person, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B48")]
SAM = "sam.marsh@harbour.example"


def test_a_mentor_at_work_is_named_agrees_and_is_let_go(new_page, axe, screenshot):
    jo = UserFactory(full_name="Jo Maddern")
    amara = ParticipantFactory(
        cohort=RunningCohortFactory(), participant__full_name="Amara Okafor", line_manager=jo, job_title="Ward sister"
    )
    person = Person(new_page(viewport=TELEPHONE), amara.participant.email, axe, screenshot)
    person.sign_in(f"/my-programme/{amara.pk}/at-work/")
    person.look("internal-none")
    person.press("Name somebody")
    person.press("Ask them")
    person.reads("There is a problem", "Enter their name.", "Choose what it is for.")
    person.look("internal-wrong")
    person.page.get_by_label("Mentoring and shadowing").check()
    person.fill("Their name", "Sam Marsh")
    person.fill("What do they do?", "Head of Care")
    person.fill("Their email address at work", SAM)
    person.fill("What do you hope for? (optional)", "How to chair a meeting.")
    person.press("Ask them")
    person.reads("Sam Marsh gets an email with a link", "No answer yet.")
    person.look("internal-asked")

    sam = Person(new_page(viewport=TELEPHONE), SAM, axe, screenshot)
    sam.go(link_in(letters_to(SAM)[-1], "/mentoring-at-work/"))
    sam.reads("This page is for Sam Marsh", "How to chair a meeting.", "Ward sister")
    sam.look("internal-link")
    sam.press("I would like to")
    sam.reads("You agreed on", amara.participant.email)
    sam.look("internal-link-agreed")

    manager = Person(new_page(viewport=TELEPHONE), jo.email, axe, screenshot)
    manager.sign_in(f"/my-team/{amara.pk}/at-work/")
    manager.reads("Agreed on", "Head of Care")
    manager.look("internal-managed")
    manager.page.get_by_role("button", name="End it with Sam Marsh").click()
    manager.press("Continue")
    manager.look("internal-end")
    manager.press("End it")
    manager.reads("the line manager ended it")
    assert InternalMentor.objects.get().status == InternalStatus.ENDED
    assert "has ended" in letters_to(SAM)[-1].subject
