"""Matching mentors and participants: propose, change by hand, confirm, end."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cohorts.models import Cohort, Component, Enrolment, Programme
from cohorts.states import EnrolmentStatus
from mentoring import notices
from mentoring.matching import pairing, pool
from mentoring.models import MatchRun, Mentor, Pair
from mentoring.permissions import MentoringPermission
from mentoring.states import PAIR
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, person, require, require_colleague
from steppingup.accounts.models import User
from steppingup.formats.english import day_date, listed
from steppingup.history.lifecycle import NotPossible, refuse, refuse_if, required
from steppingup.jobs.actions import start
from steppingup.jobs.models import Job
from steppingup.steps.dates import EventDate, event_day, moment_of
from steppingup.steps.step import StepForm, Weight, asking, step

JOB = "mentoring.match"
RUN = MentoringPermission.RUN_MENTORING


def require_other(by: Actor, about: Pair | Enrolment) -> None:
    """Raises OwnRecord for the participant."""
    enrolment = about.enrolment if isinstance(about, Pair) else about
    require_colleague(by, enrolment.participant, "You cannot choose your own mentor. Ask a colleague.")


def require_person(by: Actor, pair: Pair) -> None:
    """Raises NotAllowed for the system, and for the participant: a pair is confirmed and ended by another person."""
    if not isinstance(by, User):
        raise NotAllowed("Only a person can confirm or end a pair.")
    require_other(by, pair)


def _lock(programme: int) -> None:
    """One at a time: mentors are shared by the cohorts of a programme.

    No key is changed, so rows that refer to the programme can be written meanwhile."""
    Programme.objects.select_for_update(no_key=True).get(pk=programme)


def _whole(pair: Pair) -> Pair:
    return Pair.objects.with_people().get(pk=pair.pk)


@transaction.atomic
def propose(*, cohort: Cohort, by: Actor) -> Job:
    """Have the best pairs worked out in the background. Confirmed pairs stay; proposals are replaced. Nobody is told.

    Asking again while it is still being worked out returns the job that there is."""
    require(by, RUN, cohort)
    title = f"Matching mentors for {cohort}"
    provider = cohort.programme.provider
    return start(
        kind=JOB, title=title, about=cohort, by=by, key=f"cohort {cohort.pk}", provider=provider, cohort=cohort.pk
    )


@transaction.atomic
def work_out(*, cohort: Cohort, by: Actor) -> MatchRun:
    """What the job does: drop the proposals, find the best assignment, propose it. Running it again gives the same."""
    require(by, RUN, cohort)
    _lock(cohort.programme_id)
    # Dropped first, so that the places that proposals hold can be given anew.
    PAIR.move_all(Pair.objects.filter(enrolment__cohort=cohort).order_by("pk"), "drop")
    run = MatchRun.objects.create(cohort=cohort, started_by=person(by))
    found = [(part, _match(cohort, part, run)) for part in pool.parts_of(cohort)]
    run.unmatched = [
        {"enrolment": left.seeker, "reason": left.reason, **({"component": part.pk} if part else {})}
        for part, matching in found
        for left in matching.unmatched
    ]
    run.score, run.finished_at = Decimal(sum(matching.points for _, matching in found)), clock.now()
    run.save(update_fields=["unmatched", "score", "finished_at"])
    return run


def _match(cohort: Cohort, part: Component | None, run: MatchRun) -> pairing.Matching:
    """Propose the best pairs for one part of the plan. What was proposed for the part before is seen by the next."""
    people = pool.without_a_mentor(cohort, part).select_related("participant", "employer").order_by("pk")
    found = pairing.match(
        pool.seekers(people, part),
        pool.offers(cohort.programme_id),
        weights=pool.weights_of(cohort.programme_id),
        theme_names=pool.theme_names(cohort.programme_id),
    )
    for match in found.pairs:
        Pair.objects.create(
            enrolment_id=match.seeker,
            component=part,
            mentor_id=match.offer,
            run=run,
            score=match.points,
            reason=match.reason,
        )
    return found


def parts_without(enrolment: Enrolment) -> list[Component | None]:
    """The parts of the plan for which somebody has neither a mentor nor a proposal."""
    standing = Pair.objects.open().filter(enrolment=enrolment)
    return [part for part in pool.parts_of(enrolment.cohort) if not pool.for_part(standing, part).exists()]


def require_unpaired(enrolment: Enrolment) -> None:
    """Raises NotPossible for somebody who has a mentor or a proposal for every part of the plan, or who has left."""
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED, f"{enrolment.participant} is no longer on the programme.", "left"
    )
    if not parts_without(enrolment):
        standing = Pair.objects.open().filter(enrolment=enrolment).select_related("mentor__user").first()
        raise NotPossible(f"{enrolment.participant} is already paired with {standing.mentor.called}.", "paired")  # type: ignore[union-attr]


def _part(enrolment: Enrolment, component: Component | None) -> Component | None:
    """For which part of the plan: the one that is named, else the only one that lacks a mentor."""
    free = parts_without(enrolment)
    if component is None:
        refuse_if(
            len(free) > 1,
            f"The plan has mentoring in several parts: {listed(map(str, free))}. Choose the one that it is for.",
            "which_part",
            field="component",
        )
        return free[0]
    refuse_if(
        component not in free,
        f"{enrolment.participant} does not need a mentor for “{component}”.",
        "no_such_part",
        field="component",
    )
    return component


def _propose_by_hand(
    enrolment: Enrolment, mentor: Mentor, component: Component | None, run: MatchRun | None = None
) -> Pair:
    refuse(pool.why_not(enrolment, mentor, component), "not_this_mentor", field="mentor")
    points, reason = pool.shared(enrolment, mentor, component)
    return Pair.objects.create(
        enrolment=enrolment,
        component=component,
        mentor=mentor,
        run=run,
        score=points,
        reason=f"Chosen by hand. {reason}",
    )


CHOOSE = "Choose one of the mentors."


class MentorForm(StepForm):
    """The mentors whom a participant may have, the best first; for a proposal, all but the one it names. Where the plan has
    mentoring in several parts, it asks for which."""

    mentor = forms.ModelChoiceField(
        Mentor.objects.none(),
        label="Mentors who have a free place",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pair = self.subject if isinstance(self.subject, Pair) else None
        enrolment, field = pair.enrolment if pair else self.subject, cast("Any", self.fields["mentor"])
        parts = [pair.component] if pair else parts_without(enrolment)
        if len(parts) > 1:
            self.fields = {"component": self._which(parts), **self.fields}
        field.queryset = Mentor.objects.filter(programme=enrolment.cohort.programme_id).select_related(
            "user", "organisation"
        )
        found = {one.offer.id: one for part in parts for one in pool.choices_for(enrolment, part)}
        others = [one for one in found.values() if pair is None or one.offer.id != pair.mentor_id]
        field.choices = [(one.offer.id, one.in_words) for one in others]
        whom = pool.rule_of(parts[0]).mentor if len(parts) == 1 else "a mentor"
        if len(parts) == 1:
            field.label = (
                f"{whom.removeprefix('a ').capitalize().replace('Mentor', 'Mentors', 1)} who have a free place"
            )
        if not others:
            field.help_text = f"There is no other mentor to choose: no {whom.removeprefix('a ')} has a free place."

    @staticmethod
    def _which(parts: list[Any]) -> forms.ModelChoiceField:
        return forms.ModelChoiceField(
            Component.objects.filter(pk__in=[part.pk for part in parts]),
            label="For which part of the plan?",
            empty_label=None,
            widget=forms.RadioSelect,
            error_messages={"required": "Choose the part of the plan."},
        )


@step(
    Enrolment,
    "Choose a mentor",
    past="Proposed",
    meaning="The pair is a proposal until it is confirmed.",
    permission=RUN,
    guard=require_other,
    policy=require_unpaired,
    form=MentorForm,
)
def pair_by_hand(*, enrolment: Enrolment, mentor: Mentor, by: Actor, component: Component | None = None) -> Pair:
    """Propose a pair that a coordinator has chosen, for a part of the plan. Nobody is told before it is confirmed.

    Raises NotPossible for a mentor who is not from where the part says, without a place, or for somebody who has a mentor
    (B13)."""
    _lock(enrolment.cohort.programme_id)
    require_unpaired(enrolment)
    return _propose_by_hand(enrolment, mentor, _part(enrolment, component))


@step(
    Pair,
    "Change the mentor",
    past="Another mentor proposed",
    meaning=lambda pair, **chosen: f"Proposed now: {pair.mentor}. {pair.reason} Neither has been told about the other.",
    permission=RUN,
    guard=require_other,
    lifecycle=PAIR,
    moves=("drop",),
    form=MentorForm,
)
def move(*, pair: Pair, mentor: Mentor, by: Actor) -> Pair:
    """Another mentor for a proposed pair: the proposal is dropped and a new one made. Returns the new one.

    Raises NotPossible when the pair is not a proposal any more, or the mentor cannot be (B13)."""
    pair = _whole(pair)
    _lock(pair.enrolment.cohort.programme_id)
    refuse_if(
        pair.mentor_id == mentor.pk,
        f"{mentor.called} is already the mentor in this proposal.",
        "same_mentor",
        field="mentor",
    )
    # Dropped before the new one is made: a participant has one open pair (`one_mentor_at_a_time`).
    PAIR.move(pair, "drop")
    return _propose_by_hand(pair.enrolment, mentor, pair.component, pair.run)


@step(
    Pair,
    "Drop the proposal",
    past="Dropped",
    meaning="The mentor's place is free again. Neither has been told about the other.",
    permission=RUN,
    guard=require_other,
    lifecycle=PAIR,
    bulk=True,
)
def drop(*, pair: Pair, by: Actor) -> Pair:
    """Take a proposal back. Nobody knew of it, so nobody is told."""
    return PAIR.move(pair, "drop")


def require_confirmable(pair: Pair) -> None:
    """Raises NotPossible for a proposal that cannot be confirmed as it stands (B13). The place is its own already."""
    enrolment, mentor = pair.enrolment, pair.mentor
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED, f"{enrolment.participant} is no longer on the programme.", "left"
    )
    refuse(pool.why_too_near(enrolment, mentor, pair.component), "same_organisation")


@step(
    Pair,
    "Confirm the pair",
    past="Confirmed",
    story="You have a mentor",
    meaning="They can now see each other's names and addresses, and record sessions.",
    permission=RUN,
    guard=require_person,
    lifecycle=PAIR,
    policy=require_confirmable,
    explains=True,
    undo="end",
    bulk=True,
    weight=Weight.STRONG,
)
def confirm(*, pair: Pair, by: Actor) -> Pair:
    """The two are a pair from now on, and both are told how to reach each other.

    Raises NotPossible when it is confirmed already, when the participant has left, or when the two have come to belong
    to one organisation since it was proposed (B13)."""
    _lock(pair.enrolment.cohort.programme_id)
    whole = _whole(pair)
    # The state is asked again under the lock, before the policy: “confirmed already” is said rather than “same organisation”.
    PAIR.check(Pair.objects.select_for_update(of=("self",)).get(pk=pair.pk), "confirm")
    require_confirmable(whole)
    PAIR.move(pair, "confirm", confirmed_at=clock.now(), confirmed_by=person(by))
    notices.tell_participant(notices.PAIRED_PARTICIPANT, whole)
    notices.tell_mentor(notices.PAIRED_MENTOR, whole, seeks=notices.seeks(whole.enrolment))
    return pair


def _end_of(pair: Pair, on: date | None) -> datetime:
    """The moment to keep for a pair that ended on this day (today). Nothing ends before it began."""
    began = timezone.localdate(pair.confirmed_at)
    met = pair.sessions.filter(removed_at=None).aggregate(last=Max("on"))["last"]
    if met and met > began:
        return moment_of(event_day(on, not_before=met, because=f"They met on {day_date(met)}."))
    return moment_of(event_day(on, not_before=began, because=f"They were paired on {day_date(began)}."))


@step(
    Pair,
    "End the pair",
    past="Ended",
    meaning="The mentor's place is free again. Recorded sessions still count.",
    permission=RUN,
    guard=require_person,
    lifecycle=PAIR,
    form=asking(
        on=EventDate(
            label="On which day did it end?",
            help_text="Not before the last session. Sessions up to this day can still be recorded.",
        ),
        reason=forms.CharField(
            label="Why is it ending?",
            help_text="Both will read this in their email.",
            max_length=1000,
            widget=forms.Textarea,
            error_messages={"required": "Say why, in words that both of them can read."},
        ),
        as_planned=forms.BooleanField(
            label="The mentoring has come to its end as planned",
            help_text="Then the mentor can be invited to the graduation ceremony. Leave it empty where it was broken off.",
            required=False,
        ),
    ),
    bulk=True,
)
def end(*, pair: Pair, reason: str, by: Actor, on: date | None = None, as_planned: bool = False) -> Pair:
    """A confirmed pair is over since a day (today); the mentor's place is free again. Both are told, with the reason. Sessions
    still count.

    Raises NotPossible without a reason, when the pair is not confirmed, and for a day in the future, or before they met last
    or were paired."""
    whole, reason = _whole(pair), required(reason, "Say why, in words that both of them can read.")
    PAIR.check(Pair.objects.select_for_update(of=("self",)).get(pk=pair.pk), "end")
    given = {"ended_at": _end_of(pair, on), "ended_by": person(by), "end_reason": reason, "as_planned": as_planned}
    PAIR.move(pair, "end", **given)
    notices.tell_participant(notices.ENDED_PARTICIPANT, whole, reason=reason)
    notices.tell_mentor(notices.ENDED_MENTOR, whole, reason=reason)
    return pair


def leave(enrolment: Enrolment, by: Actor) -> None:
    """A participant who leaves has no mentor any more: pairs end with their last day, proposals are dropped, and the mentor
    is told."""
    PAIR.move_all(enrolment.mentoring_pairs, "drop")
    for pair in Pair.objects.confirmed().with_people().filter(enrolment=enrolment):
        # Why they left is for the participant; the mentor hears that they did.
        reason = f"{enrolment.participant} is no longer on the programme."
        left = max(filter(None, (enrolment.withdrawn_at, pair.confirmed_at)))  # nothing ends before it began
        PAIR.move(pair, "end", ended_at=left, ended_by=person(by), end_reason=reason)
        notices.tell_mentor(notices.ENDED_MENTOR, pair, reason=reason)
