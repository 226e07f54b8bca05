"""The only writers of the day ledger. Entries are added, never changed: a mistake is reversed by a new entry (B4).

Callers are actions that have checked that `by` may: marking a register, recording a placement day or a mentoring session.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models import Max, Sum
from django.utils import timezone

from cohorts.actions.belonging import require_on_the_programme_on
from cohorts.models import Attendance, Component, DayEntry, Enrolment, Session
from cohorts.models.ledger import DayEntryQuerySet
from cohorts.models.plan import HUNDREDTH, MILLIONTH
from cohorts.states import BY_MINUTES, EnrolmentStatus, Unit
from steppingup.accounts.actors import Actor, person
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if

ONE = Decimal(1)
#: What is left of hours that make no round days.
ROUNDING = Decimal("0.0001")
ONE_DAY = 20261127  # the first half of the advisory lock on a person's days; the trigger takes the same


def days_of_minutes(component: Component, minutes: int) -> Decimal:
    """Minutes of contact as days of the component: to the hundredth where it is counted in days (B14), else as finely as the
    ledger keeps them."""
    finest = HUNDREDTH if component.unit == Unit.DAYS else MILLIONTH
    return (Decimal(minutes) / component.minutes_per_day).quantize(finest, ROUND_HALF_UP)


def entries_of(source: models.Model) -> DayEntryQuerySet:
    """Everything that one source ever posted, reversals included."""
    return DayEntry.objects.filter(content_type=ContentType.objects.get_for_model(source), object_id=source.pk)


def done_of(enrolment: Enrolment, component: Component) -> Decimal:
    """The days that count for this part of the plan, as `progress` counts them."""
    found = DayEntry.objects.filter(enrolment=enrolment, component__key=component.key)
    return found.aggregate(days=Sum("days"))["days"] or Decimal(0)


def _of(sources: models.QuerySet) -> DayEntryQuerySet:
    kind = ContentType.objects.get_for_model(sources.model)
    return DayEntry.objects.filter(content_type=kind, object_id__in=sources.values("pk"))


def posted_by_other_minutes(sources: models.QuerySet, component: Component) -> DayEntryQuerySet:
    """What sources have in the ledger by a plan in which a day had other minutes."""
    return _of(sources).standing().exclude(component__minutes_per_day=component.minutes_per_day)


def posted_by(sources: models.QuerySet) -> Decimal:
    """What several sources together have in the ledger; what was reversed counts no more."""
    found = _of(sources)
    return found.aggregate(days=Sum("days"))["days"] or Decimal(0)


def require_open(enrolment: Enrolment, on: date) -> None:
    """Raises NotPossible for a day that was counted when completion was recorded, or that they did not complete: it stands on
    a certificate. Takes the lock of whoever completes or leaves, so that neither happens between the look and the entry."""
    place = Enrolment.objects.locked(enrolment.pk)
    refuse_if(
        place.status == EnrolmentStatus.NOT_COMPLETED,
        f"It was recorded that {enrolment.participant} did not complete, so their days can no longer be changed. Take that back "
        "first.",
        "state",
    )
    done_on = timezone.localdate(place.completed_at) if place.completed_at else None
    refuse_if(
        done_on and on <= done_on,
        f"{enrolment.participant} completed on {english.day_date(done_on)}, so days up to then can no longer be changed. Undo the "
        "completion first.",
        "state",
    )


def _lock(source: models.Model) -> int:
    """One process at a time writes for a source. Returns the number of its last entry."""
    # No key is changed: the entry that is about to be made refers to the source.
    type(source)._base_manager.select_for_update(of=("self",), no_key=True).get(pk=source.pk)
    return entries_of(source).aggregate(last=Max("sequence"))["last"] or 0


class DayFull(NotPossible):
    """The person has no more of this day left."""


def left_of(enrolment: Enrolment, on: date) -> Decimal:
    """How much of a day the participant has left on a date, over all components and programmes."""
    found = DayEntry.objects.of_person(enrolment.participant_id, on).aggregate(days=Sum("days"))["days"]
    return max(Decimal(0), ONE - (found or Decimal(0)))


def waiting_on(enrolment: Enrolment, on: date) -> list[Session]:
    """The sessions of a date at which the participant is due and not marked yet: so much of the day is theirs."""
    due = Session.objects.for_enrolment(enrolment).going_ahead().filter(starts_at__date=on)
    return list(due.exclude(attendances__enrolment=enrolment).with_parts())


def free_of(enrolment: Enrolment, on: date) -> Decimal:
    """How much of a day is left for anything but sessions: what was taken up before a register is there would keep the
    register from being taken."""
    waiting = sum((session.whole for session in waiting_on(enrolment, on)), Decimal(0))
    return max(Decimal(0), left_of(enrolment, on) - waiting)


def why_full(enrolment: Enrolment, on: date) -> str:
    """“½ day of Modules (Module 1, day 1)”: what takes up the date; of other programmes only that they do."""
    entries = DayEntry.objects.of_person(enrolment.participant_id, on).standing().select_related("component")
    own = [entry for entry in entries if entry.enrolment_id == enrolment.pk]
    said = [
        f"{entry.component.said(entry.days)} of {entry.component}{f' ({entry.note})' if entry.note else ''}"
        for entry in own
    ]
    if len(own) < len(entries):
        said.append("a part on another programme")
    said += [f"“{session}”, whose register has not been taken yet" for session in waiting_on(enrolment, on)]
    return english.listed(said) if said else ""


def _require_room(
    enrolment: Enrolment, component: Component, days: Decimal, on: date, beside: str, source: models.Model
) -> str:
    """Raises DayFull where this would be more than one day on the date. Returns the reason, where it is needed."""
    refuse_if(days > ONE, "Nobody can do more than one day on one date.", "more_than_a_day", field="days")
    # As the database does, so that two at once wait here, and the second gets a sentence.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ONE_DAY, enrolment.participant_id])
    left = left_of(enrolment, on) if isinstance(source, Attendance) else free_of(enrolment, on)
    if days <= left + ROUNDING:
        return ""
    if component.recording in BY_MINUTES and beside:
        return beside
    day = english.day_date(on)
    has = f"has only {english.days_counted(left)} left on {day}" if left else f"already has a whole day on {day}"
    field = "beside" if component.recording in BY_MINUTES else "on"
    sentence = f"{enrolment.participant} {has}: {why_full(enrolment, on)}."
    raise DayFull(sentence, "day_full", field=field)


def _require_of_plan(enrolment: Enrolment, component: Component) -> None:
    """Of the plan of their cohort, or of one that they were on: a register of then can still be put right."""
    if component.plan_id != enrolment.cohort.plan_id:
        refuse_if(
            not enrolment.memberships.filter(cohort__plan=component.plan_id).exists(),
            f"“{component}” is not part of this cohort's plan.",
            "other_plan",
        )


@transaction.atomic
def post(
    *,
    enrolment: Enrolment,
    component: Component,
    days: Decimal,
    on: date,
    source: models.Model,
    note: str = "",
    beside: str = "",
    by: Actor,
) -> DayEntry:
    """Add days (a positive number) of a component to a participant's ledger.

    `source` is the saved record they come from; it stands in the ledger at most once for a component. Raises NotPossible when it stands
    there already, when the days are none, when the component belongs to another plan, when the person was not on the
    programme on that day or has completed since, or when the day is full. `beside` says how something that is recorded in minutes was possible on
    a full day; it is kept only where it was needed."""
    days = Decimal(days).quantize(MILLIONTH, ROUND_HALF_UP)
    refuse_if(days <= 0, "Enter a number of days above zero.", "no_days")
    _require_of_plan(enrolment, component)
    require_on_the_programme_on(enrolment, on)
    require_open(enrolment, on)
    # The lock comes before the look: a second press of the same button finds the days there, and does not post them twice.
    last = _lock(source)
    standing = entries_of(source).standing().filter(component=component)
    refuse_if(standing.exists(), "These days are already in the ledger.", "posted_already")
    beside = _require_room(enrolment, component, days, on, beside.strip(), source)
    return DayEntry.objects.create(
        enrolment=enrolment,
        component=component,
        days=days,
        on=on,
        note=note[:200],
        beside=beside[:200],
        source=source,
        sequence=last + 1,
        posted_by=person(by),
    )


@transaction.atomic
def reverse_all(*, source: models.Model, note: str = "", by: Actor) -> list[DayEntry]:
    """Take back every standing entry of a source by an entry of the opposite sign; none standing is no mistake. Raises
    NotPossible where its days were counted for a certificate."""
    for entry in entries_of(source).standing().select_related("enrolment__participant"):
        require_open(entry.enrolment, entry.on)
    last = _lock(source)
    standing = entries_of(source).standing().order_by("sequence")
    return [
        DayEntry.objects.create(
            enrolment_id=entry.enrolment_id,
            component_id=entry.component_id,
            days=-entry.days,
            on=entry.on,
            note=note[:200],
            beside=entry.beside,
            source=source,
            sequence=number,
            reverses=entry,
            posted_by=person(by),
        )
        for number, entry in enumerate(standing, last + 1)
    ]
