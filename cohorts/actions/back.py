"""What must be true of places, days and cohorts when a step is taken back."""

from typing import Any

from django.db.models import Max

from cohorts.models import Cohort, DayEntry, Enrolment
from cohorts.states import HOLDS_A_PLACE, CohortStatus, EnrolmentStatus
from steppingup.accounts.actors import person
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.restoring import Back, Row, keep


def _the_opposite(entry: DayEntry, back: Back) -> None:
    """The ledger is append-only: what was posted is reversed, and what was reversed is posted again."""
    of_source = DayEntry.objects.filter(content_type=entry.content_type_id, object_id=entry.object_id)
    if entry.days > 0 and DayEntry.objects.filter(reverses=entry).exists():
        # Reversed since, or by the same step; where that was taken back, the days stand in another entry.
        same = {"component": entry.component_id, "on": entry.on, "days": entry.days, "pk__gt": entry.pk}
        again = of_source.standing().filter(**same).order_by("-pk").first()
        if again is None:
            return
        entry = again
    DayEntry.objects.create(
        enrolment_id=entry.enrolment_id,
        component_id=entry.component_id,
        days=-entry.days,
        on=entry.on,
        note=f"Taken back: {entry.note}"[:200],
        beside=entry.beside,
        content_type_id=entry.content_type_id,
        object_id=entry.object_id,
        sequence=(of_source.aggregate(last=Max("sequence"))["last"] or 0) + 1,
        reverses=entry if entry.days > 0 else None,
        posted_by=person(back.by),
    )


def _a_place_is_free(row: Row, back: Back) -> None:
    """Whoever comes back needs a place. Counted under the cohort's lock, as by everybody who takes one."""
    enrolment = row.load()
    if enrolment is None or row.kind != "changed" or enrolment.status in HOLDS_A_PLACE:
        return
    cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=enrolment.cohort_id)
    taken = cohort.enrolments.holding_a_place().count()
    refuse_if(
        '"status"' in row.before and taken >= cohort.capacity,
        f"The place has been taken since: all {cohort.capacity} places on {cohort} are held by others.",
        "no_place",
    )


def _nothing_rests_on_completion(enrolment: Enrolment, back: Back) -> None:
    refuse_if(
        enrolment.status == EnrolmentStatus.ENROLLED and enrolment.certificates.genuine().exists(),
        "A certificate has been made for this completion. Revoke it first.",
        "certificate",
    )


def _nobody_relies_on_it(cohort: Any, back: Back) -> None:
    refuse_if(
        cohort.status == CohortStatus.DRAFT and cohort.enrolments.holding_a_place().exists(),
        "People already have a place on this cohort, so it has to stay on the site.",
        "places_taken",
    )
    refuse_if(
        cohort.status in (CohortStatus.DRAFT, CohortStatus.PUBLISHED)
        and DayEntry.objects.filter(enrolment__cohort=cohort).exists(),
        "Days have been recorded on this cohort since, so it has to stay under way.",
        "days",
    )


keep(DayEntry, made=_the_opposite, unless="an entry of days stays, with one of the opposite sign")
keep(
    Enrolment,
    lock=_a_place_is_free,
    check=_nothing_rests_on_completion,
    unless="a place that others hold by now; a completion with a certificate",
)
keep(Cohort, check=_nobody_relies_on_it, unless="a cohort on which people have a place or days by now")
