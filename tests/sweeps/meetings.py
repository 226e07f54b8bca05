"""The world's session with something to read, and with a speaker who was asked."""

from typing import Any

from cohorts.models import SessionPaper
from modules.actions import speakers
from modules.models import SessionSpeaker, Speaker, TalkFeedback
from modules.talk_notices import new_link


def speak_and_read(world: Any) -> None:
    things = world.things
    things.session_paper = SessionPaper.objects.create(session=things.visit, title="The case", file=things.stored_file)
    things.speaker.email = f"sol.{things.speaker.pk}@example.org"
    things.speaker.save()
    things.speech = speakers.book(session=things.visit, speaker=things.speaker, by=world.coordinator)
    behind = SessionSpeaker.objects.for_steps().get(pk=things.speech.pk)
    things.speech_token = new_link(behind).rstrip("/").rsplit("/", 1)[1]
    _say_what_they_take(world)


def _say_what_they_take(world: Any) -> None:
    """Of a talk at the session that is over."""
    things = world.things
    held = things.attendance.session
    things.past_session = held
    of = {"provider": things.speaker.provider, "organisation": things.speaker.organisation}
    somebody = Speaker.objects.create(name="Hana Heard", email=f"hana.{things.speaker.pk}@example.org", **of)
    things.heard = SessionSpeaker.objects.create(session=held, speaker=somebody, subject="How I came here")
    things.talk_feedback = TalkFeedback.objects.create(
        talk=things.heard, enrolment=things.enrolment, words="Ask again.", to_speaker=True
    )


def also_speak_and_read(world: Any, speaker: Any) -> None:
    """One row more on the page of the session, for participants and for staff."""
    SessionPaper.objects.create(session=world.visit, title="Further", file=world.stored_file)
    speakers.book(session=world.visit, speaker=speaker, by=world.coordinator)
