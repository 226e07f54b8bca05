"""An entry of a journal, shared and taken back while the line manager looks: on a telephone, and at a desk (B53)."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.models import Enrolment
from tests.factories.accounts import UserFactory
from tests.factories.cohorts import ParticipantFactory
from tests.journeys.people import Person, letters_to, link_in
from tests.plugins.browser import DESKTOP, TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B53")]
WORDS = "I asked the question that I had swallowed for years."


@pytest.fixture
def place(transactional_db) -> Enrolment:
    manager = UserFactory(full_name="Jo Maddern")
    return ParticipantFactory(participant__full_name="Amara Okafor", line_manager=manager)


@pytest.fixture
def sits_down(new_page, site, axe, screenshot) -> Callable[..., Person]:
    def signed_in(user, viewport) -> Person:
        client, page = Client(), new_page(viewport=viewport)
        client.force_login(user)
        page.context.add_cookies([{"name": "sessionid", "value": client.session.session_key, "url": site}])
        return Person(page, user.email, axe, screenshot)

    return signed_in


def test_an_entry_is_shared_and_taken_back_while_the_manager_looks(place, sits_down, site):
    amara = sits_down(place.participant, TELEPHONE)
    amara.go(f"{site}{reverse('cohorts:participant', args=[place.pk])}")
    amara.leave_by(amara.page.get_by_role("link", name="Your journal"))
    amara.reads("Nothing written yet")
    amara.look("journal-empty")
    amara.press("Write an entry")
    amara.look("journal-write")
    amara.press("Save")
    amara.reads("Give the entry a title.", "Write something.")
    amara.look()
    amara.fill("Title", "A question at last")
    amara.fill("What would you like to keep?", WORDS)
    amara.press("Save")
    amara.reads("Kept. Only you can read it.", WORDS, "Only you.")
    amara.look("journal-entry")
    amara.follow("Share it")
    amara.page.get_by_label("Jo Maddern, your line manager").check()
    amara.look("journal-share")
    amara.press("Continue")
    amara.reads("Jo Maddern")
    amara.look()
    amara.press("Share this entry")
    amara.reads("Jo Maddern has not opened it.")

    letter = letters_to(place.line_manager.email)[-1]
    assert letter.subject == "Amara Okafor has shared a journal entry with you"
    jo = sits_down(place.line_manager, DESKTOP)
    jo.go(link_in(letter, "/my-team/"))
    jo.look("journal-managed")
    jo.leave_by(jo.page.get_by_role("button", name="Read the entry of"))
    jo.reads(WORDS)
    jo.look("journal-read")

    amara.page.reload()
    amara.reads("Jo Maddern opened it on")
    amara.look("journal-opened")
    amara.press("Take it back from Jo Maddern")
    amara.reads("Taken back: Jo Maddern cannot read it any more.", "Jo Maddern opened it on", "Only you.")
    amara.look("journal-taken-back")
    answer = jo.page.request.get(jo.page.url)
    assert answer.status == 404
    assert WORDS not in answer.text()
    amara.follow("Back to your journal")
    amara.reads("A question at last", "Private")
    amara.look("journal-list")
