"""The only writers of the day ledger. Entries are added, never changed: a mistake is reversed by a new entry (B4).

Callers are actions that have checked that `by` may: marking a register, recording a placement day or a mentoring session.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models import Max, Sum

from cohorts.actions.belonging import require_on_the_programme_on
from cohorts.models import Component, DayEntry, Enrolment
from cohorts.models.ledger import DayEntryQuerySet
from cohorts.states import BY_MINUTES
from steppingup.accounts.actors import Actor, person
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if

HUNDREDTH, ONE = Decimal("0.01"), Decimal(1)
ONE_DAY = 20261127  # the first half of the advisory lock on a person's days; the trigger takes the same


def days_of_minutes(component: Component, minutes: int) -> Decimal:
    """Minutes of contact as days of the component, to the hundredth (B14)."""
    return (Decimal(minutes) / component.minutes_per_day).quantize(HUNDREDTH, ROUND_HALF_UP)


def entries_of(source: models.Model) -> DayEntryQuerySet:
    """Everything that one source ever posted, reversals included."""
    return DayEntry.objects.filter(content_type=ContentType.objects.get_for_model(source), object_id=source.pk)


def done_of(enrolment: Enrolment, component: Component) -> Decimal:
    """The days that count for this part of the plan, as `progress` counts them."""
    found = DayEntry.objects.filter(enrolment=enrolment, component__key=component.key, component__kind=component.kind)
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


def why_full(enrolment: Enrolment, on: date) -> str:
    """“½ day of Modules (Module 1, day 1)”: what takes up the date; of other programmes only that they do."""
    entries = DayEntry.objects.of_person(enrolment.participant_id, on).standing().select_related("component")
    own = [entry for entry in entries if entry.enrolment_id == enrolment.pk]
    said = [
        f"{english.days_counted(entry.days)} of {entry.component}{f' ({entry.note})' if entry.note else ''}"
        for entry in own
    ]
    if len(own) < len(entries):
        said.append("a part on another programme")
    return english.listed(said) if said else ""


def _require_room(enrolment: Enrolment, component: Component, days: Decimal, on: date, beside: str) -> str:
    """Raises DayFull where this would be more than one day on the date. Returns the reason, where it is needed."""
    refuse_if(days > ONE, "Nobody can do more than one day on one date.", "more_than_a_day", field="days")
    # As the database does, so that two at once wait here, and the second gets a sentence.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ONE_DAY, enrolment.participant_id])
    if days <= left_of(enrolment, on):
        return ""
    if component.kind in BY_MINUTES and beside:
        return beside
    left, day = left_of(enrolment, on), english.day_date(on)
    has = f"has only {english.days_counted(left)} left on {day}" if left else f"already has a whole day on {day}"
    field = "beside" if component.kind in BY_MINUTES else "on"
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
    """Add days (a positive number, to the hundredth) of a component to a participant's ledger.

    `source` is the saved record they come from; it stands in the ledger at most once. Raises NotPossible when it stands
    there already, when the days are none, when the component belongs to another plan, when the person was not on the
    programme on that day, or when the day is full. `beside` says how something that is recorded in minutes was possible on
    a full day; it is kept only where it was needed."""
    days = Decimal(days).quantize(HUNDREDTH, ROUND_HALF_UP)
    refuse_if(days <= 0, "Enter a number of days above zero.", "no_days")
    _require_of_plan(enrolment, component)
    require_on_the_programme_on(enrolment, on)
    # The lock comes before the look: a second press of the same button finds the days there, and does not post them twice.
    last = _lock(source)
    refuse_if(entries_of(source).standing().exists(), "These days are already in the ledger.", "posted_already")
    beside = _require_room(enrolment, component, days, on, beside.strip())
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
    """Take back every standing entry of a source by an entry of the opposite sign; none standing is no mistake."""
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
