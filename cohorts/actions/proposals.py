"""What is proposed is changed by hand, and published: then the proposals are assignments."""

from collections import defaultdict
from typing import Any

from cohorts.actions.choosable import kept_from, open_for, why_not_this, without_one
from cohorts.actions.choosing import locked, require_unpublished
from cohorts.actions.opportunities import RUN
from cohorts.actions.placements import set_placement
from cohorts.models import Choosing, Opportunity, PlacementProposal, Ranking, Supervisor
from cohorts.notices import choosing as notices
from cohorts.planning.placing import Seeker, rank_of
from steppingup import clock
from steppingup.accounts.actors import Actor, person, require_colleague
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse, refuse_if
from steppingup.steps.step import ChosenFrom, StepForm, Table, Waiting, Weight, asking, step

# -- by hand ---------------------------------------------------------------------------------------


def _require_other(by: Actor, proposal: PlacementProposal) -> None:
    require_colleague(by, proposal.enrolment.participant, "You cannot choose your own assignment. Ask a colleague.")


def _require_open(proposal: PlacementProposal) -> None:
    require_unpublished(proposal.choosing)


def _others(proposal: PlacementProposal) -> Any:
    """The open ones where they may go, as far as their employer decides."""
    open_ones = open_for(proposal.choosing)
    not_at = kept_from([proposal.enrolment], proposal.choosing.component, [one.host_id for one in open_ones])
    right = [one.pk for one in open_ones if one.host_id not in not_at[proposal.enrolment_id]]
    return Opportunity.objects.filter(pk__in=right).exclude(pk=proposal.opportunity_id or 0).select_related("host")


@step(
    PlacementProposal,
    "Choose another one",
    name="choose_another",
    noun="proposal",
    past="Chosen by hand",
    meaning="The proposal is locked, so that working it out again leaves it as it is. Nobody is told before it is published.",
    permission=RUN,
    guard=_require_other,
    policy=_require_open,
    form=asking(
        opportunity=ChosenFrom(
            Opportunity,
            _others,
            label="Which one?",
            empty_label="Choose",
            error_messages={"required": "Choose one of the opportunities."},
        )
    ),
)
def choose_another(*, proposal: PlacementProposal, opportunity: Opportunity, by: Actor) -> PlacementProposal:
    """Another opportunity for somebody. Raises NotPossible, with the reason, for one that they cannot have."""
    locked(proposal.choosing)
    found = PlacementProposal.objects.for_steps().get(pk=proposal.pk)
    refuse(why_not_this(found, opportunity), "not_this_one", field="opportunity")
    choices = Ranking.objects.filter(choosing=found.choosing, enrolment=found.enrolment).values_list(
        "choices", flat=True
    )
    found.opportunity, found.is_locked, found.reason = opportunity, True, "Chosen by hand."
    found.rank = rank_of(Seeker(0, tuple(choices.first() or ())), opportunity.pk)
    found.save(update_fields=["opportunity", "is_locked", "reason", "rank"])
    return found


@step(
    PlacementProposal,
    "Lock it",
    name="lock",
    noun="proposal",
    past="Locked",
    meaning="Working it out again leaves this one as it is.",
    permission=RUN,
    guard=_require_other,
    policy=lambda proposal: refuse_if(
        proposal.is_locked or proposal.opportunity_id is None or proposal.choosing.published_at,
        "There is nothing to lock.",
        "locked",
    ),
    undo="unlock",
    bulk=True,
)
def lock(*, proposal: PlacementProposal, by: Actor) -> PlacementProposal:
    return _set_locked(proposal, True)


@step(
    PlacementProposal,
    "Unlock it",
    name="unlock",
    noun="proposal",
    past="Unlocked",
    meaning="Working it out again may find something else for them.",
    permission=RUN,
    guard=_require_other,
    policy=lambda proposal: refuse_if(
        not proposal.is_locked or proposal.choosing.published_at, "It is not locked.", "not_locked"
    ),
    undo="lock",
    bulk=True,
)
def unlock(*, proposal: PlacementProposal, by: Actor) -> PlacementProposal:
    return _set_locked(proposal, False)


def _set_locked(proposal: PlacementProposal, is_locked: bool) -> PlacementProposal:
    locked(proposal.choosing)
    proposal.is_locked = is_locked
    proposal.save(update_fields=["is_locked"])
    return proposal


# -- published -------------------------------------------------------------------------------------


class PublishForm(StepForm):
    """Asks nothing: shows what would be agreed."""

    def table(self, subject: Choosing) -> Table:
        rows: list[tuple[str, ...]] = [
            (str(one.enrolment.participant), str(one.opportunity or "None yet"), one.reason)
            for one in subject.proposals.for_steps()
        ]
        return Table("What would be agreed", ("Participant", "Assignment", "Why"), rows)


def _require_proposed(choosing: Choosing) -> None:
    require_unpublished(choosing)
    refuse_if(
        not choosing.proposals.with_one().exists(),
        "Nothing is proposed yet. First work out a proposal.",
        "none_proposed",
    )


@step(
    Choosing,
    "Publish the assignments",
    name="publish",
    past="Assignments published",
    meaning="Each participant has the assignment that is proposed for them, and its supervisor hears who comes. What has to be signed "
    "for it is asked for. Whoever has none yet is told that you go on looking.",
    permission=RUN,
    policy=_require_proposed,
    form=PublishForm,
    weight=Weight.STRONG,
    number=lambda choosing, **given: choosing.proposals.count(),
    waiting=Waiting(
        lambda rows: rows.to_propose(),
        "choice of assignments has ended, and nothing is published",
        "choices of assignments have ended, and nothing is published",
        order=40,
    ),
)
def publish(*, choosing: Choosing, by: Actor) -> Choosing:
    """Every proposal becomes an assignment, all of them or none.

    Raises NotPossible where one of them cannot be (an employer has changed since, an opportunity was withdrawn or has fewer places),
    naming whose it is."""
    found = locked(choosing)
    _require_proposed(found)
    every = list(found.proposals.for_steps().select_related("enrolment__cohort__plan").order_by("pk"))
    _require_offered(found, every)
    for proposal in every:
        if proposal.opportunity is None:
            notices.tell_not_yet(found, proposal.enrolment)
        else:
            _agree(proposal, proposal.opportunity, by)
    found.published_at, found.published_by = clock.now(), person(by)
    found.save(update_fields=["published_at", "published_by"])
    return found


def _require_offered(choosing: Choosing, every: list[PlacementProposal]) -> None:
    """Since it was worked out or locked a host may have withdrawn, or have room for fewer."""
    free = {one.pk: one.free for one in open_for(choosing)}
    proposed: dict[int, list[str]] = defaultdict(list)
    for one in every:
        if one.opportunity is None:
            continue
        proposed[one.opportunity.pk].append(name := str(one.enrolment.participant))
        refuse_if(
            one.opportunity.pk not in free,
            f"{name}: “{one.opportunity.title}” is not offered any more. Choose another one for them.",
            "not_this_one",
        )
        here = proposed[one.opportunity.pk]
        refuse_if(
            len(here) > free[one.opportunity.pk],
            f"{english.listed(here)}: “{one.opportunity.title}” does not have so many free places any more. Choose another one for one of them.",
            "not_this_one",
        )


def _agree(proposal: PlacementProposal, opportunity: Opportunity, by: Actor) -> None:
    contact = (opportunity.supervisor_name, opportunity.supervisor_email, opportunity.supervisor_phone)
    same = ("kind", "title", "description", "working_pattern", "starts_on", "ends_on")
    refuse_if(
        not without_one(proposal.choosing).filter(pk=proposal.enrolment_id).exists(),
        f"{proposal.enrolment.participant} has an assignment by now, or has left. Work the proposal out again.",
        "placed",
    )
    try:
        placement = set_placement(
            enrolment=proposal.enrolment,
            component=proposal.choosing.component,
            host=opportunity.host,
            by=by,
            host_contact=", ".join(filter(None, contact))[:150],
            opportunity=opportunity,
            **{name: getattr(opportunity, name) for name in same},
        )
    except NotPossible as sentence:
        raise NotPossible(f"{proposal.enrolment.participant}: {sentence}", "host") from sentence
    notices.tell_agreed(placement)
    supervisor = Supervisor.objects.create(
        placement=placement, name=opportunity.supervisor_name, email=opportunity.supervisor_email
    )
    notices.tell_supervisor(Supervisor.objects.for_steps().get(pk=supervisor.pk))
