"""Recording that mentor and participant met, and taking it back."""

from datetime import date
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils import timezone

from cohorts.actions import days
from cohorts.actions import minutes as in_minutes
from cohorts.actions.belonging import programme_began
from cohorts.models import Component, Enrolment
from cohorts.states import CERTIFIED, EnrolmentStatus, Recording
from mentoring import notices
from mentoring.minutes import duration
from mentoring.models import LEAST_MINUTES, MOST_MINUTES, MentoringSession, Pair
from mentoring.permissions import MentoringPermission
from mentoring.states import WAS_CONFIRMED, Mode
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, may, person
from steppingup.accounts.models import User
from steppingup.formats.date_fields import DayInput
from steppingup.formats.english import day_date
from steppingup.history.lifecycle import NotPossible, refuse, refuse_if
from steppingup.steps.step import StepForm, Weight, step

NO_DAY = "Enter the day you met."


class SameDay(NotPossible):
    """There is a session on this day already: perhaps the other of the two has recorded it."""

    def __init__(self, on: date) -> None:
        super().__init__(f"A session on {day_date(on)} has already been recorded.", "same_day", field="is_another")


def component_of(pair: Pair) -> Component | None:
    """The part of the plan that a pair counts towards, as the plan of its cohort has it; plans without one record minutes only.
    A pair that is for none counts towards the only part that there is."""
    plan = pair.enrolment.cohort.plan_id
    if pair.component:
        found = pair.component.same_in(plan)
        return found if found and found.recording == Recording.PAIR else None
    parts = Component.objects.filter(plan=plan, recording=Recording.PAIR)[:2]
    return parts[0] if len(parts) == 1 else None


def _require(by: Actor, pair: Pair) -> User:
    """Mentor, participant, or staff who run the mentoring of this cohort."""
    if isinstance(by, User) and (pair.is_of(by) or may(by, MentoringPermission.RUN_MENTORING, pair)):
        return by
    raise NotAllowed(f"{by} is neither mentor nor participant.")


def why_not_on(pair: Pair, on: date) -> str:
    """Why nothing can be recorded for this day; empty when it can."""
    if on > clock.today():
        return "This day is in the future. Record the session once it has taken place."
    if on < (began := programme_began(pair.enrolment, on)):
        return f"The programme started on {day_date(began)}. Enter that date or a later one."
    if pair.ended_at and on > timezone.localdate(pair.ended_at):
        return f"Your mentoring ended on {day_date(pair.ended_at)}. Enter that date or an earlier one."
    return ""


def require_confirmed(pair: Pair) -> None:
    refuse_if(
        pair.status not in WAS_CONFIRMED,
        "This pair has not been confirmed, so nothing can be recorded yet.",
        "not_confirmed",
    )


class MetForm(StepForm):
    """Mentor and participant met."""

    on = DayInput(label="Which day?", error_messages={"required": NO_DAY})
    minutes = forms.IntegerField(
        label="How long was it, in minutes?",
        help_text="An hour and a half is 90 minutes. For emails, estimate how long you both spent on them.",
        min_value=LEAST_MINUTES,
        max_value=MOST_MINUTES,
        error_messages={
            "required": "Enter the minutes as a number, such as 60.",
            "invalid": "Enter the minutes as a whole number, such as 60.",
            "min_value": f"Enter {LEAST_MINUTES} minutes or more.",
            "max_value": f"Enter {MOST_MINUTES} minutes or less. If you met on several days, record each day separately.",
        },
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4", "inputmode": "numeric"}),
    )
    mode = forms.ChoiceField(
        label="How did you meet?",
        choices=Mode.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how you met."},
    )
    is_another = forms.BooleanField(label="This was another session on the same day", required=False)
    beside = forms.CharField(
        label="If the rest of the day is taken: when did you meet?",
        help_text="For example, in the evening after a module.",
        max_length=200,
        required=False,
    )


@step(
    Pair,
    "Record a session",
    past="Session recorded",
    guard=_require,
    policy=require_confirmed,
    form=MetForm,
    back_by=MentoringPermission.RUN_MENTORING,
)
def record(
    *,
    pair: Pair,
    on: date,
    minutes: int,
    mode: str,
    by: Actor,
    submission: UUID | None = None,
    is_another: bool = False,
    beside: str = "",
) -> MentoringSession:
    """Record a session of so many minutes; its days are posted to the ledger (B13, B14).

    A person has one day a day: what does not fit into what is left of it needs `beside`, which says when the two met.

    The same `submission` again returns the session that it made. Raises SameDay when there is one on this day already,
    unless `is_another`; DayFull when the day is full, without `beside`; NotPossible for a day or minutes that cannot be, or a
    pair that was never confirmed."""
    Enrolment.objects.locked(pair.enrolment_id)  # the place first and the pair after it, as whoever withdraws them does
    locked = Pair.objects.select_for_update(of=("self",)).with_people().get(pk=pair.pk)
    # Asked under the lock: the second click on one form waits here for the first, and finds what it made.
    if submission and (same := MentoringSession.objects.filter(submission=submission, pair=pair).first()):
        return same
    refuse(why_not_on(locked, on), "day", field="on")
    refuse_if(
        not LEAST_MINUTES <= minutes <= MOST_MINUTES,
        f"Enter the minutes as a number from {LEAST_MINUTES} to {MOST_MINUTES}.",
        "minutes",
        field="minutes",
    )
    refuse_if(mode not in Mode.values, "Choose how you met.", "mode", field="mode")
    if not is_another and locked.sessions.filter(on=on, removed_at=None).exists():
        raise SameDay(on)
    recorder = cast("User", by)  # see _require
    session = MentoringSession.objects.create(
        pair=locked, on=on, minutes=minutes, mode=mode, recorded_by=recorder, submission=submission
    )
    _post(session, locked, recorder, beside)
    return session


def _of_part(component: Component, enrolment: Enrolment) -> Any:
    """Everything that was ever recorded for the part."""
    part = Q(pair__component__key=component.key) | Q(pair__component=None)
    return MentoringSession.objects.filter(part, pair__enrolment=enrolment)


def _post(session: MentoringSession, pair: Pair, by: User, beside: str) -> None:
    """What the ledger lacks, so that all sessions together come to the days of all their minutes."""
    enrolment, component = pair.enrolment, component_of(pair)
    given = component and in_minutes.amount(component, enrolment, _of_part(component, enrolment), session)
    if component is None or not given or given <= 0:
        refuse_if(
            enrolment.status == EnrolmentStatus.WITHDRAWN,
            f"{enrolment.participant} has left the programme, so nothing more can be recorded.",
            "left",
        )
        return
    note = f"Mentoring, {session.minutes} minutes, {session.get_mode_display().lower()}"
    entry: dict[str, Any] = {
        "enrolment": enrolment,
        "component": component,
        "days": given,
        "on": session.on,
        "source": session,
    }
    try:
        days.post(**entry, note=note, beside=beside, by=by)
    except days.DayFull as full:  # a mentor is not told what the rest of the day was
        sentence = f"The rest of {day_date(session.on)} is taken by other parts of the programme. Say when you met."
        raise days.DayFull(sentence, full.code, field=full.field) from full


def require_removable(session: MentoringSession) -> None:
    """Raises NotPossible when it was removed already, or when the participant has completed: its days were counted."""
    refuse_if(session.removed_at, "This session has already been removed.", "removed")
    refuse_if(
        session.pair.enrolment.status in CERTIFIED,
        "Completion has been recorded, so nothing can be removed now. A coordinator can undo the completion first.",
        "over",
    )


def _require_recorder(by: Actor, session: MentoringSession) -> None:
    """Raises NotAllowed for everybody but whoever recorded it, and staff who run the mentoring of this cohort."""
    if _require(by, session.pair).pk != session.recorded_by_id and not may(
        by, MentoringPermission.RUN_MENTORING, session.pair
    ):
        raise NotAllowed(f"{session.recorded_by} recorded this session, so only they can remove it.")


@step(
    MentoringSession,
    "Remove the session",
    noun="session",
    past="Session removed",
    story="A mentoring session was removed",
    meaning=lambda session: (
        f"{day_date(session.on)}, {duration(session.minutes)}, {session.get_mode_display().lower()}. "
        "It will no longer count towards the days."
    ),
    guard=_require_recorder,
    policy=require_removable,
    done=lambda session: session.removed_at is not None,
    weight=Weight.DANGER,
    back_by=MentoringPermission.RUN_MENTORING,
    page="pair",
)
def remove(*, session: MentoringSession, by: Actor) -> MentoringSession:
    """Take back a session that was recorded by mistake: its days are reversed. Only whoever recorded it may, and staff; the
    other of the two is told."""
    # The place first, as `record` takes it: what the ledger lacks is worked out from all sessions of the place.
    session.pair.enrolment = Enrolment.objects.locked(session.pair.enrolment_id)
    locked = MentoringSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    locked.pair = session.pair
    require_removable(locked)
    session.removed_at, session.removed_by = clock.now(), person(by)
    session.save(update_fields=["removed_at", "removed_by"])
    days.reverse_all(source=session, note="Mentoring session removed", by=by)
    notices.tell_of_removed_session(session, f"{day_date(session.on)}, {duration(session.minutes)}", by)
    return session
