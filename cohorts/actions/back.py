"""What must be true of places, days and cohorts when a step is taken back."""

import json
from typing import Any

from django.db.models import Max

from cohorts import notices
from cohorts.actions.days import require_open
from cohorts.models import Cohort, DayEntry, Enrolment, Session
from cohorts.planning import checks
from cohorts.states import HOLDS_A_PLACE, CohortStatus, EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import person
from steppingup.formats import english
from steppingup.history.lifecycle import refuse_if
from steppingup.messaging.models import Message
from steppingup.steps.letters import say_how_it_stands
from steppingup.steps.restoring import Back, Row, keep


def _the_opposite(entry: DayEntry, back: Back) -> None:
    """The ledger is append-only: what was posted is reversed, and what was reversed is posted again. Raises
    NotPossible where its days were counted for a certificate."""
    require_open(entry.enrolment, entry.on)
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


def _is_free_at_that_time(session: Session, back: Back) -> None:
    """A session that takes place after all, or at its earlier time, needs the people as every other does."""
    changed = [row for row in back.rows if row.model is Session and row.key == session.pk and row.kind == "changed"]
    if not any(set(json.loads(row.before)) & {"cancelled_at", "starts_at", "ends_at"} for row in changed):
        return
    if session.cancelled_at is not None:
        return
    at = (session.cohort, session.peer_group, session.starts_at, session.ends_at, session.venue, session)
    sentence = checks.why_not(checks.Meeting(*at))
    refuse_if(sentence, sentence.replace("Choose another time, or move or cancel", "Move or cancel"), "overlap")
    if session.ends_at <= clock.now():
        back.lost.append(
            f"The session was to be on {english.span(session.starts_at, session.ends_at)}, which has passed."
        )


def _of_the_session(session: Session, message: Message) -> str:
    session = Session.objects.get(pk=session.pk)
    if session.cancelled_at is not None:
        return f"“{session}” stays cancelled."
    return f"“{session}” takes place: {notices.when_and_where(session)}."


def _of_the_place(enrolment: Enrolment, message: Message) -> str:
    """How the participant stands, for themselves and for others."""
    enrolment = Enrolment.objects.select_related("participant", "cohort__programme").get(pk=enrolment.pk)
    own = message.to_id == enrolment.participant_id
    who, has, is_ = ("You", "have", "are") if own else (str(enrolment.participant), "has", "is")
    where = f"{enrolment.cohort.programme.name} ({enrolment.cohort.name})"
    return {
        EnrolmentStatus.ENROLLED: f"{who} {is_} on {where}, as before.",
        EnrolmentStatus.COMPLETED: f"{who} {has} completed {where}, as before.",
        EnrolmentStatus.NOT_COMPLETED: f"{who} {has} not completed {where}, as before.",
        EnrolmentStatus.WITHDRAWN: f"{who} {has} left {where}, as before.",
    }[EnrolmentStatus(enrolment.status)]


keep(DayEntry, made=_the_opposite, unless="an entry of days stays, with one of the opposite sign")
keep(
    Enrolment,
    lock=_a_place_is_free,
    check=_nothing_rests_on_completion,
    unless="a place that others hold by now; a completion with a certificate",
)
keep(Session, check=_is_free_at_that_time, unless="a session while the same people are due at another one")
keep(
    Cohort, sums={"numbered"}, check=_nobody_relies_on_it, unless="a cohort on which people have a place or days by now"
)
say_how_it_stands(Session, _of_the_session)
say_how_it_stands(Enrolment, _of_the_place)
