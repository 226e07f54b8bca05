"""Goals of a development plan, each with something to do."""

from datetime import date
from typing import Any

from cohorts.actions import development
from cohorts.models import Goal
from tests.factories.cohorts import day


def goal_of(enrolment: Any, word: str = "Chairing", due_on: date | None = None) -> Goal:
    by = enrolment.participant
    goal = development.set_goal(
        enrolment=enrolment, title=f"{word} the board", text=f"{word} without notes", theme="leading", by=by
    )
    development.add_action(goal=goal, what=f"{word}: watch how it is done", due_on=due_on or day(30), by=by)
    return Goal.objects.select_related("entry__enrolment").get(pk=goal.pk)
