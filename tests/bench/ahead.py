"""The page before a step for fifty: what it costs to find out what would happen, by doing it and taking it back."""

import time
from dataclasses import dataclass
from typing import Any

from applications.actions import decisions, offers
from applications.models import Application
from applications.states import ApplicationStatus, Reason
from cohorts.models import Cohort
from steppingup.accounts.models import User
from steppingup.steps.step import Step
from steppingup.steps.taking import look_ahead
from tests.bench.measure import Backend
from tests.bench.pages import Counter

NUMBER, RUNS = 50, 5
WANTED_MS, MOST_QUERIES = 2000, 40  # for all of them; for each record

STEPS: tuple[tuple[Step[Any, Any], str, dict[str, Any]], ...] = (
    (decisions.shortlist, ApplicationStatus.IN_REVIEW, {}),
    (decisions.turn_down, ApplicationStatus.IN_REVIEW, {"reason": Reason.NOT_READY, "note": ""}),
    (offers.make, ApplicationStatus.WAITING, {}),
)


@dataclass(frozen=True)
class Cost:
    """Milliseconds for all, the best of a few; queries for each."""

    wall: float
    processor: float
    queries: float
    letters: int


def cost_of(cohort: Cohort, by: User, step: Step[Any, Any], status: str, values: dict[str, Any]) -> Cost:
    backend, wall, processor = Backend(), [], []
    for _ in range(RUNS):
        found = Application.objects.filter(cohort=cohort, status=status).order_by("pk").for_steps()[:NUMBER]
        start = time.perf_counter(), time.process_time() + backend.seconds()
        with Counter() as said:
            ahead = look_ahead(step, list(found), by=by, values=lambda _: values)
        wall.append((time.perf_counter() - start[0]) * 1000)
        processor.append((time.process_time() + backend.seconds() - start[1]) * 1000)
    return Cost(min(wall), min(processor), len(said) / NUMBER, len(ahead.letters))
