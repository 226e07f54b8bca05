"""Speakers are asked whether they come, answer without an account, and hear when a session moves or does not take place."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from cohorts.actions import confirming, sessions
from cohorts.models import Partner, Session
from modules.actions import speakers, talks
from modules.models import SessionSpeaker, Speaker
from modules.reminders import talks_soon
from modules.states import Comes
from modules.talk_notices import REMINDER, new_link, of_talk
from steppingup import clock
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import work_out_reminders
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory
from tests.staff import take_step

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B6", "L7")]


@pytest.fixture
def participant():
    return ParticipantFactory()


@pytest.fixture
def coordinator(participant):
    return staff(provider=participant.cohort.programme.provider)


@pytest.fixture
def session(participant):
    starts = clock.now() + timedelta(days=30)
    return SessionFactory(
        cohort=participant.cohort, starts_at=starts, ends_at=starts + timedelta(hours=2), title="Module 2"
    )


@pytest.fixture
def speaker(participant):
    programme, employer = participant.cohort.programme, OrganisationFactory()
    Partner.objects.create(programme=programme, organisation=employer)
    return Speaker.objects.create(
        provider=programme.provider, name="Femi Cole", organisation=employer, email="femi@example.org"
    )


@pytest.fixture
def talk(session, speaker, coordinator):
    return speakers.book(session=session, speaker=speaker, subject="How I came here", by=coordinator)


def letters(kind):
    return list(Message.objects.filter(kind=f"modules.{kind}").order_by("pk"))


def fresh(talk):
    return SessionSpeaker.objects.for_steps().get(pk=talk.pk)


def fresh_of(session):
    return Session.objects.for_steps().get(pk=session.pk)


def link_of(talk):
    return "/" + new_link(fresh(talk)).split("/", 3)[3]


def calendar_of(message):
    parsed = Calendar.from_ical(message.calendar)
    return parsed["method"], parsed.walk("VEVENT")[0]


def test_a_speaker_with_an_address_is_asked_and_answers_without_an_account(client, talk):
    (asked,) = letters("talk_asked")
    assert asked.to_email == "femi@example.org"
    assert "You speak about “How I came here”." in asked.text
    page = link_of(talk)
    assert "Will you speak?" in client.get(page).text
    assert fresh(talk).comes == ""  # a scanner that opens links answers nothing
    assert "Say whether you come." in client.post(page, {"said": "A screen, please."}).text
    shown = client.post(page, {"comes": "yes", "said": "A screen, please."}, follow=True).text
    assert "You will be there. Thank you." in shown
    (stands,) = letters("talk_stands")
    method, event = calendar_of(stands)
    assert (method, str(event["summary"])) == ("REQUEST", f"{talk.session.cohort.programme}: Module 2")
    client.post(page, {"comes": "yes", "said": "And a microphone."})
    assert len(letters("talk_stands")) == 1
    assert fresh(talk).said == "And a microphone."


@pytest.mark.requirement("B5")
def test_a_speaker_is_told_that_a_date_is_not_confirmed_as_long_as_it_is_not(session, speaker, coordinator):
    Session.objects.update(to_be_confirmed=True)
    talk = speakers.book(session=fresh_of(session), speaker=speaker, subject="", by=coordinator)
    on = timezone.localdate(session.starts_at)
    for kind in ("talk_asked", "talk_reminder"):
        work_out_reminders(today=on - timedelta(days=7))
        (written,) = letters(kind)
        assert "This date is not confirmed yet." in written.text
        assert "(to be confirmed)" in written.text
    confirming.confirm(session=fresh_of(session), by=coordinator)
    assert "confirmed" not in of_talk(REMINDER, fresh(talk)).work_out()["when"]
    assert of_talk(REMINDER, fresh(talk)).work_out()["unsure"] == ""


def test_whoever_runs_the_cohort_hears_that_a_speaker_cannot_come(client, talk, coordinator):
    page = link_of(talk)
    client.post(page, {"comes": "yes"})
    client.post(page, {"comes": "no", "said": "I am on leave."})
    (told,) = letters("talk_cannot")
    assert told.to == coordinator
    assert "I am on leave." in told.text
    (off,) = letters("talk_off")
    assert calendar_of(off)[0] == "CANCEL"
    assert "You told us that you cannot come." in client.get(page).text
    client.post(page, {"comes": "yes"})
    speakers.cancel(talk=talk, by=coordinator)
    said = [calendar_of(one) for one in Message.objects.exclude(calendar="").order_by("pk")]
    assert [str(method) for method, _ in said] == ["REQUEST", "CANCEL"] * 2
    versions = [int(event["sequence"]) for _, event in said]
    assert versions == sorted(set(versions)), "calendars take a later version alone"


def test_a_moved_session_asks_its_speaker_anew_and_moves_the_entry(client, talk, coordinator):
    client.post(link_of(talk), {"comes": "yes"})
    session = Session.objects.for_steps().get(pk=talk.session_id)
    later = session.starts_at + timedelta(days=7)
    sessions.move(session=session, starts_at=later, ends_at=later + timedelta(hours=2), venue="", by=coordinator)
    (moved,) = letters("talk_moved")
    method, event = calendar_of(moved)
    assert method == "REQUEST"
    assert event["sequence"] > calendar_of(*letters("talk_stands"))[1]["sequence"]
    assert event["dtstart"].dt == later.replace(microsecond=event["dtstart"].dt.microsecond)
    assert fresh(talk).answer_in_words == "Has not answered"


@pytest.mark.parametrize("comes", ["", "yes", "no"])
def test_a_cancelled_session_tells_its_speaker_unless_they_had_said_no(client, talk, coordinator, comes):
    if comes:
        client.post(link_of(talk), {"comes": comes})
    sessions.cancel(session=Session.objects.for_steps().get(pk=talk.session_id), reason="No water.", by=coordinator)
    told = letters("talk_off")
    assert len(told) == (comes != "no")
    assert all("The reason: No water." in one.text for one in told)
    assert "This session has been cancelled." in client.get(link_of(talk)).text
    with pytest.raises(NotPossible, match="does not take place"):
        talks.answer(talk=talk, comes="yes", by=coordinator)


def test_whoever_is_taken_off_a_session_is_told(client, talk, coordinator):
    page = link_of(talk)
    speakers.cancel(talk=talk, by=coordinator)
    assert "We have planned the day anew." in letters("talk_off")[0].text
    assert client.get(page).status_code == 404


def test_staff_record_what_a_speaker_said_by_telephone_and_ask_once_more(in_admin, talk, coordinator, speaker):
    desk = in_admin(coordinator)
    take_step(desk, reverse("admin:modules_speaker_step", args=[speaker.pk, "ask_whether"]))
    assert len(letters("talk_asked")) == 2
    take_step(
        desk,
        reverse("admin:modules_speaker_step", args=[speaker.pk, "record_answer"]),
        talk=talk.pk,
        comes="yes",
        said="Rang.",
    )
    assert fresh(talk).answer_in_words == "Comes: “Rang.”"
    assert "Comes: “Rang.”" in desk.get(reverse("admin:cohorts_session_change", args=[talk.session_id])).text
    with pytest.raises(NotPossible, match="answered for every talk"):
        talks.ask_whether(speaker=speaker, by=coordinator)
    other = Speaker.objects.create(provider=speaker.provider, name="Ada", organisation=speaker.organisation)
    with pytest.raises(NotPossible, match="Enter an email address for Ada first"):
        talks.ask_whether(speaker=other, by=coordinator)
    with pytest.raises(NotPossible, match="has no talk to come"):
        talks.record_answer(speaker=other, talk=talk, comes="yes", by=coordinator)
    with pytest.raises(NotAllowed):
        talks.answer(talk=talk, comes="yes", by=talk.session.cohort.enrolments.get().participant)


def test_an_answer_is_recorded_for_the_speaker_whose_talk_it_is(talk, coordinator, speaker, session):
    starts = session.starts_at + timedelta(days=1)
    another = SessionFactory(cohort=session.cohort, starts_at=starts, ends_at=starts + timedelta(hours=1))
    other = Speaker.objects.create(provider=speaker.provider, name="Ada", organisation=speaker.organisation)
    speakers.book(session=another, speaker=other, by=coordinator)
    with pytest.raises(NotPossible, match="This is not a talk of Ada"):
        talks.record_answer(speaker=other, talk=talk, comes="yes", by=coordinator)


def test_a_speaker_is_reminded_unless_they_said_no(talk, coordinator):
    day = talk.session.starts_at.date()

    def due() -> int:
        return len(list(talks_soon(None, day - timedelta(days=1), day + timedelta(days=1))))

    assert due() == 1
    talks.answer(talk=talk, comes=Comes.NO, by=coordinator)
    assert due() == 0


def test_nobody_without_an_address_is_written_to(session, speaker, coordinator):
    Speaker.objects.update(email="")
    talk = speakers.book(session=session, speaker=Speaker.objects.get(), by=coordinator)
    talks.answer(talk=talk, comes="yes", by=coordinator)
    sessions.cancel(session=Session.objects.for_steps().get(pk=session.pk), by=coordinator)
    assert not Message.objects.filter(kind__startswith="modules.talk").exclude(kind="modules.talk_cannot").exists()
