"""The only writers of the day ledger. Entries are added, never changed: a mistake is reversed by a new entry (B4).

Callers are actions that have checked that `by` may: marking a register, recording a placement day or a mentoring session.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Max, Sum

from cohorts.models import Component, DayEntry, Enrolment
from cohorts.models.ledger import DayEntryQuerySet
from cohorts.states import EnrolmentStatus
from steppingup.accounts.actors import Actor, person
from steppingup.history.lifecycle import NotPossible, refuse_if

HUNDREDTH = Decimal("0.01")


def days_of_minutes(component: Component, minutes: int) -> Decimal:
    """Minutes of contact as days of the component, to the hundredth (B14)."""
    return (Decimal(minutes) / component.minutes_per_day).quantize(HUNDREDTH, ROUND_HALF_UP)


def entries_of(source: models.Model) -> DayEntryQuerySet:
    """Everything that one source ever posted, reversals included."""
    return DayEntry.objects.filter(content_type=ContentType.objects.get_for_model(source), object_id=source.pk)


def posted_by(sources: models.QuerySet, component: Component) -> Decimal:
    """What several sources together have in the ledger of a component; what was reversed counts no more."""
    found = DayEntry.objects.filter(
        component=component,
        content_type=ContentType.objects.get_for_model(sources.model),
        object_id__in=sources.values("pk"),
    )
    return found.aggregate(days=Sum("days"))["days"] or Decimal(0)


def _lock(source: models.Model) -> int:
    """One process at a time writes for a source. Returns the number of its last entry."""
    # No key is changed: the entry that is about to be made refers to the source.
    type(source)._base_manager.select_for_update(of=("self",), no_key=True).get(pk=source.pk)
    return entries_of(source).aggregate(last=Max("sequence"))["last"] or 0


@transaction.atomic
def post(
    *,
    enrolment: Enrolment,
    component: Component,
    days: Decimal,
    on: date,
    source: models.Model,
    note: str = "",
    by: Actor,
) -> DayEntry:
    """Add days (a positive number, to the hundredth) of a component to a participant's ledger.

    `source` is the saved record they come from; it stands in the ledger at most once. Raises NotPossible when it stands
    there already, when the days are none, when the component belongs to another plan, or for somebody who has left."""
    days = Decimal(days).quantize(HUNDREDTH, ROUND_HALF_UP)
    refuse_if(days <= 0, "Enter a number of days above zero.", "no_days")
    refuse_if(
        component.plan_id != enrolment.cohort.plan_id, f"“{component}” is not part of this cohort's plan.", "other_plan"
    )
    if Enrolment.objects.filter(pk=enrolment.pk, status=EnrolmentStatus.WITHDRAWN).exists():
        raise NotPossible(f"{enrolment.participant} has left the programme, so no more days can be recorded.", "left")
    # The lock comes before the look: a second press of the same button finds the days there, and does not post them twice.
    last = _lock(source)
    refuse_if(entries_of(source).standing().exists(), "These days are already in the ledger.", "posted_already")
    return DayEntry.objects.create(
        enrolment=enrolment,
        component=component,
        days=days,
        on=on,
        note=note[:200],
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
            source=source,
            sequence=number,
            reverses=entry,
            posted_by=person(by),
        )
        for number, entry in enumerate(standing, last + 1)
    ]
