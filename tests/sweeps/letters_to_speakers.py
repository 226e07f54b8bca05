"""Moments at which letters to speakers are written, and those about dates."""

from datetime import timedelta
from typing import Any

from cohorts.actions import confirming, sessions
from cohorts.models import Session
from modules.actions import feedback, speakers, talks
from modules.models import SessionSpeaker
from tests.sweeps.letters_moments import moment
from tests.sweeps.refusals import change
from tests.sweeps.world import World


def _speech(w: World) -> SessionSpeaker:
    return SessionSpeaker.objects.for_steps().get(pk=w.speech.pk)


@moment
def a_speaker_is_asked_once_more(w: World) -> Any:
    return talks.ask_whether(speaker=w.speaker, by=w.coordinator)


@moment
def a_speaker_says_that_they_come(w: World) -> Any:
    return talks.answer(talk=_speech(w), comes="yes", by=w.coordinator)


@moment
def a_speaker_says_that_they_cannot_come(w: World) -> Any:
    talks.answer(talk=_speech(w), comes="yes", by=w.coordinator)
    return talks.answer(talk=_speech(w), comes="no", said="I am on leave.", by=w.coordinator)


@moment
def a_session_with_a_speaker_moves(w: World) -> Any:
    found = Session.objects.for_steps().get(pk=w.visit.pk)
    later = {"starts_at": found.starts_at + timedelta(days=1), "ends_at": found.ends_at + timedelta(days=1)}
    return sessions.move(session=found, venue="There", by=w.coordinator, **later)


@moment
def a_speaker_is_taken_off(w: World) -> Any:
    return speakers.cancel(talk=_speech(w), by=w.coordinator)


@moment
def a_date_is_confirmed(w: World) -> Any:
    return confirming.confirm(session=change(w.visit, to_be_confirmed=True), by=w.coordinator)


@moment
def somebody_says_what_they_take_from_a_talk(w: World) -> Any:
    talk = SessionSpeaker.objects.for_steps().get(pk=w.heard.pk)
    return feedback.say_about_talk(
        enrolment=w.enrolment, talk=talk, words="Ask again.", to_speaker=True, by=w.participant
    )
