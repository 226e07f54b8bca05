"""Marks that arrive tap by tap: at once, or later where there was no signal. Each is received once, and none is lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from cohorts.actions.attendance import require_due
from cohorts.actions.marking import THERE, Marked, Register, require_one_place_at_a_time
from cohorts.models import RegisterMark, Session
from cohorts.permissions import CohortPermission
from cohorts.states.registers import GIVEN, Way
from steppingup.accounts.actors import Actor, NotAllowed, require
from steppingup.history.lifecycle import NotPossible, refuse_if

#: More than anybody taps before a signal comes back; a queue that is longer is sent in several parts.
MOST = 500


@dataclass(frozen=True)
class Sent:
    """One tap as a device sends it. `saw` is the key of the mark that stood as far as the device knew."""

    key: UUID
    enrolment: int
    said: str
    made_at: datetime
    saw: str = ""


@dataclass(frozen=True)
class Received:
    """What became of one tap: nothing against it, or why it does not count."""

    key: UUID
    enrolment: int
    refused: str = ""


@transaction.atomic
def receive(*, session: Session, device: str, taps: Sequence[Sent], by: Actor) -> list[Received]:
    """Enter what a device sends, in the order in which it was tapped. A tap that came before is not entered again. One that cannot be
    entered is kept with the reason and holds nothing up; that of somebody who is not on the list is only answered.

    Raises NotPossible for what no page of ours sends."""
    require(by, CohortPermission.RUN_COHORTS, session)
    refuse_if(len(taps) > MOST, f"Send at most {MOST} marks at once.", "unknown_mark")
    refuse_if({tap.said for tap in taps} - set(GIVEN), "Choose one of the marks for each person.", "unknown_mark")
    register = Register(session, by)
    known = set(RegisterMark.objects.filter(key__in=[tap.key for tap in taps]).values_list("key", flat=True))
    answers = []
    for tap in taps:
        why = "" if tap.key in known else _enter(register, device, tap)
        known.add(tap.key)
        answers.append(Received(tap.key, tap.enrolment, why))
    return answers


def _enter(register: Register, device: str, tap: Sent) -> str:
    """Enter one. Returns why it does not count; nothing where it does."""
    if tap.enrolment not in register.people:
        return "This person is no longer on the list for this session."
    marked = Marked(
        GIVEN[tap.said],
        Way.TAP,
        tap.key,
        device=device[:40],
        made_at=tap.made_at,
        saw=tap.saw[:36],
        settles=False,
    )
    session, enrolment = register.people[tap.enrolment]
    try:
        with transaction.atomic():
            require_due(session)
            register.require_colleague(tap.enrolment)
            if marked.given.mark in THERE:
                require_one_place_at_a_time(session, [enrolment])
            register.enter(tap.enrolment, marked)
    except (NotPossible, NotAllowed) as sentence:
        register.forget(tap.enrolment)
        register.keep_refused(tap.enrolment, marked, str(sentence))
        return str(sentence)
    return ""
