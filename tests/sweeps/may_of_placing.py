"""Who may act on opportunities, and on what comes after a programme."""

from typing import Any

from cohorts.models import Choosing, PlacementProposal
from tests.factories.cohorts import day
from tests.factories.opportunities import SAID
from tests.sweeps.may import OF_COHORT, PARTICIPANT, Row
from tests.sweeps.may_of_afterwards import AFTERWARDS
from tests.sweeps.may_of_events import EVENTS
from tests.sweeps.may_of_openings import ON_THE_BOARD
from tests.sweeps.refusals import change
from tests.sweeps.ways import now
from tests.sweeps.world import World

OPPORTUNITIES, CHOOSING = "cohorts.actions.opportunities", "cohorts.actions.choosing"
PROPOSALS, SUPERVISING = "cohorts.actions.proposals", "cohorts.actions.supervising"


def asking(w: World) -> dict[str, Any]:
    return {"cohort": w.running, "organisation": w.partner.organisation, "name": "Jo", "email": "jo@example.org"}


def to_choose(w: World) -> dict[str, Any]:
    """Nobody chooses yet."""
    w.choosing.proposals.all().delete()
    Choosing.objects.filter(cohort=w.running).update(published_at=now())
    return {"cohort": w.running, "closes_on": day(9)}


def supervisor(w: World) -> dict[str, Any]:
    return {"placement": w.placement, "name": "Jo", "email": "jo@example.org"}


def proposal(w: World, **values: Any) -> PlacementProposal:
    change(w.placement_proposal, **values)
    return PlacementProposal.objects.for_steps().get(pk=w.placement_proposal.pk)


PLACING = [
    Row(f"{OPPORTUNITIES}.ask_for_opportunities", OF_COHORT, asking),
    Row(f"{OPPORTUNITIES}.send_link", OF_COHORT, lambda w: {"invitation": w.offering}),
    Row(f"{OPPORTUNITIES}.end", OF_COHORT, lambda w: {"invitation": w.offering}),
    Row(
        f"{OPPORTUNITIES}.enter",
        OF_COHORT,
        lambda w: {"cohort": w.running, "host": w.partner.organisation, **SAID},
    ),
    Row(f"{OPPORTUNITIES}.change", OF_COHORT, lambda w: {"opportunity": w.opportunity, "title": "Another"}),
    Row(f"{OPPORTUNITIES}.open_it", OF_COHORT, lambda w: {"opportunity": w.opportunity}),
    Row(f"{OPPORTUNITIES}.withdraw", OF_COHORT, lambda w: {"opportunity": w.opportunity}),
    Row(f"{OPPORTUNITIES}.restore", OF_COHORT, lambda w: {"opportunity": w.opportunity}),
    Row(f"{CHOOSING}.let_choose", OF_COHORT, to_choose),
    Row(f"{CHOOSING}.set_closing", OF_COHORT, lambda w: {"choosing": w.choosing, "closes_on": day(30)}),
    Row(
        f"{CHOOSING}.rank",
        PARTICIPANT,
        lambda w: {"choosing": w.choosing, "enrolment": w.enrolment, "choices": [w.open_opportunity]},
    ),
    Row(f"{CHOOSING}.propose", OF_COHORT, lambda w: {"choosing": w.choosing}),
    Row(f"{CHOOSING}.work_out", OF_COHORT, lambda w: {"choosing": w.choosing}),
    Row(
        f"{PROPOSALS}.choose_another",
        OF_COHORT,
        lambda w: {"proposal": proposal(w), "opportunity": w.second_opportunity},
    ),
    Row(f"{PROPOSALS}.lock", OF_COHORT, lambda w: {"proposal": proposal(w)}),
    Row(f"{PROPOSALS}.unlock", OF_COHORT, lambda w: {"proposal": proposal(w, is_locked=True)}),
    Row(f"{SUPERVISING}.name_supervisor", OF_COHORT, supervisor),
    Row(f"{SUPERVISING}.end_supervisor", OF_COHORT, lambda w: {"placement": w.placement}),
    Row(f"{SUPERVISING}.confirm_days", OF_COHORT, lambda w: {"placement": w.placement}),
    Row(
        f"{SUPERVISING}.object_to",
        OF_COHORT,
        lambda w: {"placement": w.placement, "day": w.waiting_day, "reason": "We were closed."},
    ),
    Row(
        f"{SUPERVISING}.answer",
        OF_COHORT,
        lambda w: {"placement": w.placement, "right": [w.waiting_day], "wrong": []},
    ),
    Row(
        "cohorts.actions.reports.give_report",
        PARTICIPANT,
        lambda w: {"report": w.own_report, "goes": "well", "text": "Fine."},
    ),
    Row(
        "cohorts.actions.reports.write_for_host",
        OF_COHORT,
        lambda w: {"report": w.host_report, "goes": "well", "text": "Fine."},
    ),
    Row(f"{PROPOSALS}.publish", OF_COHORT, lambda w: {"choosing": w.choosing}),
    *AFTERWARDS,
    *ON_THE_BOARD,
    *EVENTS,
]
