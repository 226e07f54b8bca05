"""Invitations by email: exactly those concerned have each session as it stands, and what their calendars answer is read."""

import random
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.conf import settings as project
from django.urls import reverse
from icalendar import Calendar

from applications.roles import RoleName
from cohorts.actions import apologies, enrolments, inviting, pausing, sessions
from cohorts.models import Programme, Session, SessionInvitation
from steppingup import clock
from steppingup.calendars.events import events_of
from steppingup.calendars.writing import as_calendar
from steppingup.messaging import incoming
from steppingup.messaging.actions.delivery import deliver_due
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.calendars.test_feed import CHANGES, READ, _wanders, parsed
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory, day
from tests.racing import at_once
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db
KINDS = ("cohorts.calendar_entry", "cohorts.calendar_entry_gone")


@pytest.fixture
def amara():
    found = ParticipantFactory(participant__full_name="Amara Okafor", participant__email="amara@example.org")
    Programme.objects.update(sends_invitations=True)
    return found


@pytest.fixture
def coordinator(amara):
    return staff(RoleName.COORDINATOR, amara.cohort.programme.provider)


def sent():
    """What was sent since the last look: to whom, the method and the version."""
    found = Message.objects.exclude(calendar="").order_by("pk")
    rows = []
    for one in found:
        calendar = Calendar.from_ical(one.calendar)
        [event] = calendar.walk("VEVENT")
        rows.append((one.to_email, str(calendar["method"]), int(event["sequence"])))
    found.delete()
    return rows


def invite():
    inviting.keep_invited()
    return sent()


@pytest.mark.requirement("B31")
def test_everybody_on_the_cohort_has_each_session_as_it_stands_and_nobody_else(amara, coordinator):
    ben = ParticipantFactory(cohort=amara.cohort, participant__email="ben@example.org")
    ParticipantFactory()
    session = SessionFactory(cohort=amara.cohort, starts_at=clock.now() + timedelta(days=20))
    SessionFactory(cohort=amara.cohort, starts_at=clock.now() - timedelta(days=20))
    assert sorted(invite()) == [("amara@example.org", "REQUEST", 0), ("ben@example.org", "REQUEST", 0)]
    assert invite() == [], "nothing is said twice"
    later = session.starts_at + timedelta(days=1)
    sessions.move(session=session, starts_at=later, ends_at=later + timedelta(hours=2), venue="", by=coordinator)
    assert sorted(invite()) == [("amara@example.org", "REQUEST", 1), ("ben@example.org", "REQUEST", 1)]
    enrolments.withdraw(enrolment=ben, reason="A new job.", by=coordinator)
    assert invite() == [("ben@example.org", "CANCEL", 2)]
    session.refresh_from_db()
    sessions.cancel(session=session, by=coordinator)
    assert invite() == [("amara@example.org", "CANCEL", 2)]
    assert invite() == []
    take_back(taking=Taking.objects.standing().latest("pk"), reason="The wrong one.", by=coordinator)
    assert invite() == [("amara@example.org", "REQUEST", 3)]


@pytest.mark.requirement("B31")
def test_whoever_is_told_that_a_session_has_moved_or_was_cancelled_gets_one_email_with_the_entry(amara, coordinator):
    session = SessionFactory(cohort=amara.cohort, starts_at=clock.now() + timedelta(days=20))
    invite()
    later = session.starts_at + timedelta(days=1)
    sessions.move(session=session, starts_at=later, ends_at=later + timedelta(hours=2), venue="", by=coordinator)
    inviting.keep_invited()
    [moved] = Message.objects.filter(to=amara.participant)
    assert (moved.kind, str(Calendar.from_ical(moved.calendar)["method"])) == ("cohorts.session_moved", "REQUEST")
    [event] = Calendar.from_ical(moved.calendar).walk("VEVENT")
    assert (event.decoded("dtstart"), int(event["sequence"])) == (later.replace(microsecond=0), 1)
    Message.objects.all().delete()
    session.refresh_from_db()
    sessions.cancel(session=session, by=coordinator)
    inviting.keep_invited()
    [off] = Message.objects.filter(to=amara.participant)
    assert (off.kind, str(Calendar.from_ical(off.calendar)["method"])) == ("cohorts.session_cancelled", "CANCEL")
    assert off.next_attempt_at > clock.now(), "a slip reaches no calendar"


def test_a_worker_who_read_a_session_before_it_moved_sends_nothing_older(amara, coordinator):
    session = SessionFactory(cohort=amara.cohort, starts_at=clock.now() + timedelta(days=20))
    before = Session.objects.get(pk=session.pk)
    invite()
    later = session.starts_at + timedelta(days=1)
    sessions.move(session=session, starts_at=later, ends_at=later + timedelta(hours=2), venue="", by=coordinator)
    assert not inviting._bring(before, amara.pk, True)
    assert SessionInvitation.objects.get().sequence == 1


@pytest.mark.requirement("B31")
def test_what_somebody_cannot_come_to_goes_from_their_calendar_and_comes_back_once_they_can(amara, coordinator):
    session = SessionFactory(cohort=amara.cohort, starts_at=clock.now() + timedelta(days=20))
    invite()
    apologies.cannot_come(enrolment=amara, session=session, by=amara.participant)
    inviting.keep_invited()
    gone = Message.objects.get(kind="cohorts.calendar_entry_gone")
    assert "you have said that you cannot come, or we no longer send" in gone.text
    # Calendars take a later version alone: each is one, although the session is as it was.
    assert invite() == [("amara@example.org", "CANCEL", 1)]
    apologies.can_come(enrolment=amara, session=session, by=amara.participant)
    assert invite() == [("amara@example.org", "REQUEST", 2)]
    apologies.cannot_come(enrolment=amara, session=session, by=amara.participant)
    assert invite() == [("amara@example.org", "CANCEL", 3)]
    later = session.starts_at + timedelta(days=1)
    sessions.move(session=session, starts_at=later, ends_at=later + timedelta(hours=2), venue="", by=coordinator)
    assert invite() == [("amara@example.org", "REQUEST", 4)], "of another time they have said nothing"
    enrolments.withdraw(enrolment=amara, reason="A new job.", by=coordinator)
    assert invite() == [("amara@example.org", "CANCEL", 5)]
    enrolments.come_back(enrolment=amara, by=coordinator)
    assert invite() == [("amara@example.org", "REQUEST", 6)]
    session.refresh_from_db()
    sessions.move(session=session, starts_at=later, ends_at=later + timedelta(hours=3), venue="", by=coordinator)
    assert sent() == [("amara@example.org", "REQUEST", 7)]
    [stands] = parsed(as_calendar("Dates", events_of(amara.participant))).values()
    assert stands["sequence"] == 7, "as in the feed"


def test_whoever_pauses_is_not_invited_meanwhile_and_whoever_cannot_come_not_anew(amara, coordinator):
    ben = ParticipantFactory(cohort=amara.cohort, participant__email="ben@example.org")
    session = SessionFactory(cohort=amara.cohort, starts_at=clock.now() + timedelta(days=20))
    apologies.cannot_come(enrolment=ben, session=session, by=ben.participant)
    assert invite() == [("amara@example.org", "REQUEST", 0)]
    apologies.can_come(enrolment=ben, session=session, by=ben.participant)
    assert invite() == [("ben@example.org", "REQUEST", 0)]
    pausing.pause(enrolment=ben, starts_on=day(10), ends_on=day(40), by=coordinator)
    assert invite() == [("ben@example.org", "CANCEL", 1)]


def test_a_programme_that_sends_none_sends_none(amara):
    Programme.objects.update(sends_invitations=False)
    SessionFactory(cohort=amara.cohort, starts_at=clock.now() + timedelta(days=20))
    assert invite() == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_invite_everybody_once():
    amara = ParticipantFactory()
    Programme.objects.update(sends_invitations=True)
    SessionFactory(cohort=amara.cohort, starts_at=clock.now() + timedelta(days=20))
    assert sorted(at_once([inviting.keep_invited, inviting.keep_invited])) == [0, 1]
    assert Message.objects.filter(kind__in=KINDS).count() == 1


def reply(message, status, email="amara@example.org", sender="amara@example.org"):
    """As a calendar answers."""
    calendar = Calendar.from_ical(message.calendar)
    calendar["method"] = "REPLY"
    [event] = calendar.walk("VEVENT")
    event["attendee"].params["PARTSTAT"] = status
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = sender, str(event["organizer"])[7:], f"{status}: Module"
    answer.set_content("Sent from a calendar.")
    text = calendar.to_ical().decode().replace("amara@example.org", email)
    answer.add_alternative(text, subtype="calendar", params={"method": "REPLY"})
    return incoming.read(answer.as_bytes())


def test_what_a_calendar_answers_is_shown_to_staff_and_excuses_nobody(client, amara, coordinator):
    session = SessionFactory(cohort=amara.cohort, starts_at=clock.now() + timedelta(days=20))
    inviting.keep_invited()
    message = Message.objects.get(kind=KINDS[0])
    for wrong in (
        reply(message, "DECLINED", sender="mallory@example.org"),
        reply(message, "DECLINED", email="mallory@example.org"),
        reply(message, "NEEDS-ACTION"),
    ):
        assert not inviting.record_answer(wrong.calendar, wrong.from_email)
    for text in (
        "",
        "no calendar",
        message.calendar,
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR",
        "x" * 200_000,
    ):
        assert not inviting.record_answer(text, "amara@example.org")
    assert SessionInvitation.objects.get().answer == ""
    for status, shown in (("ACCEPTED", "Comes"), ("TENTATIVE", "Perhaps"), ("DECLINED", "Does not come")):
        given = reply(message, status)
        assert inviting.record_answer(given.calendar, given.from_email)
        assert SessionInvitation.objects.get().get_answer_display() == shown
    page = with_second_factor(client, coordinator).get(reverse("admin:cohorts_session_change", args=[session.pk])).text
    assert "Does not come: Amara Okafor" in page
    assert not session.apologies.exists()
    later = session.starts_at + timedelta(days=1)
    sessions.move(session=session, starts_at=later, ends_at=later + timedelta(hours=2), venue="", by=coordinator)
    inviting.keep_invited()
    assert SessionInvitation.objects.get().answer == "", "of another time they have said nothing"


def test_it_costs_the_same_for_one_session_and_for_twenty_where_nothing_is_new(amara, django_assert_max_num_queries):
    for number in range(20):
        SessionFactory(cohort=amara.cohort, starts_at=clock.now() + timedelta(days=8 + number))
    inviting.keep_invited()
    with django_assert_max_num_queries(8):
        assert inviting.keep_invited() == 0


def test_an_invitation_goes_through_a_real_mail_server(amara, smtp_server):
    SessionFactory(cohort=amara.cohort, starts_at=clock.now() + timedelta(days=20), title="Module 2")
    inviting.keep_invited()
    deliver_due()
    [arrived] = smtp_server.to("amara@example.org")
    [part] = [one for one in arrived.walk() if one.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    assert "Module 2" in part.get_payload(decode=True).decode()


@pytest.mark.journey
def test_invitations_and_the_address_say_the_same_after_any_two_hundred_changes(page, in_september, amara, coordinator):
    """`icalendar` and `ical.js`, across both changes of the clocks: no UID twice, and the version rises."""
    rng = random.Random(7)
    rows = [SessionFactory(cohort=amara.cohort, title=f"Day {n}", starts_at=at) for n, at in enumerate(CHANGES)]
    texts, feeds, last = [], [], {}
    for _ in range(200):
        _wanders(rng, rng.choice(rows), coordinator)
        inviting.keep_invited()
        written = Message.objects.exclude(calendar="").order_by("pk")
        for one in written:
            [event] = Calendar.from_ical(one.calendar).walk("VEVENT")
            uid, sequence = str(event["uid"]), int(event["sequence"])
            assert sequence > last.get(uid, -1)
            last[uid] = sequence
            texts.append(one.calendar)
            feeds.append(as_calendar("Dates", events_of(amara.participant)).decode())
        written.delete()
    assert len(texts) > 150
    assert set(last) == {uid for text in feeds for uid in parsed(text.encode())}, "the same name as in the feed"
    page.goto("about:blank")
    page.add_script_tag(content=(project.BASE_DIR / "tests" / "data" / "ical.min.js").read_text(encoding="utf-8"))
    for text, feed, other in zip(texts, feeds, page.evaluate(READ, texts), strict=True):
        ours = parsed(text.encode())
        for one in other.values():
            one |= {name: datetime.fromisoformat(one[name]).isoformat() for name in ("start", "end")}
        assert ours == other
        [(uid, invited)] = ours.items()
        stands = parsed(feed.encode())[uid]
        assert {name: invited[name] for name in ("sequence", "start", "end", "place", "status")} == {
            name: stands[name] for name in ("sequence", "start", "end", "place", "status")
        }
    assert {one.session_id for one in SessionInvitation.objects.filter(is_in=True)} <= {
        one.pk for one in Session.objects.filter(cancelled_at=None)
    }
