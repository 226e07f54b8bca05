"""What people do for themselves, and what is refused about oneself: peer groups, reports, and what is written in confidence."""

from typing import Any

from cohorts.models import Grouping, GroupProposal, PlacementReport
from tests.factories.coaching import BEYOND, CoachFactory, asked_for

FOR_ONESELF_TOO = [
    # What people near the line agree to and answer is theirs alone: tests/applications/test_line.py
    *(f"applications.line.{name}" for name in ("agree", "answer", "ask_near_the_line", "resume", "stop", "take*")),
    "cohorts.complaints.*",  # about no participant's place
    "representation.*",
    "cohorts.asking_for_stories.*",
    "cohorts.stories.*",  # of one's own a colleague takes care: tests/cohorts/test_stories.py
    "cohorts.concerns.*",  # by whoever it was written to alone
    "cohorts.registers.*",  # answers for each mark: tests/cohorts/test_registers_offline.py
    "cohorts.writing.*",
    "cohorts.peers.*",
    "cohorts.internal.*",
    *(
        "cohorts.coaches.*",
        "cohorts.coaching_needs.*",  # by the participant alone
        "cohorts.coaching_support.holds",
        "cohorts.coaching_support.re*",
        "cohorts.coaching_support.support",
    ),
    *(f"cohorts.coaching.{name}" for name in ("ask_anew_*", "end*", "note_session", "re[qm]*", "stands")),
    "cohorts.reports.give_report",
    # About everybody of a cohort; of one person's proposal each asks.
    *(f"cohorts.grouping.{name}" for name in ("propose*", "set_number", "work_out")),
    "cohorts.grouping.make_groups",
    "cohorts.keeping_apart.*",
    "cohorts.confirming.*",
    "modules.talks.*",
    "modules.feedback.*",
]


def refused_of_groups(place: Any, placement: Any) -> dict[str, dict[str, Any]]:
    """Every such action that is refused about oneself, and what it is given."""
    grouping = Grouping.objects.create(cohort=place.cohort, number=2)
    proposal = GroupProposal.objects.create(grouping=grouping, enrolment=place, number=1)
    one = asked_for(place)
    report = PlacementReport.objects.create(placement=placement, moment="end", side="host")
    return {
        "cohorts.grouping.put_elsewhere": {"proposal": proposal, "number": 2},
        "cohorts.grouping.lock": {"proposal": proposal},
        "cohorts.grouping.unlock": {"proposal": proposal},
        "cohorts.coaching.arrange": {
            "coaching": one,
            "coach": CoachFactory(provider=place.cohort.programme.provider),
            "dates": "x",
            "cost": 0,
            "is_within": True,
        },
        "cohorts.coaching.decline": {"coaching": one, "reason": "x"},
        "cohorts.coaching.answer_anew": {"coaching": one, "reason": "x"},
        "cohorts.coaching.reopen": {"coaching": one},
        "cohorts.coaching_support.ask_employer": {"coaching": one, **BEYOND},
        "cohorts.reports.write_for_host": {"report": report, "goes": "well", "text": "x"},
    }
