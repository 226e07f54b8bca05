"""What is agreed in place of a session that somebody missed, and that it was done (B4)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Sum, TextField
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

from cohorts.actions import days as ledger
from cohorts.models import Attendance, Component, DayEntry, Enrolment, MakeUp, Session
from cohorts.notices import pausing as notices
from cohorts.permissions import CohortPermission
from cohorts.states import CERTIFIED, EnrolmentStatus
from cohorts.states.making_up import MakeUpKind
from steppingup import clock
from steppingup.accounts.actors import Actor, person, require_colleague
from steppingup.formats import english
from steppingup.formats.date_fields import DayInput
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.steps.dates import EventDate, event_day
from steppingup.steps.step import StepForm, Waiting, Weight, step

RUN = CohortPermission.RUN_COHORTS
NONE = Decimal(0)


def missed_of(enrolment: Enrolment, agreed: Iterable[MakeUp] | None = None) -> list[tuple[Session, Component, Decimal]]:
    """Each session that went ahead without this participant, or without a part of their day, while their place lasted, as far as nothing
    was agreed for it: with the part of the plan and the days of it that are missing. The latest first. `agreed`: what was, where it is
    known already, with its parts of the plan."""
    past = Session.objects.going_ahead().filter(ends_at__lte=clock.now()).exclude(attendances=None).distinct()
    own = Q(pk__in=Session.objects.for_enrolment(enrolment).values("pk")) | _in_a_pause(enrolment)
    rows: Any = past.filter(own).select_related("cohort").with_parts().annotate(got=_got(enrolment))
    covered: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for one in enrolment.make_ups.agreed().select_related("component") if agreed is None else agreed:
        covered[one.session_id, one.component.key] += one.days
    sessions = list(rows.order_by("-starts_at", "-pk"))
    parts = Component.objects.in_bulk({share.component_id for session in sessions for share in session.shares})
    found = []
    for session in sessions:
        got = {one["key"]: Decimal(one["days"]) for one in session.got}
        for share in session.shares:
            component = parts[share.component_id]
            missing = share.days - got.get(component.key, NONE) - covered[session.pk, component.key]
            if missing > ledger.ROUNDING:
                found.append((session, component, missing))
    return found


def _got(enrolment: Enrolment) -> ArraySubquery:
    """What the mark at each session has brought, by part of the plan."""
    marks = Attendance.objects.filter(enrolment=enrolment, session=OuterRef(OuterRef("pk"))).values("pk")
    kind = ContentType.objects.get_for_model(Attendance)
    entries = DayEntry.objects.filter(content_type=kind, object_id__in=marks).order_by()
    summed = entries.values("component__key").annotate(sum=Cast(Sum("days"), TextField()))
    return ArraySubquery(summed.values_list(JSONObject(key="component__key", days="sum"), flat=True))


def _in_a_pause(enrolment: Enrolment) -> Q:
    """The sessions of their cohort and group that lay in a pause."""
    found = Q(pk__in=[])
    group = Q(peer_group=None) | Q(peer_group=enrolment.peer_group_id)
    for pause in enrolment.pauses.all():
        until = Q(starts_at__date__lt=pause.ends_on) if pause.ends_on else Q()
        found |= Q(cohort=enrolment.cohort_id, starts_at__date__gte=pause.starts_on) & until & group
    return found


def _require_open(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED,
        f"{enrolment.participant} is not on the programme, so nothing can be made up.",
        "not_on_it",
    )


def _require_missed(enrolment: Enrolment) -> None:
    _require_open(enrolment)
    refuse_if(
        not missed_of(enrolment), f"{enrolment.participant} has missed nothing that is still open.", "missed_nothing"
    )


def _not_ones_own(by: Actor, enrolment: Enrolment) -> None:
    require_colleague(by, enrolment.participant, "You cannot agree with yourself what you make up. Ask a colleague.")


class MakeUpForm(StepForm):
    """Which session, how, what, and until when."""

    missed = forms.ChoiceField(label="What was missed?", error_messages={"required": "Choose what was missed."})
    kind = forms.ChoiceField(
        label="How is it made up?",
        choices=MakeUpKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it is made up."},
    )
    what = NameInput(
        label="What was agreed?",
        help_text="They read this: “Module 2 with the autumn cohort, 4 October”, or “a reflection of two pages on the day’s reading”.",
        max_length=300,
        error_messages={"required": "Say what was agreed."},
    )
    due_on = DayInput(label="To be done by", error_messages={"required": "Enter the day by which it is to be done."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missed = missed_of(self.subject) if self.subject else []
        self.rows = {f"{session.pk}-{part.pk}": (session, part) for session, part, _ in missed}
        field: Any = self.fields["missed"]
        field.choices = [
            (
                f"{session.pk}-{part.pk}",
                f"{session} on {english.day_date(session.starts_at)}: {part.said(days)} of {part}",
            )
            for session, part, days in missed
        ]
        if len(field.choices) == 1:
            field.initial = field.choices[0][0]

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        session, component = self.rows[given.pop("missed")]
        return {**given, "session": session, "component": component}


@step(
    Enrolment,
    "Agree how a missed session is made up",
    name="agree_make_up",
    past="Make-up agreed",
    story="It was agreed how you make up for a session",
    meaning="They are told. It counts once you record that it was done.",
    permission=RUN,
    guard=_not_ones_own,
    policy=_require_missed,
    form=MakeUpForm,
)
def agree_make_up(
    *, enrolment: Enrolment, session: Session, component: Component, kind: str, what: str, due_on: date, by: Actor
) -> MakeUp:
    """Agree with a participant what they do in place of a session that they missed, by a day. All of it that is missing then
    counts for its part of the plan, once it is done. They are told.

    Raises NotPossible for a session that they did not miss or that something was agreed for, a day in the past, and whoever is not
    on the programme."""
    _require_open(Enrolment.objects.locked(enrolment.pk))
    missing = {(one.pk, part.pk): days for one, part, days in missed_of(enrolment)}.get((session.pk, component.pk))
    if missing is None:
        raise NotPossible(
            "They missed nothing of this session, or something was agreed for it.", "not_missed", field="missed"
        )
    refuse_if(due_on < clock.today(), "Enter today or a later day.", "past", field="due_on")
    made = MakeUp.objects.create(
        enrolment=enrolment,
        session=session,
        component=component,
        days=missing,
        kind=kind,
        what=what.strip(),
        due_on=due_on,
        agreed_by=person(by),
    )
    notices.tell_of_make_up(notices.MAKE_UP_AGREED, made)
    return made


def _locked(make_up: MakeUp) -> MakeUp:
    """As it stands now, while nobody else records or calls it off."""
    MakeUp.objects.select_for_update(of=("self",), no_key=True).get(pk=make_up.pk)
    make_up.refresh_from_db(fields=["done_on", "called_off_at"])
    return make_up


def _about(by: Actor, make_up: MakeUp) -> None:
    _not_ones_own(by, make_up.enrolment)


def _require_to_do(make_up: MakeUp) -> None:
    refuse_if(make_up.done_on, "It was done already.", "done_already")
    refuse_if(make_up.called_off_at, "It was called off.", "called_off")
    refuse_if(
        make_up.enrolment.status in CERTIFIED,
        "Completion has been recorded, so days can no longer be changed. Undo the completion first.",
        "state",
    )


class DoneForm(StepForm):
    on = EventDate(label="On which day was it done?", help_text="Days count on the day on which they are done.")


@step(
    MakeUp,
    "Record that it was done",
    name="record_made_up",
    noun="make_up",
    past="Made up",
    story="What you missed was made up",
    meaning=lambda make_up, **given: f"{make_up.amount} goes to the ledger, and they are told.",
    permission=RUN,
    guard=_about,
    policy=_require_to_do,
    form=DoneForm,
    undo="not_made_up",
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.to_do().filter(due_on__lt=clock.today(), enrolment__status=EnrolmentStatus.ENROLLED),
        "make-up was to be done by now",
        "make-ups were to be done by now",
        order=36,
    ),
)
def record_made_up(*, make_up: MakeUp, by: Actor, on: date | None = None) -> MakeUp:
    """What was agreed in place of a session was done: its days go to the ledger, on the day on which it was done.

    Raises NotPossible when it was done or called off, for a day in the future or before the session, and for one that is full."""
    enrolment = Enrolment.objects.locked(make_up.enrolment_id)
    _require_to_do(_locked(make_up))
    on = event_day(
        on,
        not_before=timezone.localdate(make_up.session.starts_at),
        because="It makes up for a session of that day or later.",
    )
    make_up.done_on = on
    make_up.save(update_fields=["done_on"])
    component = make_up.component.same_in(enrolment.cohort.plan_id) or make_up.component
    ledger.post(
        enrolment=enrolment,
        component=component,
        days=make_up.days,
        on=on,
        source=make_up,
        note=f"In place of “{make_up.session}”"[:200],
        by=by,
    )
    notices.tell_of_make_up(notices.MAKE_UP_DONE, make_up)
    return make_up


def _require_done(make_up: MakeUp) -> None:
    refuse_if(not make_up.done_on, "It was not recorded that it was done.", "not_done")


@step(
    MakeUp,
    "It was not done after all",
    name="not_made_up",
    noun="make_up",
    past="Not made up after all",
    permission=RUN,
    guard=_about,
    policy=_require_done,
    undo="record_made_up",
)
def not_made_up(*, make_up: MakeUp, by: Actor) -> MakeUp:
    """It was recorded by mistake: its days are reversed, and it is to be done as before. Raises NotPossible unless it was recorded, and
    where completion has counted them."""
    _require_done(_locked(make_up))
    ledger.reverse_all(source=make_up, note="Not made up after all", by=by)
    make_up.done_on = None
    make_up.save(update_fields=["done_on"])
    return make_up


@step(
    MakeUp,
    "Call it off",
    name="call_off_make_up",
    noun="make_up",
    past="Called off",
    story="What was agreed was called off",
    meaning="They are told that it is not to be done. Something else can be agreed for the session then.",
    permission=RUN,
    guard=_about,
    policy=_require_to_do,
    weight=Weight.DANGER,
)
def call_off_make_up(*, make_up: MakeUp, by: Actor) -> MakeUp:
    """What was agreed does not hold any more. Raises NotPossible when it was done or called off."""
    _require_to_do(_locked(make_up))
    make_up.called_off_at = clock.now()
    make_up.save(update_fields=["called_off_at"])
    notices.tell_of_make_up(notices.MAKE_UP_CALLED_OFF, make_up)
    return make_up
