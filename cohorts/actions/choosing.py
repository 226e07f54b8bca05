"""Assignments are chosen: participants put opportunities in order, the best for all is worked out, adjusted and published."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db import transaction

from cohorts.actions.choosable import open_for, problem_of, without_one
from cohorts.actions.opportunities import RUN, has_part_with_host, parts_with_hosts
from cohorts.actions.placements import part_with_hosts, why_not_host
from cohorts.models import Choosing, Cohort, Component, Enrolment, Opportunity, PlacementProposal, Ranking
from cohorts.models.choosing import MOST_CHOICES
from cohorts.notices import choosing as notices
from cohorts.planning.placing import Seeker, place, rank_of, reason_of
from cohorts.states import COHORT_OVER
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, require
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.formats.date_fields import DayInput
from steppingup.history.lifecycle import refuse, refuse_if
from steppingup.jobs.actions import start
from steppingup.jobs.models import Job
from steppingup.steps.step import ChosenFrom, StepForm, asking, step

JOB = "cohorts.place"
UNTIL = "Enter the last day on which participants can say it."


# -- participants choose ---------------------------------------------------------------------------


class ChoosingForm(StepForm):
    """Until when, how many each, and for which part of the plan, where it has several."""

    component = ChosenFrom(
        Component,
        parts_with_hosts,
        label="For which part of the plan?",
        error_messages={"required": "Choose the part of the plan."},
    )
    closes_on = DayInput(label="Until which day can they say it?", error_messages={"required": UNTIL})
    most = forms.IntegerField(
        label="How many can each choose?",
        initial=5,
        min_value=1,
        max_value=MOST_CHOICES,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), f"Enter a whole number from 1 to {MOST_CHOICES}."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts: Any = self.fields["component"]
        if len(found := list(parts.queryset[:2])) == 1:
            parts.initial, parts.widget = found[0].pk, forms.HiddenInput()


def _require_to_choose(cohort: Cohort) -> None:
    refuse_if(
        cohort.status in COHORT_OVER,
        f"This cohort is {cohort.get_status_display().lower()}, so nobody chooses.",
        "over",
    )
    refuse_if(not has_part_with_host(cohort), "This cohort's plan has no stretch assignment.", "no_assignment")


def _require_ahead(closes_on: date) -> None:
    refuse_if(closes_on < clock.today(), "Choose today or a later day.", "too_early", field="closes_on")


@step(
    Cohort,
    "Let participants choose assignments",
    name="let_choose",
    past="Participants choose assignments",
    meaning="Everybody on the programme who has no assignment yet is asked to put the open opportunities in order. Nothing is "
    "promised by it.",
    permission=RUN,
    policy=_require_to_choose,
    form=ChoosingForm,
    number=lambda cohort, **given: cohort.enrolments.count(),
)
def let_choose(
    *, cohort: Cohort, closes_on: date, by: Actor, component: Component | None = None, most: int = 5
) -> Choosing:
    """Participants are asked which of the open opportunities they would like.

    Raises NotPossible for a day that is over, when nothing is open, and while they are choosing already."""
    _require_to_choose(cohort)
    part = part_with_hosts(cohort, component)
    _require_ahead(closes_on)
    Cohort.objects.select_for_update(of=("self",), no_key=True).get(pk=cohort.pk)
    refuse_if(
        Choosing.objects.filter(cohort=cohort, component__key=part.key, published_at=None).exists(),
        "Participants are choosing already. You can change the last day on the page of that.",
        "asked_already",
    )
    choosing = Choosing(cohort=cohort, component=part, closes_on=closes_on, most=most)
    number = len(open_for(choosing))
    refuse_if(not number, "No opportunity is open to participants. First open those that they can choose.", "none_open")
    choosing.save()
    for enrolment in without_one(choosing):
        notices.ask(choosing, enrolment, number)
    return choosing


def require_unpublished(choosing: Choosing) -> None:
    refuse_if(choosing.published_at, "These assignments have been published.", "placements_published")


def locked(choosing: Choosing) -> Choosing:
    """Nobody else chooses, works out or publishes meanwhile."""
    Choosing.objects.select_for_update(of=("self",), no_key=True).get(pk=choosing.pk)
    found = Choosing.objects.for_steps().get(pk=choosing.pk)
    require_unpublished(found)
    return found


@step(
    Choosing,
    "Change the last day",
    name="set_closing",
    past="Last day changed",
    meaning="It stands on the participants’ pages. Nobody is written to.",
    permission=RUN,
    policy=require_unpublished,
    form=asking(closes_on=DayInput(label="Until which day can they say it?", error_messages={"required": UNTIL})),
)
def set_closing(*, choosing: Choosing, closes_on: date, by: Actor) -> Choosing:
    _require_ahead(closes_on)
    found = locked(choosing)
    found.closes_on = closes_on
    found.save(update_fields=["closes_on"])
    return found


@transaction.atomic
def rank(*, choosing: Choosing, enrolment: Enrolment, choices: Sequence[Opportunity], by: Actor) -> Ranking:
    """A participant says which they would like, the dearest first; saying it again replaces what they said.

    Raises NotAllowed for anybody else; NotPossible after the last day, for one twice, for too many, and for one that they cannot have."""
    if not isinstance(by, User) or by.pk != enrolment.participant_id or enrolment.cohort_id != choosing.cohort_id:
        raise NotAllowed(f"{by} does not choose for {enrolment.participant}.")
    found = locked(choosing)
    refuse_if(
        not found.is_under_way, f"The last day for it was {english.day_date(found.closes_on)}.", "choosing_closed"
    )
    refuse_if(not without_one(found).filter(pk=enrolment.pk).exists(), "You have an assignment already.", "placed")
    refuse_if(len(set(choices)) < len(choices), "You have chosen one of them twice.", "twice")
    refuse_if(len(choices) > found.most, f"You can choose {found.most} at most.", "too_many")
    known = {one.pk for one in open_for(found)}
    for one in choices:
        refuse_if(
            one.pk not in known,
            f"“{one.title}” is not offered any more. Choose another one.",
            "not_this_one",
            field="choices",
        )
        refuse(why_not_host(enrolment, one.host, component=found.component), "host")
    ranking, _ = Ranking.objects.update_or_create(
        choosing=found,
        enrolment=enrolment,
        defaults={"choices": [one.pk for one in choices], "said_at": clock.now()},
    )
    return ranking


# -- the best for all ------------------------------------------------------------------------------


@transaction.atomic
def propose(*, choosing: Choosing, by: Actor) -> Job:
    """Have the best proposal worked out in the background: what is locked stays. Nobody is told."""
    require(by, RUN, choosing)
    require_unpublished(choosing)
    title = f"Assignments of {choosing.cohort}"
    provider = choosing.cohort.programme.provider
    return start(
        kind=JOB,
        title=title,
        about=choosing,
        by=by,
        key=f"choosing {choosing.pk}",
        provider=provider,
        cohort=choosing.cohort_id,
    )


@transaction.atomic
def work_out(*, choosing: Choosing, by: Actor) -> Choosing:
    """What the job does. Running it again gives the same. Who is proposed where an app has something against it (a mentor from
    there) may not go there, and it is worked out again: what comes of that is the best of all that may be."""
    require(by, RUN, choosing)
    choosing = locked(choosing)
    people = {one.pk: one for one in without_one(choosing)}
    kept = PlacementProposal.objects.filter(choosing=choosing, is_locked=True, enrolment__in=people)
    PlacementProposal.objects.filter(choosing=choosing).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    waiting = [one for pk, one in people.items() if pk not in set(kept.values_list("enrolment", flat=True))]
    seekers, offers = problem_of(choosing, waiting)
    hosts = {one.pk: one for one in open_for(choosing)}
    while True:
        found = place(seekers, offers)
        wrong = {
            seeker: offer
            for seeker, offer in found.items()
            if offer and why_not_host(people[seeker], hosts[offer].host, component=choosing.component)
        }
        if not wrong:
            break
        seekers = [
            Seeker(one.id, one.choices, one.not_at | ({wrong[one.id]} if one.id in wrong else set())) for one in seekers
        ]
    titles = {pk: one.title for pk, one in hosts.items()}
    for seeker in seekers:
        offer = found[seeker.id]
        PlacementProposal.objects.create(
            choosing=choosing,
            enrolment=people[seeker.id],
            opportunity=hosts[offer] if offer else None,
            rank=rank_of(seeker, offer),
            reason=reason_of(seeker, offer, titles, titles),
        )
    choosing.proposed_at = clock.now()
    choosing.save(update_fields=["proposed_at"])
    return choosing
