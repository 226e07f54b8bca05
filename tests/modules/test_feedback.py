"""What participants take from a talk: written, read by the speaker if they like, changed and removed."""

from datetime import timedelta

import pytest
from django.urls import reverse

from modules.actions import feedback, speakers
from modules.models import SessionSpeaker, Speaker, TalkFeedback
from modules.talk_notices import new_link
from steppingup import clock
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory
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
    assert "Say what you take from it" in client.get(session_page).text
    answer = client.post(page_of(amara, talk), {"words": ""})
    assert "Write what you take from it." in answer.text
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
        "1 participant takes from it"
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
