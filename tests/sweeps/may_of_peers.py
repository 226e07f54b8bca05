"""Who may act on peer groups."""

from typing import Any

from cohorts.models import Grouping, GroupProposal
from cohorts.states.peers import Half
from tests.factories.cohorts import day
from tests.sweeps.may import OF_COHORT, PARTICIPANT, Row
from tests.sweeps.refusals import change
from tests.sweeps.world import World

APART, GROUPING, PEERS = "cohorts.actions.keeping_apart", "cohorts.actions.grouping", "cohorts.actions.peers"
WORDS = {"kind": "notes", "title": "A title", "text": "A text"}


def own(w: World, **more: Any) -> dict[str, Any]:
    return {"enrolment": w.enrolment, **more}


def nothing_proposed(w: World) -> dict[str, Any]:
    Grouping.objects.filter(cohort=w.running).delete()
    return {"cohort": w.running, "number": 2}


def locked(w: World) -> GroupProposal:
    change(w.group_proposal, is_locked=True)
    return GroupProposal.objects.for_steps().get(pk=w.group_proposal.pk)


def nobody_asked(w: World) -> dict[str, Any]:
    w.peer_poll.delete()
    weekdays = (1, 2, 3, 4, 5)
    return own(w, title="When?", first=day(1), last=day(9), weekdays=weekdays, halves=tuple(Half))


PEERS_MAY = [
    Row(f"{GROUPING}.propose_groups", OF_COHORT, nothing_proposed),
    Row(f"{GROUPING}.set_number", OF_COHORT, lambda w: {"grouping": w.grouping, "number": 3}),
    Row(
        f"{APART}.keep_apart",
        OF_COHORT,
        lambda w: {"grouping": w.grouping, "one": w.enrolment, "other": w.alone},
    ),
    Row(f"{APART}.let_together", OF_COHORT, lambda w: {"pair": w.apart}),
    Row(f"{GROUPING}.propose", OF_COHORT, lambda w: {"grouping": w.grouping}),
    Row(f"{GROUPING}.work_out", OF_COHORT, lambda w: {"grouping": w.grouping}),
    Row(f"{GROUPING}.put_elsewhere", OF_COHORT, lambda w: {"proposal": w.group_proposal, "number": 1}),
    Row(f"{GROUPING}.lock", OF_COHORT, lambda w: {"proposal": w.group_proposal}),
    Row(f"{GROUPING}.unlock", OF_COHORT, lambda w: {"proposal": locked(w)}),
    Row(f"{GROUPING}.make_groups", OF_COHORT, lambda w: {"grouping": w.grouping}),
    Row(f"{PEERS}.keep_card", PARTICIPANT, lambda w: own(w, about="I lead a team.")),
    Row(f"{PEERS}.write", PARTICIPANT, lambda w: own(w, **WORDS)),
    Row(f"{PEERS}.change", PARTICIPANT, lambda w: own(w, paper=w.peer_paper, version=1, **WORDS)),
    Row(f"{PEERS}.delete", PARTICIPANT, lambda w: own(w, paper=w.peer_paper)),
    Row(f"{PEERS}.ask_when", PARTICIPANT, nobody_asked),
    Row(f"{PEERS}.answer", PARTICIPANT, lambda w: own(w, poll=w.peer_poll, answers={w.half_day.pk: "yes"})),
    Row(f"{PEERS}.choose", PARTICIPANT, lambda w: own(w, poll=w.peer_poll, half_day=w.half_day)),
    Row(f"{PEERS}.call_off", PARTICIPANT, lambda w: own(w, poll=w.peer_poll)),
    Row(
        f"{PEERS}.set_date",
        OF_COHORT,
        lambda w: {
            "poll": w.chosen_poll,
            "starts_at": w.chosen_poll.chosen.span[0],
            "ends_at": w.chosen_poll.chosen.span[1],
        },
    ),
]
