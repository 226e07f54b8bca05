"""Who may act on dates that are to be confirmed, and on what speakers say."""

from typing import Any

from modules.models import SessionSpeaker
from tests.sweeps.may import OF_COHORT, OF_PROVIDER, PARTICIPANT, Row
from tests.sweeps.refusals import change
from tests.sweeps.world import World

CONFIRMING, TALKS, FEEDBACK = "cohorts.actions.confirming", "modules.actions.talks", "modules.actions.feedback"


def unconfirmed(w: World) -> Any:
    return change(w.visit, to_be_confirmed=True)


def cohort_with_one(w: World) -> dict[str, Any]:
    unconfirmed(w)
    return {"cohort": w.running}


def speech(w: World) -> Any:
    return SessionSpeaker.objects.for_steps().get(pk=w.speech.pk)


def heard(w: World) -> Any:
    return SessionSpeaker.objects.for_steps().get(pk=w.heard.pk)


SESSIONS_MAY = [
    Row(f"{CONFIRMING}.confirm", OF_COHORT, lambda w: {"session": unconfirmed(w)}),
    Row(f"{CONFIRMING}.confirm_dates", OF_COHORT, cohort_with_one),
    Row(
        f"{FEEDBACK}.say_about_talk",
        PARTICIPANT,
        lambda w: {"enrolment": w.enrolment, "talk": heard(w), "words": "Ask."},
    ),
    Row(f"{FEEDBACK}.remove_words", PARTICIPANT, lambda w: {"feedback": w.talk_feedback}),
    Row(f"{TALKS}.ask_whether", OF_PROVIDER, lambda w: {"speaker": w.speaker}),
    Row(f"{TALKS}.answer", OF_COHORT, lambda w: {"talk": speech(w), "comes": "yes"}),
    Row(f"{TALKS}.record_answer", OF_COHORT, lambda w: {"speaker": w.speaker, "talk": speech(w), "comes": "yes"}),
]
