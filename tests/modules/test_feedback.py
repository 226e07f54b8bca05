"""What participants took away from a talk: written, read by the speaker if they like, changed and removed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.urls import reverse

from cohorts.actions import attendance, enrolments, joint
from cohorts.models import Session
from cohorts.states import Mark
from modules.actions import feedback, speakers
from modules.models import SessionSpeaker, Speaker, TalkFeedback
from modules.states import Comes
from modules.talk_notices import new_link
from steppingup import clock
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory
from tests.factories.joint import Side
from tests.journeys.people import letters_to, link_in
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L7")]
WORDS = "That she was told “not yet” for ten years, and asked again."


@pytest.fixture
def amara():
    return ParticipantFactory(participant__full_name="Amara Okafor")


@pytest.fixture
def coordinator(amara):
    return staff(provider=amara.cohort.programme.provider)


@pytest.fixture
def talk(amara, coordinator):
    """At a session that is to come until `held`."""
    starts_at = clock.now() + timedelta(days=2)
    session = SessionFactory(
        cohort=amara.cohort, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), title="Module 2"
    )
    provider = amara.cohort.programme.provider
    speaker = Speaker.objects.create(
        provider=provider, organisation=provider, name="Femi Cole", email="femi@example.org"
    )
    return speakers.book(session=session, speaker=speaker, subject="How I came here", by=coordinator)


def held(talk):
    session = talk.session
    session.starts_at, session.ends_at = clock.now() - timedelta(hours=3), clock.now() - timedelta(hours=1)
    session.save(update_fields=["starts_at", "ends_at"])
    return SessionSpeaker.objects.for_steps().get(pk=talk.pk)


def page_of(enrolment, talk):
    return reverse("modules:about_talk", args=[enrolment.pk, talk.session_id, talk.pk])


def told(talk):
    return Message.objects.filter(kind="modules.talk_words")


def test_what_somebody_takes_from_a_talk_reaches_the_speaker_with_a_first_name_if_they_like(client, amara, talk):
    talk = held(talk)
    client.force_login(amara.participant)
    session_page = reverse("cohorts:session", args=[amara.pk, talk.session_id])
    assert "Say what you took away from it" in client.get(session_page).text
    answer = client.post(page_of(amara, talk), {"words": ""})
    assert "Write what you took away from it." in answer.text
    client.post(page_of(amara, talk), {"words": WORDS, "to_speaker": "on"})
    assert "Change what you wrote about it" in client.get(session_page).text
    letter = told(talk).get()
    assert letter.to_email == "femi@example.org"
    assert "Amara" not in letter.text
    client.logout()
    own = client.get(link_in(letters_to("femi@example.org")[-1], "/talks/")).text
    assert "told “not yet”" in own
    assert "Amara" in own
    assert "Okafor" not in own


def test_what_is_for_staff_alone_is_not_on_the_speakers_page(client, amara, talk, coordinator):
    talk = held(talk)
    feedback.say_about_talk(enrolment=amara, talk=talk, words=WORDS, by=amara.participant)
    assert not told(talk).exists()
    assert "not yet" not in client.get(new_link(talk)).text
    browser = with_second_factor(client, coordinator)
    listed = browser.get(reverse("admin:modules_talkfeedback_changelist"), {"talk": talk.pk}).text
    assert "told “not yet”" in listed
    assert (
        "1 participant took away from it"
        in browser.get(reverse("admin:cohorts_session_change", args=[talk.session_id])).text
    )


def test_the_speaker_hears_once_however_many_write(amara, talk):
    talk = held(talk)
    others = [ParticipantFactory(cohort=amara.cohort) for _ in range(2)]
    for one in (amara, *others):
        feedback.say_about_talk(enrolment=one, talk=talk, words=WORDS, to_speaker=True, by=one.participant)
    feedback.say_about_talk(enrolment=amara, talk=talk, words="More.", to_speaker=True, by=amara.participant)
    assert told(talk).count() == 1
    assert TalkFeedback.objects.count() == 3


def test_whoever_wrote_it_removes_it_and_nobody_else_does(client, amara, talk):
    talk = held(talk)
    said = feedback.say_about_talk(enrolment=amara, talk=talk, words=WORDS, to_speaker=True, by=amara.participant)
    other = ParticipantFactory(cohort=amara.cohort)
    with pytest.raises(NotAllowed):
        feedback.remove_words(feedback=said, by=other.participant)
    client.force_login(other.participant)
    assert client.post(page_of(amara, talk), {"remove": "1"}).status_code == 404
    client.force_login(amara.participant)
    client.post(page_of(amara, talk), {"remove": "1"})
    assert not TalkFeedback.objects.exists()
    assert "not yet" not in client.get(new_link(talk)).text
    assert client.post(page_of(amara, talk), {"remove": "1"}).status_code == 302, "a second press finds nothing"


def test_nobody_writes_about_a_talk_that_is_to_come_was_cancelled_or_of_another_cohort(client, amara, talk):
    client.force_login(amara.participant)
    assert client.get(page_of(amara, talk)).status_code == 404
    with pytest.raises(NotPossible, match="once the session is over"):
        feedback.say_about_talk(enrolment=amara, talk=talk, words=WORDS, by=amara.participant)
    past = held(talk)
    stranger = ParticipantFactory()
    client.force_login(stranger.participant)
    assert client.get(page_of(stranger, past)).status_code == 404
    past.session.cancelled_at = clock.now()
    past.session.save(update_fields=["cancelled_at"])
    client.force_login(amara.participant)
    assert client.get(page_of(amara, past)).status_code == 404


def test_nobody_thanks_a_speaker_who_could_not_come_or_from_a_session_that_they_missed(amara, talk):
    talk = held(talk)
    SessionSpeaker.objects.filter(pk=talk.pk).update(comes="no")
    with pytest.raises(NotPossible, match="Femi Cole could not come"):
        feedback.say_about_talk(enrolment=amara, talk=talk, words=WORDS, to_speaker=True, by=amara.participant)
    SessionSpeaker.objects.filter(pk=talk.pk).update(comes="yes")
    attendance.mark(session=talk.session, marks={amara.pk: Mark.ABSENT}, by=SYSTEM)
    with pytest.raises(NotPossible, match="you were not there"):
        feedback.say_about_talk(enrolment=amara, talk=talk, words=WORDS, to_speaker=True, by=amara.participant)
    stranger = ParticipantFactory()
    with pytest.raises(NotPossible, match="not due at this session"):
        feedback.say_about_talk(enrolment=stranger, talk=talk, words=WORDS, by=stranger.participant)
    assert not told(talk).exists()


def test_whoever_has_left_still_removes_what_they_wrote(client, amara, talk, coordinator):
    talk = held(talk)
    feedback.say_about_talk(enrolment=amara, talk=talk, words=WORDS, to_speaker=True, by=amara.participant)
    enrolments.withdraw(enrolment=amara, reason="A new job.", by=coordinator)
    client.force_login(amara.participant)
    session_page = reverse("cohorts:session", args=[amara.pk, talk.session_id])
    assert page_of(amara, talk) in client.get(session_page).text
    page = client.get(page_of(amara, talk)).text
    assert "told “not yet”" in page
    assert "Save changes" not in page
    amara.refresh_from_db()
    with pytest.raises(NotPossible, match="not on the programme any more"):
        feedback.say_about_talk(enrolment=amara, talk=talk, words="More.", by=amara.participant)
    client.post(page_of(amara, talk), {"remove": "1"})
    assert not TalkFeedback.objects.exists()
    assert not apps.get_model("modules", "TalkFeedbackEvent").objects.exists(), "nor who had written when"


def test_a_link_to_an_address_that_was_wrong_shows_no_words(client, amara, talk):
    talk = held(talk)
    old = new_link(talk)
    feedback.say_about_talk(enrolment=amara, talk=talk, words=WORDS, to_speaker=True, by=amara.participant)
    Speaker.objects.filter(pk=talk.speaker_id).update(email="femi.cole@example.org")
    assert "not yet" not in client.get(old).text
    talk = SessionSpeaker.objects.for_steps().get(pk=talk.pk)
    assert "told “not yet”" in client.get(new_link(talk)).text


def test_a_talk_that_people_wrote_about_stays(client, amara, talk, coordinator):
    talk = held(talk)
    feedback.say_about_talk(enrolment=amara, talk=talk, words=WORDS, by=amara.participant)
    with pytest.raises(NotPossible, match="have written about the talk"):
        speakers.cancel(talk=talk, by=coordinator)
    browser = with_second_factor(client, coordinator)
    assert browser.get(reverse("admin:modules_speaker_delete", args=[talk.speaker_id])).status_code == 403
    assert TalkFeedback.objects.exists()


def test_staff_of_a_cohort_that_is_a_guest_find_what_its_people_wrote_beside_the_session(client):
    """And not what the host was told."""
    host = Side("Leadership Academy", "Stepping Up", ("Amara Okafor", "Ben Otieno"))
    guest = Side("Care Skills", "Moving Up", ("Chidi Nwosu", "Dalia Haddad"))
    session = SessionFactory(cohort=host.cohort, title="Day together", nights=0)
    invitation = joint.invite_cohort(session=session, cohort=guest.cohort, by=host.coordinator)
    accepted = joint.accept(
        invitation=invitation, component=guest.part("peer"), units=Decimal("0.5"), by=guest.coordinator
    )
    provider = host.cohort.programme.provider
    speaker = Speaker.objects.create(provider=provider, organisation=provider, name="Femi Cole")
    talk = speakers.book(session=session, speaker=speaker, subject="How I came here", by=host.coordinator)
    SessionSpeaker.objects.filter(pk=talk.pk).update(comes=Comes.YES, said="Please pay for my train.")
    own = accepted.session
    page = reverse("admin:cohorts_session_change", args=[own.pk])
    browser = with_second_factor(client, guest.coordinator)
    assert "Femi Cole" in browser.get(page).text
    held = {"starts_at": clock.now() - timedelta(hours=3), "ends_at": clock.now() - timedelta(hours=1)}
    Session.objects.filter(pk__in=(session.pk, own.pk)).update(**held)
    enrolment = guest.people[0]
    feedback.say_about_talk(enrolment=enrolment, talk=talk, words=WORDS, by=enrolment.participant)
    found = browser.get(page).text
    assert "What 1 participant took away from it" in found
    assert "Please pay for my train." not in found
    assert reverse("admin:modules_speaker_change", args=[speaker.pk]) not in found
    listed = reverse("admin:modules_talkfeedback_changelist")
    assert "That she was told" in browser.get(f"{listed}?talk={talk.pk}").text
