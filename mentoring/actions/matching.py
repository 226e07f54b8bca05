"""Matching mentors and participants: propose, change by hand, confirm, end."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts.access import require_staff
from cohorts.models import Cohort, Enrolment, Programme
from cohorts.states import EnrolmentStatus
from mentoring import matching, messages, pool
from mentoring.models import MatchRun, Mentor, Pair
from mentoring.states import PAIR
from steppingup.accounts.actors import Actor, NotAllowed, person
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs.actions import start
from steppingup.jobs.models import Job

JOB = "mentoring.match"


def _require(by: Actor, cohort: Cohort) -> None:
    require_staff(by, Permission.RUN_MENTORING, cohort)


def _lock(programme: int) -> None:
    """One at a time: mentors are shared by the cohorts of a programme."""
    Programme.objects.select_for_update(no_key=True).get(pk=programme)


def _whole(pair: Pair) -> Pair:
    return Pair.objects.with_people().get(pk=pair.pk)


@transaction.atomic
def propose(*, cohort: Cohort, by: Actor) -> Job:
    """Have the best pairs worked out in the background. Confirmed pairs stay; proposals are replaced. Nobody is told.

    Asking again while it is still being worked out returns the job that there is."""
    _require(by, cohort)
    title = f"Matching mentors for {cohort}"
    provider = cohort.programme.provider
    return start(kind=JOB, title=title, about=cohort, by=by, key=f"cohort {cohort.pk}", provider=provider)


@transaction.atomic
def work_out(*, cohort: Cohort, by: Actor) -> MatchRun:
    """What the job does: drop the proposals, find the best assignment, propose it. Running it again gives the same."""
    _require(by, cohort)
    _lock(cohort.programme_id)
    for pair in Pair.objects.proposed().filter(enrolment__cohort=cohort).order_by("pk"):
        PAIR.move(pair, "drop")
    people = pool.people_without(cohort)
    found = matching.match(
        pool.seekers(people),
        pool.offers(cohort.programme_id),
        weights=pool.weights_of(cohort.programme_id),
        theme_names=pool.theme_names(cohort.programme_id),
    )
    run = MatchRun.objects.create(cohort=cohort, started_by=person(by))
    for match in found.pairs:
        Pair.objects.create(
            enrolment_id=match.seeker, mentor_id=match.offer, run=run, score=match.points, reason=match.reason
        )
    run.unmatched = [{"enrolment": left.seeker, "reason": left.reason} for left in found.unmatched]
    run.score, run.finished_at = Decimal(found.points), timezone.now()
    run.save(update_fields=["unmatched", "score", "finished_at"])
    return run


def _propose_by_hand(enrolment: Enrolment, mentor: Mentor, run: MatchRun | None = None) -> Pair:
    if sentence := pool.why_not(enrolment, mentor):
        raise NotPossible(sentence)
    points, reason = pool.shared(enrolment, mentor)
    return Pair.objects.create(
        enrolment=enrolment, mentor=mentor, run=run, score=points, reason=f"Chosen by hand. {reason}"
    )


@transaction.atomic
def pair_by_hand(*, enrolment: Enrolment, mentor: Mentor, by: Actor) -> Pair:
    """Propose a pair that a coordinator has chosen. Nobody is told before it is confirmed.

    Raises NotPossible for a mentor of the same organisation, without a place, or for somebody who has a mentor (B13)."""
    _require(by, enrolment.cohort)
    _lock(enrolment.cohort.programme_id)
    standing = Pair.objects.open().filter(enrolment=enrolment).select_related("mentor__user").first()
    if standing:
        raise NotPossible(f"{enrolment.participant} is paired with {standing.mentor.user} already.")
    return _propose_by_hand(enrolment, mentor)


@transaction.atomic
def move(*, pair: Pair, mentor: Mentor, by: Actor) -> Pair:
    """Another mentor for a proposed pair: the proposal is dropped and a new one made. Returns the new one.

    Raises NotPossible when the pair is not a proposal any more, or the mentor cannot be (B13)."""
    pair = _whole(pair)
    _require(by, pair.enrolment.cohort)
    _lock(pair.enrolment.cohort.programme_id)
    if pair.mentor_id == mentor.pk:
        raise NotPossible(f"{mentor.user} is the mentor of this proposal already.")
    PAIR.move(pair, "drop")
    return _propose_by_hand(pair.enrolment, mentor, pair.run)


@transaction.atomic
def drop(*, pair: Pair, by: Actor) -> Pair:
    """Take a proposal back. Nobody knew of it, so nobody is told."""
    _require(by, _whole(pair).enrolment.cohort)
    return PAIR.move(pair, "drop")


@transaction.atomic
def confirm(*, pair: Pair, by: Actor) -> Pair:
    """The two are a pair from now on, and both are told how to reach each other.

    Raises NotPossible when it is confirmed already, when the participant has left, or when the two have come to belong
    to one organisation since it was proposed (B13)."""
    whole = _whole(pair)
    enrolment = whole.enrolment
    _require(by, enrolment.cohort)
    if not isinstance(by, User):
        raise NotAllowed("A pair is confirmed by a person.")
    _lock(enrolment.cohort.programme_id)
    PAIR.check(Pair.objects.select_for_update(of=("self",)).get(pk=pair.pk), "confirm")
    if sentence := why_not_confirm(whole):
        raise NotPossible(sentence)
    PAIR.move(pair, "confirm", confirmed_at=timezone.now(), confirmed_by=by)
    messages.send_letters(whole, messages.paired(whole))
    return pair


def why_not_confirm(pair: Pair) -> str:
    """Why a proposal cannot be confirmed as it stands; empty when it can. The place is its own already."""
    enrolment, mentor = pair.enrolment, pair.mentor
    if enrolment.status != EnrolmentStatus.ENROLLED:
        return f"{enrolment.participant} is not on the programme any more."
    if mentor.organisation_id in enrolment.employer.family_ids():
        return (
            f"{mentor.user} and {enrolment.participant} belong to the same organisation now. "
            "The mentor must be from another organisation: choose somebody else."
        )
    return ""


@transaction.atomic
def confirm_all(*, cohort: Cohort, by: Actor) -> list[Pair]:
    """Confirm every proposal of a cohort, all or none. Both sides of each pair are told.

    Raises NotPossible when there is none, or when one of them cannot be confirmed."""
    _require(by, cohort)
    _lock(cohort.programme_id)
    proposals = list(Pair.objects.proposed().filter(enrolment__cohort=cohort).order_by("pk"))
    if not proposals:
        raise NotPossible("There is no proposal to confirm.")
    return [confirm(pair=pair, by=by) for pair in proposals]


@transaction.atomic
def end(*, pair: Pair, reason: str, by: Actor) -> Pair:
    """A confirmed pair is over; the mentor's place is free again. Both are told, with the reason. Sessions still count.

    Raises NotPossible without a reason, or when the pair is not confirmed."""
    whole = _whole(pair)
    _require(by, whole.enrolment.cohort)
    if not isinstance(by, User):
        raise NotAllowed("A pair is ended by a person.")
    if not reason.strip():
        raise NotPossible("Say why, in words that both may read.")
    PAIR.move(pair, "end", ended_at=timezone.now(), ended_by=by, end_reason=reason.strip())
    messages.send_letters(whole, messages.ended(whole, reason.strip()))
    return pair


def told_when_confirmed(pair: Pair) -> list[Any]:
    """Who would be told what: for `components/told.html`."""
    return messages.preview_letters(pair, messages.paired(pair))


def told_when_ended(pair: Pair) -> list[Any]:
    return messages.preview_letters(pair, messages.ended(pair, "(The reason that you write below.)"))


def summary(run: MatchRun) -> Mapping[str, int]:
    """How many were proposed and how many were left over."""
    return {"proposed": run.pairs.count(), "left": len(run.unmatched)}
