"""Checking in by the code on a screen: it changes each minute, and whoever types it says “I am here”."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from cohorts.actions.marking import Marked, Register, require_one_place_at_a_time
from cohorts.models import Attendance, Enrolment, Session
from cohorts.models.joint import host_of
from cohorts.models.together import groups_beside
from cohorts.states import EnrolmentStatus, Mark
from cohorts.states.registers import GIVEN, Way
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.accounts.models import User
from steppingup.history.lifecycle import refuse_if

DIGITS = 6
#: Doors open before the session begins; a code holds a little longer than it is shown, for whoever is typing it.
OPENS_BEFORE = timedelta(minutes=30)
MINUTE = 60
MINUTES_OLD = 1
WRONG = "That is not the code on the screen. It changes each minute: look again, and type it as it stands there now."


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // MINUTE


def _code(session: Session, minute: int) -> str:
    """Six digits that nobody works out without the site's own secret. Those who share a joint day or a room read them off one screen."""
    first = min(one.pk for one in (host_of(session), *groups_beside(session)))
    found = salted_hmac("cohorts.check_in", f"{first}:{minute}", algorithm="sha256").digest()
    return str(int.from_bytes(found[:8]) % 10**DIGITS).zfill(DIGITS)


def code_now(session: Session) -> str:
    return _code(session, _minute(clock.now()))


def seconds_left() -> int:
    """Until the code changes."""
    return MINUTE - int(clock.now().timestamp()) % MINUTE


def is_open(session: Session) -> bool:
    """Can people check in to it now?"""
    return not session.cancelled_at and session.starts_at - OPENS_BEFORE <= clock.now() < session.ends_at


def on_now(enrolment: Enrolment) -> Any:
    """The sessions of this participant to which people check in now, and at which they are not marked as present."""
    now = clock.now()
    own = Session.objects.for_enrolment(enrolment).going_ahead().for_steps()
    here = Attendance.objects.filter(enrolment=enrolment, mark=Mark.PRESENT).values("session")
    on = own.filter(ends_at__gt=now).alias(opens=F("starts_at") - OPENS_BEFORE).filter(opens__lte=now)
    return on.exclude(pk__in=here).order_by("starts_at", "pk")


@transaction.atomic
def check_in(*, enrolment: Enrolment, session: Session, code: str, by: Actor) -> Attendance | None:
    """The participant is here. Once is enough: again changes nothing. Where they were marked otherwise before, that stands, and whoever
    takes the register sees that they checked in.

    Raises NotPossible when nothing of theirs is on, and for a code that is not on the screen."""
    if not isinstance(by, User) or by.pk != enrolment.participant_id:
        raise NotAllowed("Only they themselves check in.")
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED, f"{enrolment.participant} is not on the programme.", "not_on_it"
    )
    register = Register(session, by)
    found = register.session
    refuse_if(
        not is_open(found) or enrolment.pk not in register.people,
        "You cannot check in to this session now. Ask whoever takes the register.",
        "over",
    )
    given, minute = "".join(code.split()), _minute(clock.now())
    right = [constant_time_compare(given, _code(found, minute - ago)) for ago in range(MINUTES_OLD + 1)]
    refuse_if(not any(right), WRONG, "wrong_code", field="code")
    before = register.attendance_of(enrolment.pk)
    if before is not None and before.mark == Mark.PRESENT:
        return before
    own_session, person = register.people[enrolment.pk]
    require_one_place_at_a_time(own_session, [person])
    return register.enter(enrolment.pk, Marked(GIVEN["present"], Way.CHECK_IN, device="check-in", settles=False))
