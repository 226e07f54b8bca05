"""The page before a step for fifty: what it costs to find out what would happen, by doing it and taking it back."""

import time
from dataclasses import dataclass
from typing import Any

from applications.actions import decisions, offers
from applications.models import Application
from applications.states import ApplicationStatus
from cohorts.models import Cohort
from steppingup.accounts.models import User
from steppingup.steps.step import Step
from steppingup.steps.taking import Lookahead, look_ahead
from tests.bench.measure import Backend
from tests.bench.pages import Counter

NUMBER, RUNS = 50, 5
WANTED_MS, MOST_QUERIES = 2000, 25  # for all of them; for each record

#: A step, the status of those that it is taken for, and what its form says.
Case = tuple[Step[Any, Any], str, dict[str, Any]]

STEPS: tuple[Case, ...] = (
    (decisions.shortlist, ApplicationStatus.IN_REVIEW, {}),
    (decisions.turn_down, ApplicationStatus.IN_REVIEW, {"reason": "not_ready", "note": ""}),
    (offers.make, ApplicationStatus.WAITING, {}),
)


@dataclass(frozen=True)
class Cost:
    """Milliseconds for all, the best of a few; queries for each."""

    wall: float
    processor: float
    queries: float
    letters: int


def ahead_of(cohort: Cohort, by: User, case: Case, number: int = NUMBER) -> tuple[Lookahead, float]:
    """What would come of it for so many, and the queries for each."""
    step, status, values = case
    found = list(Application.objects.filter(cohort=cohort, status=status).order_by("pk").for_steps()[:number])
    with Counter() as said:
        ahead = look_ahead(step, found, by=by, values=lambda _: values)
    return ahead, len(said) / len(found)


def cost_of(cohort: Cohort, by: User, case: Case) -> Cost:
    backend, wall, processor = Backend(), [], []
    for _ in range(RUNS):
        start = time.perf_counter(), time.process_time() + backend.seconds()
        ahead, queries = ahead_of(cohort, by, case)
        wall.append((time.perf_counter() - start[0]) * 1000)
        processor.append((time.process_time() + backend.seconds() - start[1]) * 1000)
    return Cost(min(wall), min(processor), queries, len(ahead.letters))
