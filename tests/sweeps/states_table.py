"""Every lifecycle with the thing that goes through it, and what moves it: the steps, and what no person does (see ways.py)."""

from typing import Any

from steppingup.history.lifecycle import Lifecycle
from steppingup.steps.step import Step
from tests.sweeps.coaching import COACHING_SUBJECT
from tests.sweeps.internal import INTERNAL_MENTOR
from tests.sweeps.states_of_money import ADJUSTMENT, AGREEMENT, BURSARY, INVOICE, JOB, LIABILITY, MESSAGE
from tests.sweeps.states_of_plans import PAPER, PLAN_ITEM, POOL_ENTRY
from tests.sweeps.states_of_selection import APPLICATION, INTERVIEW, OFFER, REVIEW
from tests.sweeps.states_of_the_year import (
    ASSIGNMENT,
    BOOKING,
    CERTIFICATE,
    COHORT,
    COMPLAINT,
    CONCERN,
    COURSE_CHOICE,
    ENROLMENT,
    JOINT,
    OCCASION,
    OPPORTUNITY,
    PAIR,
    REGISTRATION,
    SHARING,
    STORY,
)
from tests.sweeps.ways import Way
from tests.sweeps.who_may import ROWS
from tests.sweeps.world import World

SUBJECTS = {
    "application": APPLICATION,
    "review": REVIEW,
    "interview": INTERVIEW,
    "offer": OFFER,
    "cohort": COHORT,
    "enrolment": ENROLMENT,
    "certificate": CERTIFICATE,
    "complaint": COMPLAINT,
    "concern": CONCERN,
    "story": STORY,
    "plan_item": PLAN_ITEM,
    "pool_entry": POOL_ENTRY,
    "paper": PAPER,
    "joint day": JOINT,
    "event": OCCASION,
    "internal mentor": INTERNAL_MENTOR,
    "coaching": COACHING_SUBJECT,
    "booking": BOOKING,
    "opportunity": OPPORTUNITY,
    "shared directory": SHARING,
    "fee agreement": AGREEMENT,
    "bursary request": BURSARY,
    "liability case": LIABILITY,
    "invoice": INVOICE,
    "adjustment": ADJUSTMENT,
    "pair": PAIR,
    "registration": REGISTRATION,
    "course choice": COURSE_CHOICE,
    "assignment": ASSIGNMENT,
    "job": JOB,
    "message": MESSAGE,
}


def by_step(step: Step[Any, Any]) -> Way:
    """The step as the first of those takes it who may, with what the table of who may gives it."""
    row = next(row for row in ROWS if row.action is step)

    def call(world: World, thing: Any) -> Any:
        return step(**{**row.given(world), step.noun: thing}, by=world.people[row.may[0]])

    return Way(call)


def ways_of(name: str) -> list[tuple[str, str, Way]]:
    """Each move of the lifecycle with each step that makes it: (move, step, way). What no person does stands in the table."""
    lifecycle, by_hand = Lifecycle.registry[name], SUBJECTS[name].ways
    found = []
    for move in lifecycle.moves:
        steps = {
            step.name: step for step in Step.registry.values() if step.lifecycle is lifecycle and move in step.moves
        }
        if move in by_hand:
            found.append((move, move, by_hand[move]))
            # A step that makes several moves, each in a way of its own, stands in the table with each of them.
            steps = {
                key: step
                for key, step in steps.items()
                if key in by_hand and key != move and key not in lifecycle.moves
            }
        found += [(move, key, by_hand.get(key) or by_step(step)) for key, step in steps.items()]
    return found


WAYS = [(name, *way) for name in sorted(SUBJECTS) for way in ways_of(name)]
IDS = [f"{name}-{move}" if move == step else f"{name}-{move} by {step}" for name, move, step, _ in WAYS]
