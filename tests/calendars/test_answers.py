"""What people’s calendars answer, well and badly: of an earlier time, of something else, twice, as nonsense; other times that they propose;
and what is taken out of them once a programme sends no invitations any more (B27, B31)."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.urls import reverse
from icalendar import Calendar

from applications.roles import RoleName
from cohorts.actions import inviting, occasions, sessions
from cohorts.actions.calendar_replies import accepts_booking, asked_of_staff
from cohorts.models import Occasion, Programme, Session, SessionInvitation
from cohorts.models.inviting import Answer
from cohorts.states.events import BookingStatus
from steppingup import clock
from steppingup.calendars.answers import answers_in, proposals_in
from steppingup.formats import english
from steppingup.messaging.actions.delivery import deliver_due
from steppingup.messaging.actions.incoming import read_mailbox
from steppingup.messaging.models import Message, Reply
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory
from tests.factories.events import booked, opened
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B31")]
OWN = "amara@example.org"


@pytest.fixture
def amara():
    found = ParticipantFactory(participant__full_name="Amara Okafor", participant__email=OWN)
    Programme.objects.update(sends_invitations=True)
    return found


@pytest.fixture
def coordinator(amara):
    return staff(RoleName.COORDINATOR, amara.cohort.programme.provider)


@pytest.fixture
def session(amara):
    found = SessionFactory(cohort=amara.cohort, title="Module 2", starts_at=clock.now() + timedelta(days=20))
    inviting.keep_invited()
    return found


def entry():
    return Message.objects.exclude(calendar="").latest("pk")


def written(message, status, *, method="REPLY", email="", **event):
    """The entry of a message as a calendar answers it."""
    calendar = Calendar.from_ical(message.calendar)
    calendar["method"] = method
    [row] = calendar.walk("VEVENT")
    row["attendee"].params["PARTSTAT"] = status
    for name, value in event.items():
        del row[name]
        if value is not None:
            row.add(name, value)
    return calendar.to_ical().decode().replace(message.to_email, email or message.to_email)


def posted(text, sender=OWN, body=""):
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = sender, "replies@example.org", "Answer: Module 2"
    answer["Message-ID"] = f"<{abs(hash((text, sender, body)))}@example.org>"
    answer.set_content(body)
    answer.add_alternative(text, subtype="calendar", params={"method": "REPLY"})
    return answer.as_bytes()


def answer_of(session):
    return SessionInvitation.objects.get(session=session).answer


def moved(session, by, days=1):
    session = Session.objects.get(pk=session.pk)
    later = session.starts_at + timedelta(days=days)
    sessions.move(session=session, starts_at=later, ends_at=later + timedelta(hours=2), venue="", by=by)
    inviting.keep_invited()


def test_the_last_answer_counts_however_often_and_in_whichever_letters_it_comes(session):
    for status, kept in (("DECLINED", Answer.DECLINED), ("accepted", Answer.ACCEPTED), ("TENTATIVE", Answer.TENTATIVE)):
        for _ in range(2):
            assert inviting.record_answer(written(entry(), status), OWN)
            assert answer_of(session) == kept
    assert inviting.record_answer(written(entry(), "ACCEPTED", sequence=None), OWN), "some do not say which version"


def test_an_answer_to_an_earlier_time_is_none_to_the_time_that_holds_by_now(session, coordinator):
    before = written(entry(), "DECLINED")
    moved(session, coordinator)
    assert not inviting.record_answer(before, OWN)
    assert answer_of(session) == ""
    assert inviting.record_answer(written(entry(), "ACCEPTED"), OWN)
    assert answer_of(session) == Answer.ACCEPTED


def test_nobody_answers_for_a_session_that_was_cancelled_or_that_is_not_theirs(session, amara, coordinator):
    mine = written(entry(), "ACCEPTED")
    other = SessionFactory(starts_at=clock.now() + timedelta(days=20))
    assert not inviting.record_answer(mine.replace(f"session-{session.pk}@", f"session-{other.pk}@"), OWN)
    sessions.cancel(session=Session.objects.get(pk=session.pk), by=coordinator)
    inviting.keep_invited()
    assert not inviting.record_answer(mine, OWN)
    assert not SessionInvitation.objects.exclude(answer="").exists()


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda text: text.replace("session-", "session-" + "9" * 5000),
        lambda text: text.replace("session-", "session-99999999999"),
        lambda text: text.replace("session-", "session-x"),
        lambda text: text.replace("SEQUENCE:0", "SEQUENCE:soon").replace("session-", "sitting-"),
        lambda text: text.replace("END:VEVENT", ""),
        lambda text: "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + "BEGIN:VEVENT\r\n" * 5000 + "END:VEVENT\r\n" * 5000 + "END:VCALENDAR",
        lambda text: text.replace("ATTENDEE", "ATTENDEE;PARTSTAT=DECLINED:mailto:x@example.org\r\nATTENDEE", 1)[:300],
        lambda text: text + text,
        lambda text: text.replace("\r\n", "\x00\r\n"),
    ],
)  # fmt: skip
def test_nonsense_from_the_right_address_changes_nothing_and_stops_nothing(session, spoilt):
    for method in ("REPLY", "COUNTER"):
        text = spoilt(written(entry(), "DECLINED", method=method))
        inviting.record_answer(text, OWN)
        asked = asked_of_staff(text, OWN)
        assert asked is None or asked == (None, "Their calendar says that they do not come.")
        assert not accepts_booking(text, OWN)
    assert answer_of(session) == ""


def test_what_is_no_answer_is_read_as_none():
    assert answers_in("x" * 200_000) == proposals_in("") == answers_in("BEGIN:VCALENDAR") == []


def test_a_button_in_a_calendar_is_no_reply_that_waits_but_words_beside_it_are(imap, smtp_server, session, coordinator):
    deliver_due()
    sent = entry()
    refers = f"In-Reply-To: {sent.message_id_header}\r\n".encode()
    imap.put(refers + posted(written(sent, "DECLINED")))
    assert read_mailbox() == 1
    assert answer_of(session) == Answer.DECLINED
    assert not Reply.objects.exists()
    assert imap.unread() == 0
    imap.put(refers + posted(written(sent, "ACCEPTED"), body="I will be ten minutes late."))
    assert read_mailbox() == 1
    assert answer_of(session) == Answer.ACCEPTED
    assert Reply.objects.get().text == "I will be ten minutes late."
    moved(session, coordinator)
    imap.put(refers + posted(written(sent, "DECLINED")))
    assert read_mailbox() == 1
    assert Reply.objects.latest("pk").text == "Their calendar says that they do not come.", "to the time of before"
    assert answer_of(session) == ""


def test_another_time_that_a_calendar_proposes_stands_among_the_replies(
    imap, smtp_server, client, session, coordinator
):
    deliver_due()
    sent, later = entry(), session.starts_at + timedelta(days=2)
    text = written(sent, "TENTATIVE", method="COUNTER", dtstart=later, dtend=later + timedelta(hours=1))
    imap.put(posted(text, sender="mallory@example.org"))
    assert read_mailbox() == 0
    imap.put(posted(text))
    imap.put(posted(text, body="Could it be then?"))
    assert read_mailbox() == 2
    said = f"Their calendar proposes another time: {english.span(later, later + timedelta(hours=1))}."
    assert [one.text for one in Reply.objects.order_by("pk")] == [said, f"{said}\n\nCould it be then?"]
    assert {one.message for one in Reply.objects.all()} == {sent}
    session.refresh_from_db()
    assert session.starts_at != later, "it does nothing by itself"
    assert "replies are to be answered" in with_second_factor(client, coordinator).get("/admin/").text


@pytest.mark.requirement("B27")
def test_whoever_declines_an_event_in_their_calendar_keeps_their_place_and_staff_read_it(amara, coordinator):
    occasion = opened(coordinator, programme=amara.cohort.programme, title="Briefing")
    booking = booked(occasion, email="visitor@example.org")
    sent = entry()
    declined = written(sent, "DECLINED")
    assert accepts_booking(written(sent, "ACCEPTED"), "visitor@example.org")
    assert not accepts_booking(declined, "visitor@example.org")
    assert asked_of_staff(declined, "visitor@example.org") == (
        sent,
        "Their calendar says that they do not come. Their booking stands as it was.",
    )
    assert asked_of_staff(declined, "mallory@example.org")[0] is None
    booking.refresh_from_db()
    assert booking.status == BookingStatus.BOOKED
    found = Occasion.objects.for_steps().get(pk=occasion.pk)
    later = found.starts_at + timedelta(days=1)
    proposed = written(sent, "TENTATIVE", method="COUNTER", dtstart=later.date(), dtend=later.date())
    assert "proposes another time" in asked_of_staff(proposed, "visitor@example.org")[1]
    occasions.say_when(
        occasion=found, starts_at=later, ends_at=later + timedelta(hours=2), venue="Hall", by=coordinator
    )
    assert asked_of_staff(declined, "visitor@example.org")[0] is None, "they have been told of another time since"
    occasions.cancel(occasion=Occasion.objects.for_steps().get(pk=occasion.pk), by=coordinator)
    assert not accepts_booking(written(entry(), "ACCEPTED"), "visitor@example.org")


def test_once_a_programme_sends_none_what_is_to_come_goes_from_calendars_and_comes_back_later(
    client, amara, session, coordinator
):
    over = SessionFactory(cohort=amara.cohort, starts_at=clock.now() - timedelta(days=20))
    SessionInvitation.objects.create(session=over, enrolment=amara, is_in=True)
    page = reverse("admin:cohorts_programme_change", args=[amara.cohort.programme_id])
    assert (
        "takes each session to come out of participants’ calendars"
        in with_second_factor(client, coordinator).get(page).text
    )
    Message.objects.all().delete()
    Programme.objects.update(sends_invitations=False)
    assert inviting.keep_invited() == 1
    gone = entry()
    [event] = Calendar.from_ical(gone.calendar).walk("VEVENT")
    assert (str(Calendar.from_ical(gone.calendar)["method"]), int(event["sequence"])) == ("CANCEL", 1)
    assert "or we no longer send entries for calendars" in gone.text
    assert inviting.keep_invited() == 0
    moved(session, coordinator)
    assert not Message.objects.exclude(pk=gone.pk).exclude(calendar="").exists()
    Programme.objects.update(sends_invitations=True)
    assert inviting.keep_invited() == 1
    [event] = Calendar.from_ical(entry().calendar).walk("VEVENT")
    assert int(event["sequence"]) > 1
