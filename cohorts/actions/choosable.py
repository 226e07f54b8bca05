"""Who may have which opportunity: for one participant's page, for the best proposal of all, and for a choice by hand.

The employer's family is asked for everybody at once; what else stands against a host, such as a mentor from there, is asked of the
few that are proposed (`why_not_host`)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q

from cohorts.actions.placements import why_not_host
from cohorts.models import (
    Choosing,
    Component,
    Enrolment,
    Membership,
    Opportunity,
    Placement,
    PlacementProposal,
    Ranking,
)
from cohorts.planning.placing import Offer, Seeker
from cohorts.states import Counterpart, EnrolmentStatus
from steppingup import clock
from steppingup.accounts.models import Organisation


def open_for(choosing: Choosing) -> list[Any]:
    """What participants can choose from, with the places that are free (`free`)."""
    return with_free(Opportunity.objects.open().filter(cohort=choosing.cohort_id).for_part(choosing.component))


def with_free(rows: Any) -> list[Any]:
    """With how many assignments were made of each, at its own host."""
    taken = Count("placements", filter=Q(placements__host=F("host")), distinct=True)
    found = list(rows.select_related("host", "component").annotate(taken=taken).order_by("title", "pk"))
    for one in found:
        one.free = max(0, one.places - one.taken)
    return found


def without_one(choosing: Choosing) -> Any:
    """Who is on the programme and has no assignment for this part of the plan."""
    placed = Placement.objects.filter(component__key=choosing.component.key).values("enrolment")
    here = Enrolment.objects.filter(cohort=choosing.cohort_id, status=EnrolmentStatus.ENROLLED).exclude(pk__in=placed)
    return here.select_related("participant", "employer", "cohort__programme").order_by("pk")


def kept_from(people: Iterable[Enrolment], part: Component, hosts: Iterable[int]) -> dict[int, frozenset[int]]:
    """For each person the hosts that are not from where the part of the plan says, as far as employers decide: theirs of today and
    whom they work for later. Three queries, however many people and hosts there are."""
    people, every = list(people), frozenset(hosts)
    if not people or part.counterpart == Counterpart.ANY:
        return dict.fromkeys((one.pk for one in people), frozenset())
    spans = Membership.objects.filter(enrolment__in=people).since(clock.today())
    rows = list(spans.values_list("enrolment", "employer"))
    families = Organisation.objects.families(
        {employer for _, employer in rows if employer}, people[0].cohort.programme.reach
    )
    found = {one.pk: frozenset[int]() for one in people}
    for enrolment, employer in rows:
        family = families.get(employer, frozenset()) if employer else frozenset()
        found[enrolment] |= family & every if part.counterpart == Counterpart.ANOTHER else every - family
    return found


def choices_of(choosing: Choosing, open_ones: Iterable[Opportunity]) -> dict[int, tuple[int, ...]]:
    """What each would like, of what is open, the dearest first."""
    known = {one.pk for one in open_ones}
    rows = Ranking.objects.filter(choosing=choosing).values_list("enrolment", "choices")
    return {enrolment: tuple(one for one in choices if one in known) for enrolment, choices in rows}


def problem_of(choosing: Choosing, people: Iterable[Enrolment]) -> tuple[list[Seeker], list[Offer]]:
    """People and what is free, as the solver wants them. What is locked takes up its places."""
    people, open_ones = list(people), open_for(choosing)
    not_at = kept_from(people, choosing.component, [one.host_id for one in open_ones])
    choices = choices_of(choosing, open_ones)
    locked = list(
        PlacementProposal.objects.filter(choosing=choosing, is_locked=True).values_list("opportunity", flat=True)
    )
    offers = [
        Offer(one.pk, max(0, one.free - locked.count(one.pk)), one.taken + locked.count(one.pk)) for one in open_ones
    ]
    seekers = [
        Seeker(
            one.pk,
            choices.get(one.pk, ()),
            frozenset(offer.pk for offer in open_ones if offer.host_id in not_at[one.pk]),
        )
        for one in people
    ]
    return seekers, offers


def why_not_this(proposal: PlacementProposal, opportunity: Opportunity) -> str:
    """A sentence when somebody cannot be given this one by hand; nothing when they can."""
    choosing = proposal.choosing
    free = {one.pk: one.free for one in open_for(choosing)}
    if opportunity.pk not in free:
        return f"“{opportunity.title}” is not open to participants of this cohort."
    others = PlacementProposal.objects.filter(choosing=choosing, opportunity=opportunity).exclude(pk=proposal.pk)
    if others.count() >= free[opportunity.pk]:
        return f"Every place at “{opportunity.title}” is proposed for somebody else, or taken."
    return why_not_host(proposal.enrolment, opportunity.host, component=choosing.component)
