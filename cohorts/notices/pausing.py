"""What is told of a pause, of what was agreed in the place of a missed session, and when somebody seems to be stuck."""

from datetime import date

from cohorts.models import Enrolment, MakeUp, Pause
from cohorts.notices import KINDS, MANAGER, PARTICIPANT, tell_manager, tell_participant
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import MessageKind

PAUSE = ("paused_from", "back_on", "last_day")
PAUSED = KINDS.add("paused", "A pause begins", PARTICIPANT, *PAUSE)
MANAGER_PAUSED = KINDS.add("manager_paused", "A participant pauses", MANAGER, "participant", *PAUSE)
PAUSE_ENDS = KINDS.add("pause_ends", "The end of a pause is known", PARTICIPANT, *PAUSE)
MANAGER_PAUSE_ENDS = KINDS.add(
    "manager_pause_ends", "The end of a participant's pause is known", MANAGER, "participant", *PAUSE
)
NO_PAUSE = KINDS.add("no_pause", "A pause does not take place", PARTICIPANT, "paused_from")
MANAGER_NO_PAUSE = KINDS.add(
    "manager_no_pause", "A participant's pause does not take place", MANAGER, "participant", "paused_from"
)
MAKE_UP = ("session", "agreed", "amount", "made_up_by")
MAKE_UP_AGREED = KINDS.add("make_up_agreed", "How a missed session is made up", PARTICIPANT, *MAKE_UP)
MAKE_UP_DONE = KINDS.add("make_up_done", "A missed session was made up", PARTICIPANT, *MAKE_UP)
MAKE_UP_CALLED_OFF = KINDS.add("make_up_called_off", "A missed session is not made up as agreed", PARTICIPANT, *MAKE_UP)
NUDGE = KINDS.add("nudge", "A participant is asked how it is going", PARTICIPANT, "says", "own_words")


def nudge(enrolment: Enrolment, says: str, own_words: str) -> None:
    """With what the coordinator adds in their own words."""
    tell_participant(NUDGE, enrolment, says=says, own_words=own_words)


def tell_of_pause(pause: Pause, to_participant: MessageKind, to_manager: MessageKind, last_day: date) -> None:
    """The participant and the line manager; why is told to nobody. `last_day` is that of their programme."""
    enrolment = pause.enrolment
    facts: dict[str, object] = {"paused_from": pause.starts_on}
    if "back_on" in to_participant.placeholders:
        back = english.day_date(pause.ends_on) if pause.ends_on else "a day that is not known yet"
        facts |= {"back_on": back, "last_day": last_day}
    tell_participant(to_participant, enrolment, **facts)
    tell_manager(to_manager, enrolment, **facts)


def tell_of_make_up(kind: MessageKind, make_up: MakeUp) -> None:
    """The participant."""
    enrolment: Enrolment = make_up.enrolment
    facts = {
        "link": address("cohorts:days", enrolment.pk),
        "session": make_up.session.title,
        "agreed": make_up.what,
        "amount": make_up.amount,
        "made_up_by": make_up.due_on,
    }
    send(Notice(kind, enrolment.participant, enrolment, facts, related=[enrolment.cohort, enrolment.participant]))
