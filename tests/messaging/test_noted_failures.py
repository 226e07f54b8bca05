"""What did not arrive, as staff hear of it: an email, and a letter that the post brought back."""

import pgtrigger
import pytest
from django.core import mail
from django.urls import reverse

from cohorts.actions import writing
from cohorts.states.writing import Reader
from steppingup.formats.by_post import new_address
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions import again
from steppingup.messaging.actions.delivery import deliver_due
from steppingup.messaging.actions.failures import note_failure
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment():
    return ParticipantFactory(participant__full_name="Amara Okafor")


@pytest.fixture
def coordinator(enrolment):
    return staff(provider=enrolment.cohort.programme.provider, full_name="Carla Coe")


def written(enrolment, by):
    given = {"whom": writing.CHOSEN, "people": [enrolment.pk], "readers": [Reader.PARTICIPANT]}
    writing.write(cohort=enrolment.cohort, subject="The room", text="Library.", by=by, **given)
    deliver_due()
    return Message.objects.get()


def step_of(message, name):
    return reverse("admin:messaging_message_step", args=[message.pk, name])


def test_an_email_that_did_not_arrive_counts_as_not_sent_and_is_sent_again(client, enrolment, coordinator):
    sent = written(enrolment, coordinator)
    browser = with_second_factor(client, coordinator)
    page = step_of(sent, "note_failure")
    assert "Write how you know that it did not arrive." in browser.post(page, {"filled": "yes", "why": " "}).text
    take_step(browser, page, why="Rang: the address has a typing mistake.")
    sent.refresh_from_db()
    assert (sent.status, sent.sent_at) == (MessageStatus.FAILED, None)
    assert sent.last_error == "Carla Coe noted that it did not arrive: Rang: the address has a typing mistake."
    assert "email could not be sent" in browser.get("/admin/").text
    with pytest.raises(NotPossible, match="This has not left"):
        note_failure(message=sent, why="Again.", by=coordinator)
    with pytest.raises(NotPossible, match="Write how you know"):
        note_failure.run(message=_as(sent, MessageStatus.UNCERTAIN), why=" ", by=coordinator)
    again.send_again(message=_as(sent, MessageStatus.FAILED), by=coordinator)
    deliver_due()
    assert len(mail.outbox) == 2


def _as(message, status):
    with pgtrigger.ignore():
        Message.objects.filter(pk=message.pk).update(status=status)
    message.refresh_from_db()
    return message


def test_a_letter_that_the_post_brought_back_is_posted_again(client, enrolment, coordinator):
    enrolment.participant.email, enrolment.participant.postal_address = new_address(), "3 Quay Street"
    enrolment.participant.save()
    letter = written(enrolment, coordinator)
    assert letter.status == MessageStatus.TO_POST
    with pytest.raises(NotPossible, match="This has not left"):
        note_failure(message=letter, why="Not known.", by=coordinator)
    again.mark_as_posted(message=letter, by=coordinator)
    browser = with_second_factor(client, coordinator)
    page = step_of(letter, "note_failure")
    assert "put their postal address right first" in browser.get(page).text
    take_step(browser, page, why="Came back: not known at this address.")
    letter.refresh_from_db()
    assert (letter.status, letter.sent_at) == (MessageStatus.TO_POST, None)
    assert "letter is to be printed and posted" in browser.get("/admin/").text
    assert browser.get(reverse("admin:messaging_message_letter", args=[letter.pk])).status_code == 200
    take_step(browser, step_of(letter, "mark_as_posted"))
    letter.refresh_from_db()
    assert letter.status == MessageStatus.POSTED
    deliver_due()
    assert not mail.outbox


def test_nothing_is_noted_of_emails_about_signing_in(enrolment, coordinator):
    sent = written(enrolment, coordinator)
    Message.objects.filter(pk=sent.pk).update(kind="account.code")
    sent.refresh_from_db()
    with pytest.raises(NotPossible, match="about signing in"):
        note_failure(message=sent, why="Rang.", by=coordinator)
