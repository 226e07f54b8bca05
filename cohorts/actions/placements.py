"""Assignments: where, and the days that are worked on them (B7, B8, B10)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import F, Q

from cohorts.actions import days as ledger
from cohorts.actions.arranging import arrange_for
from cohorts.actions.belonging import programme_began, require_on_the_programme_on
from cohorts.actions.hosted_days import end_supervision, require_to_begin_in_time
from cohorts.agreements import assignment_signed_on, held_on, in_words, unsigned_of_assignment
from cohorts.extensions import against_host
from cohorts.models import Cohort, Component, Enrolment, Membership, Placement, PlacementDay, Programme
from cohorts.permissions import CohortPermission
from cohorts.states import CERTIFIED, Counterpart, EnrolmentStatus, Recording, Standing, Unit
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, System, may, person, require, require_colleague
from steppingup.accounts.models import Organisation, Related, User
from steppingup.formats import english
from steppingup.formats.date_fields import DayInput
from steppingup.formats.fields import NameInput, NumberInput
from steppingup.history.lifecycle import NotPossible, refuse, refuse_if
from steppingup.steps.step import StepForm, Weight, step

QUARTER = Decimal("0.25")
DAY_PARTS = [("1", "A whole day"), ("0.75", "Three quarters of a day"), ("0.5", "Half a day"), ("0.25", "A quarter")]
NO_DAY = "Enter the day you worked on it."
FIELDS = (
    *("kind", "title", "description", "working_pattern", "weekdays", "every_weeks", "day_share"),
    *("host_contact", "starts_on", "ends_on", "opportunity"),
)


def part_of(enrolment: Enrolment, component: Component | None = None) -> Component:
    """The part of the plan that days with a host count for, as `part_with_hosts` finds it for their cohort."""
    return part_with_hosts(enrolment.cohort, component)


def part_with_hosts(cohort: Cohort, component: Component | None = None) -> Component:
    """The part of the plan that days with a host count for: the one that is named, as the plan of the cohort has it, else the only
    one. Raises NotPossible when the plan has none, or several and none is named."""
    parts = list(cohort.plan.components.filter(recording=Recording.HOST))
    refuse_if(not parts, "This cohort's plan has no stretch assignment.", "no_assignment")
    if component is None:
        refuse_if(
            len(parts) > 1,
            f"This plan has several assignments: {english.listed(map(str, parts))}. Choose which one it is.",
            "which_part",
            field="component",
        )
        return parts[0]
    found = component.same_in(cohort.plan_id)
    if found not in parts:
        raise NotPossible(
            f"“{component}” is not an assignment of this cohort's plan.", "no_such_assignment", field="component"
        )
    return found


def placement_for(enrolment: Enrolment, part: Component) -> Placement | None:
    """The assignment that somebody has for this part of the plan, also of another version of it."""
    return enrolment.placements.filter(component__key=part.key).first()


def why_not_host(
    enrolment: Enrolment, host: Organisation, since: date | None = None, component: Component | None = None
) -> str:
    """A sentence when this organisation cannot be the host of this participant from this day (today) on; nothing when it can
    (B8). The part of the plan says where the host comes from; whom they have worked for since then counts, and who has been
    their mentor."""
    on = since or clock.today()
    rule = component.counterpart if component else Counterpart.ANOTHER
    spans = enrolment.memberships.since(on).select_related("employer").order_by("-starts_on")
    for span in spans if rule != Counterpart.ANY else ():
        until = span.last_day if span.employer_id != enrolment.employer_id else None
        if sentence := _against(span, host, until, enrolment.cohort.programme.reach, Counterpart(rule)):
            return sentence
    return next(filter(None, against_host(enrolment, host, on)), "")


def _against(span: Membership, host: Organisation, until: date | None, reach: int, rule: Counterpart) -> str:
    """What stands against a host for whoever works, or until a day worked, for this employer. To somebody without one every
    organisation is another, and none their own."""
    if (employer := span.employer) is None:
        works = Standing(span.standing).in_sentence()
        own = f"The participant {works}, and the host must be their own organisation. There is none that could be."
        return own if rule == Counterpart.OWN and not until else ""
    is_near = host.pk == employer.pk or host.pk in employer.family_ids(reach)
    if rule == Counterpart.OWN:
        now = Standing(span.standing).in_sentence(employer)
        works = f"worked for {employer} until {english.day_date(until)}" if until else now
        return "" if is_near else f"The participant {works}, and the host must be their own organisation."
    if not is_near:
        return ""
    is_or_was = f"was the participant's employer until {english.day_date(until)}" if until else ""
    if host.pk == employer.pk:
        is_or_was = is_or_was or "is the participant's own employer"
        return f"{host} {is_or_was}. Choose a different organisation as the host."
    return (
        f"{host} is too near to {employer}, which {is_or_was}. Choose a different organisation as the host."
        if is_or_was
        else f"{host} is too near to the employer: {employer.tie_to(host)}. Choose a different organisation as the host."
    )


def require_not_left(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status == EnrolmentStatus.WITHDRAWN,
        f"{enrolment.participant} has left the programme, so they cannot be given an assignment.",
        "left",
    )


def placements_too_near(programme: Programme, reach: int) -> str:
    """How many assignments of people on the programme a rule of this reach would rule out, in words."""
    near = Q(Related(F("host"), F("enrolment__employer"), reach))
    mine = Placement.objects.filter(
        component__counterpart=Counterpart.ANOTHER,
        enrolment__cohort__programme=programme,
        enrolment__status=EnrolmentStatus.ENROLLED,
    )
    number = mine.filter(near).count()
    return english.counted(number, "assignment") if number else ""


@transaction.atomic
def set_placement(
    *, enrolment: Enrolment, host: Organisation, by: Actor, component: Component | None = None, **details: Any
) -> Placement:
    """Give a participant their assignment for a part of the plan, or change it. `details`: kind, title, and what else a placement
    says. Another host is one from today on; for another day there is a step.

    Raises NotPossible when the host is not from where the part says, the plan has no such assignment, or several and none is
    named, when it would end before it begins, or the participant has left."""
    require(by, CohortPermission.RUN_COHORTS, enrolment)
    require_colleague(by, enrolment.participant, "You cannot give yourself an assignment. Ask a colleague.")
    unknown = set(details) - set(FIELDS)
    if unknown:
        raise ValueError(f"A placement has no {', '.join(sorted(unknown))}.")
    part = part_of(enrolment, component)
    refuse(why_not_host(enrolment, host, component=part), "host", field="host")
    require_not_left(Enrolment.objects.locked(enrolment.pk))
    placement = placement_for(enrolment, part) or Placement(enrolment=enrolment, component=part)
    if placement.pk and placement.host_id != host.pk:
        end_supervision(placement)
    placement.host = host
    for name, value in details.items():
        setattr(placement, name, value)
    refuse_if(
        placement.starts_on and placement.ends_on and placement.ends_on < placement.starts_on,
        "The assignment must end on or after the day it starts.",
        "order",
        field="ends_on",
    )
    require_to_begin_in_time(placement)
    placement.save()
    arrange_for(enrolment)
    return placement


def _require_own(by: Actor, enrolment: Enrolment) -> None:
    """The participant, or whoever runs the cohort for them."""
    if isinstance(by, System) or (isinstance(by, User) and by.pk == enrolment.participant_id):
        return
    if not may(by, CohortPermission.RUN_COHORTS, enrolment):
        raise NotAllowed(f"{by} may not record days of {enrolment.participant}.")


def _require_open(enrolment: Enrolment) -> None:
    """Days of somebody who has left can still be put right, as far as they lie before; those that completion counted stay."""
    refuse_if(
        enrolment.status in CERTIFIED,
        "Completion has been recorded, so days can no longer be changed. Undo the completion first.",
        "state",
    )


def in_units(part: Component) -> NumberInput:
    """What one day of an assignment is asked in that is counted in hours or sessions."""
    most = part.in_units(Decimal(1))
    sentence = _amounts(part)
    return NumberInput(
        label=f"How many {part.noun}s?",
        help_text=f"In quarters, such as 1.5. A day has {part.said(Decimal(1))}.",
        min_value=QUARTER,
        max_value=most,
        step_size=QUARTER,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value", "step_size"), sentence),
    )


def _amounts(part: Component) -> str:
    """What can be recorded of one day."""
    if part.unit == Unit.DAYS:
        return "Choose a quarter, a half or three quarters of a day, or a whole day."
    return f"Enter {part.noun}s in quarters, such as 1.5, and at most {part.said(Decimal(1))} for one day."


class DayForm(StepForm):
    """One day of the assignment, in what its part of the plan is counted in."""

    on = DayInput(label="Which day?", error_messages={"required": NO_DAY})
    days = forms.TypedChoiceField(
        label="How much of the day?",
        choices=DAY_PARTS,
        coerce=Decimal,
        initial="1",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how much of the day you worked on it."},
    )
    what = NameInput(
        label="What did you do? (optional)",
        help_text="In a few words. Whoever confirms the day at the host and those who run the programme can read it, your line manager cannot.",
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.part: Component | None = self.subject and self.subject.component
        if self.part and self.part.unit != Unit.DAYS:
            self.fields["days"] = in_units(self.part)

    def clean_days(self) -> Decimal:
        given: Decimal = self.cleaned_data["days"]
        return self.part.in_days(given) if self.part else given


@step(
    Placement,
    "Record a day",
    past="Day recorded",
    guard=lambda by, placement: _require_own(by, placement.enrolment),
    policy=lambda placement: _require_open(placement.enrolment),
    form=DayForm,
    back_by=CohortPermission.RUN_COHORTS,
)
def record_day(*, placement: Placement, on: date, days: Decimal, what: str = "", by: Actor) -> PlacementDay:
    """Record that a day, or quarters of it, was worked on the assignment. It goes to the ledger at once, or once
    the host has confirmed it, as the part of the plan says.

    Raises NotPossible for a date in the future, before the cohort starts, or taken, for more than one day on a date, and
    when all the days of the component are used up."""
    enrolment = placement.enrolment
    # Days are counted under this lock: two at once would each find the last quarter free.
    _require_open(Enrolment.objects.locked(enrolment.pk))
    _require_free(placement, on)
    component = part_of(enrolment, placement.component)
    in_quarters = component.in_units(days) % QUARTER == 0
    refuse_if(days <= 0 or days > 1 or not in_quarters, _amounts(component), "quarters", field="days")
    _require_signed(placement, on)
    _require_no_session(enrolment, on, days)
    waiting = sum((one.days for one in placement.days.waiting()), Decimal(0))
    left = component.days - ledger.done_of(enrolment, component) - waiting
    refuse_if(
        left < ledger.ROUNDING,
        f"All {english.days_counted(component.most, component.noun)} of the assignment have already been recorded.",
        "all_recorded",
    )
    refuse_if(
        days > left + ledger.ROUNDING,
        f"Only {component.said(left)} of the assignment {'is' if component.in_units(left) <= 1 else 'are'} left to record.",
        "too_many",
        field="days",
    )
    recorder = person(by) or enrolment.participant
    day = PlacementDay.objects.create(
        placement=placement,
        on=on,
        days=days,
        what=what.strip(),
        recorded_by=recorder,
        waits=component.host_confirms,
    )
    if not day.waits:
        ledger.post(
            enrolment=enrolment, component=component, days=days, on=on, source=day, note=placement.title[:200], by=by
        )
    return day


def _require_free(placement: Placement, on: date) -> None:
    """A day that has come, since the programme started, and on which nothing is recorded yet."""
    refuse_if(
        on > clock.today(),
        "This day is in the future. Record it once you have worked it.",
        "too_early",
        field="on",
    )
    require_on_the_programme_on(placement.enrolment, on)
    if placement.starts_on and on < placement.starts_on:
        raise NotPossible(
            f"The assignment begins on {english.day_date(placement.starts_on)}. Days before that do not count for it.",
            "before_start",
            field="on",
        )
    if placement.lost_on and on >= placement.lost_on:
        raise NotPossible(
            f"There has been no host since {english.day_date(placement.lost_on)}. Enter an earlier day, or ask the coordinator.",
            "no_host",
            field="on",
        )
    began = programme_began(placement.enrolment, on)
    refuse_if(
        on < began,
        f"The programme started on {english.day_date(began)}. Enter that date or a later one.",
        "before_start",
        field="on",
    )
    refuse_if(
        placement.days.filter(on=on, removed_at=None).exists(),
        f"You have already recorded {english.day_date(on)}. Remove it first if it needs correcting.",
        "taken",
        field="on",
    )


def _require_signed(placement: Placement, on: date) -> None:
    """Where the rules of the cohort ask for something to be signed before the assignment begins, its days count from then on; those under
    earlier terms, while these held."""
    if held_on(placement, on):
        return
    if unsigned := unsigned_of_assignment(placement):
        raise NotPossible(f"Before the assignment begins, this has to be signed: {in_words(unsigned)}.", "unsigned")
    signed_on = assignment_signed_on(placement)
    if signed_on and on < signed_on:
        raise NotPossible(
            f"The last signature for the assignment was given on {english.day_date(signed_on)}. Days count from then on.",
            "before_signing",
            field="on",
        )


def _require_no_session(enrolment: Enrolment, on: date, days: Decimal) -> None:
    """So much of a date as sessions take up, whose registers have not been taken yet, belongs to them."""
    waiting = ledger.waiting_on(enrolment, on)
    if waiting and ledger.free_of(enrolment, on) < days <= ledger.left_of(enrolment, on):
        due, its = (
            english.listed([f"“{session}”" for session in waiting]),
            "its register" if len(waiting) == 1 else "a register",
        )
        raise NotPossible(
            f"You were due at {due} on {english.day_date(on)}, and {its} has not been taken yet. If you were not there, record "
            "this day once it has been.",
            "session",
            field="on",
        )


def _require_removable(day: PlacementDay) -> None:
    refuse_if(day.removed_at, "This day has already been removed.", "state")
    _require_open(day.placement.enrolment)


@step(
    PlacementDay,
    "Remove the day",
    name="remove",
    noun="day",
    past="Day removed",
    meaning=lambda day: f"{day.in_words}{f': {day.what}' if day.what else ''}. It will no longer count.",
    guard=lambda by, day: _require_own(by, day.placement.enrolment),
    policy=_require_removable,
    done=lambda day: day.removed_at is not None,
    weight=Weight.DANGER,
    back_by=CohortPermission.RUN_COHORTS,
    page="placement",
)
def remove_day(*, day: PlacementDay, by: Actor) -> PlacementDay:
    """Take a recorded day back: the ledger gets an entry of the opposite sign."""
    _require_open(Enrolment.objects.locked(day.placement.enrolment_id))
    # Asked again under the lock: it may have been removed on another page meanwhile.
    refuse_if(
        PlacementDay.objects.filter(pk=day.pk).exclude(removed_at=None).exists(),
        "This day has already been removed.",
        "state",
    )
    day.removed_at = clock.now()
    day.save(update_fields=["removed_at"])
    ledger.reverse_all(source=day, note="Day removed", by=by)
    return day
