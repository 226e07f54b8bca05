"""The meetings of a cohort: made from its plan, moved, cancelled, opened to line managers (B5, B11, B30)."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from cohorts import notices
from cohorts.actions import guests, inviting
from cohorts.actions.days import ROUNDING
from cohorts.actions.patterns import PatternForm, drafts_for
from cohorts.actions.short_notice import MOST_SEATS, NO_SEATS, require_notice, why_field, why_help
from cohorts.extensions import when_session_ends, when_session_moves
from cohorts.models import Cohort, Component, Session, SessionPart
from cohorts.models.joint import joined
from cohorts.permissions import CohortPermission
from cohorts.planning import Pattern, checks
from cohorts.planning.checks import Meeting
from cohorts.states import COHORT_OVER, Recording
from steppingup import clock
from steppingup.accounts.actors import Actor, require
from steppingup.formats import english
from steppingup.formats.date_fields import MomentInput
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import NotPossible, refuse, refuse_if
from steppingup.history.patience import GRACE
from steppingup.steps.step import StepForm, step

RUN = CohortPermission.RUN_COHORTS
#: What cancelling says waits a while, unless the session is sooner than this: then every minute counts.
SOON = timedelta(days=1)

# -- from the plan -------------------------------------------------------------------------------


def require_not_over(cohort: Cohort) -> None:
    refuse_if(
        cohort.status in COHORT_OVER,
        f"This cohort is {cohort.get_status_display().lower()}, so you cannot add sessions to it.",
        "state",
    )


@step(
    Cohort,
    "Make sessions from the plan",
    past="Sessions made. You can move each of them",
    meaning="Parts for everybody follow one another; what peer groups do by themselves fits into the gaps between them, at the same "
    "time for each group. "
    "Weekends, bank holidays and the school holidays that your organisation has entered stay free. Parts that already have sessions are left alone. People stay the nights between the days "
    "of a residential part, and are asked what they need for it. "
    "Nobody is told yet. You can move each session afterwards, and people are told then.",
    permission=RUN,
    policy=require_not_over,
    form=PatternForm,
)
def draft_from_plan(*, cohort: Cohort, pattern: Pattern, by: Actor, to_be_confirmed: bool = False) -> list[Session]:
    """Make the sessions that the plan asks for, in sequence from the pattern's first day; peer learning in the gaps.

    Components that have sessions already are left alone. Raises NotPossible when nothing is left to make, or when one of them
    would be at the time of another that is there."""
    # Two at once would make each session twice. Places are not counted here, so keys may still refer to the cohort.
    locked = Cohort.objects.select_for_update(of=("self",), no_key=True).get(pk=cohort.pk)
    require_not_over(locked)
    drafts = drafts_for(locked, pattern)
    refuse_if(
        not drafts,
        "Every part of the plan that needs sessions already has some. You can still add single sessions by hand.",
        "complete",
    )
    for draft in drafts:
        taken = checks.why_not(Meeting(locked, draft.peer_group, draft.starts_at, draft.ends_at))
        refuse(f"“{draft.title}” cannot be made. {taken}" if taken else "", "overlap", field="first_on")
    return [
        Session.objects.create(
            cohort=locked,
            component=draft.component,
            peer_group=draft.peer_group,
            title=draft.title,
            starts_at=draft.starts_at,
            ends_at=draft.ends_at,
            days=draft.days,
            venue=locked.venue,
            nights=draft.nights,
            asks_needs=draft.asks_needs,
            to_be_confirmed=to_be_confirmed,
        )
        for draft in drafts
    ]


# -- what it counts for --------------------------------------------------------------------------


@transaction.atomic
def count_also_for(
    *, session: Session, component: Component | None, days: Decimal | None, by: Actor
) -> SessionPart | None:
    """Let a session count for a second part of the plan too, so many days of it, or for none beside its own.

    Raises NotPossible when the register has been taken, for a part of another plan, of its own or without a register, and for
    more than a day together."""
    require(by, RUN, session)
    found = _locked(session)
    if component is None or not days:
        found.parts.all().delete()
        return None
    refuse_if(
        component.pk == found.component_id, "The session counts for this part already.", "same_part", field="also"
    )
    refuse_if(
        component.plan_id != found.cohort.plan_id or component.recording != Recording.REGISTER,
        f"“{component}” is not a part of this cohort's plan that has sessions.",
        "other_plan",
        field="also",
    )
    refuse_if(
        days + found.days > 1 + ROUNDING,
        f"Together that is {english.days_counted(days + found.days)}. A session counts at most one day.",
        "more_than_a_day",
        field="also_days",
    )
    found.parts.exclude(component=component).delete()
    part, _ = found.parts.update_or_create(component=component, defaults={"days": days})
    return part


# -- moved and cancelled -------------------------------------------------------------------------


class MoveForm(StepForm):
    """When and where a session takes place now."""

    starts_at = MomentInput(label="Starts")
    ends_at = MomentInput(label="Ends")
    venue = NameInput(label="Where", max_length=200, required=False)
    online_link = forms.URLField(label="Link, if it is online", required=False, assume_scheme="https")
    seats = forms.IntegerField(
        label="How many people the room holds",
        required=False,
        min_value=1,
        max_value=MOST_SEATS,
        error_messages=NO_SEATS,
    )
    reason = why_field("moves")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = why_help(self.subject)
        for name in ("venue", "online_link", "seats"):
            self.fields[name].initial = getattr(self.subject, name)
        for name in ("starts_at", "ends_at"):
            moment = timezone.localtime(getattr(self.subject, name))
            self.fields[name].initial = moment.replace(second=0, microsecond=0)

    def warnings(self, subject: Session) -> list[str]:
        given = self.cleaned_data
        starts_at, ends_at, venue = given["starts_at"], given["ends_at"], given["venue"]
        meeting = Meeting(subject.cohort, subject.peer_group, starts_at, ends_at, venue, subject, subject.whole)
        meeting = replace(meeting, seats=given["seats"])
        return checks.warnings(meeting.beside(subject))


def require_changeable(session: Session) -> None:
    """Raises NotPossible for a session that was cancelled, or whose register was taken."""
    refuse_if(session.cancelled_at, "This session was cancelled.", "state")
    refuse_if(
        session.attendances.exists(),
        "The register of this session has been taken, so it can no longer be moved or cancelled.",
        "register_taken",
    )


def require_no_guest(session: Session) -> None:
    """Raises NotPossible for a session that follows another cohort's on a joint day."""
    if found := joined(session):
        raise NotPossible(
            f"{found.host} runs this joint day. If your people cannot come, withdraw from it.", "joint_guest"
        )


def _require_movable(session: Session) -> None:
    require_changeable(session)
    require_no_guest(session)


def _locked(session: Session) -> Session:
    # Marking the register takes the same lock: nobody is marked at a session that moves in that second.
    found = Session.objects.select_for_update(of=("self",)).for_steps().get(pk=session.pk)
    require_changeable(found)
    return found


@step(
    Session,
    "Move the session",
    past="Moved",
    meaning="Everybody taking part is told, and their line managers, unless the session is over. On a joint day the sessions of "
    "the other cohorts move with it, and their people are told by their own providers. "
    "All times are London time.",
    permission=RUN,
    policy=_require_movable,
    form=MoveForm,
    undo="move",
)
def move(
    *,
    session: Session,
    starts_at: datetime,
    ends_at: datetime,
    venue: str,
    online_link: str = "",
    seats: int | None = None,
    reason: str = "",
    by: Actor,
) -> Session:
    """Another time or another place. Everybody who belongs to the session is told, unless it is over; so are their line
    managers, who let them go on that day.

    Raises NotPossible when it ends before it begins, is cancelled, or its register has been taken, when nothing changes, when the same
    people are due elsewhere at that time, and without a reason where it is later than the programme's least notice."""
    found = _locked(session)
    require_no_guest(found)
    refuse_if(ends_at <= starts_at, "The session must end after it starts.", "order", field="ends_at")
    new = (starts_at, ends_at, venue.strip(), online_link.strip())
    refuse_if(
        new == (found.starts_at, found.ends_at, found.venue, found.online_link),
        "Nothing has changed. Enter another time or another place.",
        "same",
    )
    if (starts_at, ends_at) != (found.starts_at, found.ends_at):
        require_notice(found, starts_at, reason)
    # One after the other for a cohort: two that are moved to one time at once would both find it free.
    Cohort.objects.select_for_update(of=("self",), no_key=True).get(pk=found.cohort_id)
    meeting = Meeting(found.cohort, found.peer_group, starts_at, ends_at, venue, found)
    refuse(checks.why_not(meeting), "overlap", field="starts_at")
    before = notices.when_and_where(found)
    found.seats = seats
    found.save(update_fields=["seats"])
    put_elsewhere(found, new, reason.strip())
    when_session_moves(found, before)
    return found


def put_elsewhere(session: Session, new: tuple[datetime, datetime, str, str], because: str = "") -> None:
    """Another time and place; everybody who belongs to the session is told, unless it is over, and nobody where nothing changes. The
    caller holds the session's lock."""
    before, was_over = notices.when_and_where(session), session.ends_at <= clock.now()
    if new == (session.starts_at, session.ends_at, session.venue, session.online_link):
        return
    session.starts_at, session.ends_at, session.venue, session.online_link = new
    session.changed_because = because
    session.save(update_fields=["starts_at", "ends_at", "venue", "online_link", "changed_because"])
    if not (was_over and session.ends_at <= clock.now()):
        notices.tell_those_who_come(notices.SESSION_MOVED, session, inviting.carried(session), before=before)
        kind = notices.MANAGERS_SESSION_MOVED if session.managers_invited_at else notices.MANAGERS_DAY_MOVED
        notices.tell_their_managers(kind, session, before=before)
    guests.follow(session)


class CancelForm(StepForm):
    """Why it does not take place."""

    reason = why_field("is cancelled")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = why_help(self.subject)


@step(
    Session,
    "Cancel the session",
    past="Cancelled",
    meaning="The session stays in people's calendars, marked as cancelled. On a joint day it does not take place for the other cohorts either.",
    permission=RUN,
    policy=_require_movable,
    form=CancelForm,
    done=lambda session: session.cancelled_at is not None,
    grace=GRACE,
    grace_if=lambda session: session.starts_at > clock.now() + SOON,
)
def cancel(*, session: Session, by: Actor, reason: str = "") -> Session:
    """The session does not take place. It stays in the calendar, crossed out; everybody who belongs to it is told. Raises NotPossible
    without a reason where it is later than the programme's least notice."""
    found = _locked(session)
    require_no_guest(found)
    require_notice(found, None, reason)
    end(found, reason.strip())
    when_session_ends(found, f"The session was cancelled. {reason.strip()}".strip())
    return found


def end(session: Session, because: str = "") -> None:
    """A session does not take place: everybody who belongs to it is told, unless it is over. The caller holds its lock."""
    session.cancelled_at, session.changed_because = clock.now(), because
    session.save(update_fields=["cancelled_at", "changed_because"])
    if session.ends_at > clock.now():
        notices.tell_those_who_come(notices.SESSION_CANCELLED, session, inviting.carried(session))
        invited = session.managers_invited_at
        kind = notices.MANAGERS_SESSION_CANCELLED if invited else notices.MANAGERS_DAY_CANCELLED
        notices.tell_their_managers(kind, session)
    guests.end(session)


# -- line managers -------------------------------------------------------------------------------


def require_invitable(session: Session) -> None:
    refuse_if(session.managers_invited_at, "The line managers have already been invited.", "state")
    refuse_if(not session.open_to_managers, "First tick that line managers are welcome at this session.", "not_open")
    refuse_if(session.cancelled_at or session.starts_at <= clock.now(), "This session is over or cancelled.", "over")


@step(
    Session,
    "Invite the line managers",
    past="Invited",
    meaning="The line managers of everybody taking part are invited, once only.",
    permission=RUN,
    policy=require_invitable,
    done=lambda session: session.managers_invited_at is not None,
)
def invite_managers(*, session: Session, by: Actor) -> Session:
    """Invite the line managers of those who take part to a session that they are welcome at, once (B30)."""
    found = Session.objects.select_for_update(of=("self",)).for_steps().get(pk=session.pk)
    require_invitable(found)  # asked under the lock: two presses at once would invite everybody twice
    notices.tell_their_managers(notices.MANAGERS_INVITED, found)
    found.managers_invited_at = clock.now()
    found.save(update_fields=["managers_invited_at"])
    return found
