"""Replies and what could not be delivered: read from a real mailbox, kept with the email and the person, once, and without harm."""

from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pgtrigger
import pytest
from django.core import mail
from django.urls import reverse

from cohorts.actions import writing
from cohorts.states.writing import Reader
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions import again, replies
from steppingup.messaging.actions.delivery import deliver_due
from steppingup.messaging.actions.incoming import read_mailbox
from steppingup.messaging.mailbox import MOST_BYTES
from steppingup.messaging.models import MailboxPlace, Message, Reply
from steppingup.messaging.states import MessageStatus, ReplyKind
from tests.factories.accounts import RoleAssignmentFactory, staff
from tests.factories.cohorts import ParticipantFactory
from tests.files.uploads import pdf
from tests.messaging.test_incoming import KEY, email, report
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment():
    return ParticipantFactory(
        cohort__programme__contact_email="team@example.org", participant__full_name="Amara Okafor"
    )


@pytest.fixture
def coordinator(enrolment):
    return staff(provider=enrolment.cohort.programme.provider)


@pytest.fixture
def browser(client, coordinator):
    return with_second_factor(client, coordinator)


@pytest.fixture
def sent(enrolment, coordinator) -> Message:
    """An email to the participant, which has left."""
    given = {"whom": writing.CHOSEN, "people": [enrolment.pk], "readers": [Reader.PARTICIPANT]}
    writing.write(cohort=enrolment.cohort, subject="The room", text="Library.", by=coordinator, **given)
    deliver_due()
    return Message.objects.get()


def answer(sent: Message, body: str = "I will come.", **headers: str) -> bytes:
    return email(body, To=f"replies+{sent.uuid.hex}@example.org", From=f"Amara <{sent.to_email}>", **headers).as_bytes()


def test_each_email_says_where_its_answers_go_and_comes_back_there(imap, smtp_server, sent, enrolment):
    own = imap.account.address_for(sent.uuid.hex)
    [letter] = smtp_server.messages
    assert letter["Reply-To"] == f"team@example.org, {own}"
    assert own == f"replies+{sent.uuid.hex}@example.org"


def test_without_a_mailbox_nothing_is_read_and_answers_go_where_they_went(settings, sent):
    assert settings.REPLIES is None
    assert mail.outbox[0].reply_to == ["team@example.org"]
    assert read_mailbox() == 0
    assert not MailboxPlace.objects.exists()


def test_a_reply_is_kept_with_the_email_and_the_person_once(imap, browser, sent, enrolment):
    imap.put(answer(sent))
    imap.put(email("Advertisement").as_bytes())
    assert read_mailbox() == 1
    assert read_mailbox() == 0
    one = Reply.objects.get()
    assert (one.message, one.person, one.text, one.kind) == (
        sent,
        enrolment.participant,
        "I will come.",
        ReplyKind.REPLY,
    )
    assert one.is_from_them
    assert imap.unread() == 1  # what is not ours stays as it was
    MailboxPlace.objects.update(last_uid=0)  # it is lost how far it was read
    assert read_mailbox() == 0
    assert Reply.objects.count() == 1
    page = reverse("admin:messaging_reply_change", args=[one.pk])
    assert "I will come." in browser.get(page).text
    assert page in browser.get(reverse("admin:messaging_message_change", args=[sent.pk])).text
    assert page in browser.get(reverse("admin:accounts_user_change", args=[enrolment.participant_id])).text
    assert "reply is to be answered" in browser.get("/admin/").text
    assert (
        take_step(browser, reverse("admin:messaging_reply_step", args=[one.pk, "mark_as_answered"])).status_code == 302
    )
    assert "reply is to be answered" not in browser.get("/admin/").text
    assert (
        "I will come." in browser.get(f"{reverse('admin:messaging_reply_changelist')}?export=csv").getvalue().decode()
    )


def test_another_mailbox_under_the_same_name_is_read_from_its_beginning(imap, sent):
    imap.put(answer(sent))
    read_mailbox()
    MailboxPlace.objects.update(validity=1, last_uid=999)
    imap.put(answer(sent, "And another.", Message_ID="<9@example.org>"))
    assert read_mailbox() == 1
    assert Reply.objects.count() == 2


def test_what_could_not_be_delivered_counts_as_not_sent_in_the_words_of_the_server(imap, browser, sent):
    imap.put(report().replace(str(KEY).encode(), str(sent.uuid).encode()))
    assert read_mailbox() == 1
    sent.refresh_from_db()
    assert sent.status == MessageStatus.FAILED
    assert "550 5.1.1 No such user" in sent.last_error
    assert "email could not be sent" in browser.get("/admin/").text
    assert "to be answered" not in browser.get("/admin/").text
    again.send_again(message=sent, by=staff(provider=sent.provider))
    assert sent.status == MessageStatus.QUEUED


def test_a_letter_with_a_private_link_that_came_back_is_not_sent_again_without_it(imap, sent):
    Message.objects.filter(pk=sent.pk).update(kind="funding.asked")
    imap.put(report().replace(str(KEY).encode(), str(sent.uuid).encode()))
    read_mailbox()
    sent.refresh_from_db()
    with pytest.raises(NotPossible, match="no longer kept"):
        again.send_again(message=sent, by=staff(provider=sent.provider))


def test_who_is_out_of_office_is_kept_and_waits_for_nobody(imap, sent):
    imap.put(answer(sent, "I am away.", Auto_Submitted="auto-replied"))
    assert read_mailbox() == 1
    one = Reply.objects.get()
    assert one.kind == ReplyKind.AWAY
    assert not Reply.objects.to_answer().exists()
    with pytest.raises(NotPossible, match="Nobody waits"):
        replies.mark_as_answered(reply=one, by=staff(provider=sent.provider))


def test_a_sender_that_was_made_up_is_said_to_be_another(imap, browser, sent):
    raw = email("Pay me.", To=f"replies+{sent.uuid.hex}@example.org", From="Amara Okafor <evil@example.com>")
    imap.put(raw.as_bytes())
    read_mailbox()
    one = Reply.objects.get()
    assert not one.is_from_them
    shown = browser.get(reverse("admin:messaging_reply_change", args=[one.pk])).text
    assert "evil@example.com, not the address that we wrote to" in shown


def test_what_comes_with_it_is_checked_like_every_upload(imap, browser, sent):
    made = MIMEMultipart()
    made["From"], made["To"], made["Message-ID"] = sent.to_email, f"r+{sent.uuid.hex}@example.org", "<3@x>"
    made.attach(MIMEText("<b>See these</b>"))
    for name, content in (
        ("Plan.pdf", pdf(1)),
        ("Virus.pdf", b"MZ\x90\x00 run me"),
        ("Large.pdf", b"%PDF-" + b"0" * 5_100_000),
    ):
        part = MIMEApplication(content)
        part.add_header("Content-Disposition", "attachment", filename=name)
        made.attach(part)
    imap.put(made.as_bytes())
    assert read_mailbox() == 1
    one = Reply.objects.get()
    [kept] = one.files.all()
    assert kept.file.name == "Plan.pdf"
    assert "Virus.pdf: This file is a program" in one.left_out
    assert "Large.pdf: it is larger than 5 MB" in one.left_out
    shown = browser.get(reverse("admin:messaging_reply_change", args=[one.pk])).text
    assert "&lt;b&gt;See these&lt;/b&gt;" in shown
    file = browser.get(reverse("admin:messaging_reply_file", args=[one.pk, kept.file_id]))
    assert b"".join(file.streaming_content)[:5] == b"%PDF-"


def test_of_what_is_huge_only_the_beginning_is_read(imap, sent):
    imap.put(answer(sent, "Hello\n" + "x" * 70 + "\n" + ("y" * 70 + "\n") * (MOST_BYTES // 70)))
    assert read_mailbox() == 1
    assert "larger than 8 MB" in Reply.objects.get().left_out


def test_what_cannot_be_read_keeps_nobody_waiting(imap, sent, monkeypatch):
    from steppingup.messaging import incoming

    def broken(raw: bytes, **more: str):
        if b"poison" in raw:
            raise RuntimeError("boom")
        return read(raw, **more)

    read = incoming.read
    monkeypatch.setattr(incoming, "read", broken)
    imap.put(answer(sent, "poison"))
    imap.put(answer(sent, "Fine.", Message_ID="<4@example.org>"))
    assert read_mailbox() == 1
    assert Reply.objects.get().text == "Fine."
    assert imap.unread() == 1


def test_a_mailbox_that_does_not_answer_is_said_and_tried_again(imap, settings, sent):
    from dataclasses import replace

    settings.REPLIES = replace(imap.account, password="wrong")
    assert read_mailbox() == 0
    assert "did not accept the name and password" in MailboxPlace.objects.get().last_problem
    settings.REPLIES = replace(imap.account, port=1)
    assert read_mailbox() == 0
    assert "cannot be reached" in MailboxPlace.objects.get().last_problem
    settings.REPLIES = replace(imap.account, folder="Nowhere")
    assert read_mailbox() == 0
    assert "has no folder" in MailboxPlace.objects.latest("pk").last_problem


def test_signing_in_is_answered_by_nobody(imap, sent):
    Message.objects.filter(pk=sent.pk).update(kind="account.login_code")
    imap.put(answer(sent))
    assert read_mailbox() == 0


def test_a_reply_is_noted_by_hand_where_no_mailbox_is_read(browser, sent, coordinator):
    url = reverse("admin:messaging_message_step", args=[sent.pk, "note_reply"])
    take_step(browser, url, text="She rang: she will come.", to_answer="on")
    one = Reply.objects.get()
    assert (one.noted_by, one.text, one.answered_at) == (coordinator, "She rang: she will come.", None)
    take_step(browser, url, text="And rang again.")
    assert Reply.objects.to_answer().count() == 1
    assert Reply.objects.exclude(answered_at=None).get().answered_by == coordinator
    with pytest.raises(NotPossible, match="Write what they answered"):
        replies.note_reply(message=sent, text=" ", by=coordinator)
    replies.mark_as_answered(reply=one, by=coordinator)
    with pytest.raises(NotPossible, match="answered already"):
        replies.mark_as_answered(reply=one, by=coordinator)


def test_nobody_answers_an_email_about_signing_in(sent, coordinator):
    Message.objects.filter(pk=sent.pk).update(kind="account.code")
    sent.refresh_from_db()
    with pytest.raises(NotPossible, match="about signing in"):
        replies.note_reply(message=sent, text="Yes.", by=coordinator)


def test_what_has_not_left_nobody_has_answered(sent, coordinator):
    with pgtrigger.ignore():
        Message.objects.filter(pk=sent.pk).update(status=MessageStatus.SENDING, sent_at=None)
    sent.refresh_from_db()
    with pytest.raises(NotPossible, match="has not left"):
        replies.note_reply(message=sent, text="Yes.", by=coordinator)


@pytest.mark.parametrize("who", ["participant", "line manager"])
def test_whoever_is_something_else_to_them_does_not_read_it_whatever_role_they_hold(
    client, sent, enrolment, coordinator, who
):
    reply = replies.note_reply(message=sent, text="About Zanzibar", by=coordinator, to_answer=True)
    person = enrolment.participant if who == "participant" else enrolment.line_manager
    person.is_staff = True
    person.save()
    RoleAssignmentFactory(user=person, provider=enrolment.cohort.programme.provider)
    person = type(person).objects.get(pk=person.pk)
    assert not Reply.objects.visible_to(person).exists()
    with pytest.raises(NotAllowed):
        replies.mark_as_answered(reply=reply, by=person)
    browser = with_second_factor(client, person)
    pages = [
        reverse("admin:messaging_reply_changelist"),
        reverse("admin:messaging_reply_change", args=[reply.pk]),
        reverse("admin:messaging_message_change", args=[sent.pk]),
        reverse("admin:accounts_user_change", args=[enrolment.participant_id]),
    ]
    for page in pages:
        assert "Zanzibar" not in browser.get(page, follow=True).text, page


def test_staff_of_others_and_roles_that_see_no_emails_do_not(sent, enrolment, coordinator):
    replies.note_reply(message=sent, text="About Zanzibar", by=coordinator)
    provider = enrolment.cohort.programme.provider
    for person in (staff(), staff("equality", provider), staff("finance", provider), staff("assessor", provider)):
        assert not Reply.objects.visible_to(person).exists()
