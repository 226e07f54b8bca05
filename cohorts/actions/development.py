"""The development plan: goals with a theme, what is done for each, looked at again and reached. Only the participant does any of it; who
may read a goal is said as of every entry of the journal (`cohorts.actions.journal`)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from cohorts.actions import journal
from cohorts.actions.journal import require_writer
from cohorts.models import Enrolment, Goal, GoalAction
from cohorts.models.development import LONGEST_WORD, MOST_ACTIONS
from cohorts.states.development import Owner, Theme
from steppingup import clock
from steppingup.accounts.actors import Actor
from steppingup.formats import english
from steppingup.history.lifecycle import refuse_if, required

NO_GOAL, NO_NEED = "Say what you want to reach.", "Say why, or what you need for it."
NO_ACTION, NO_THEME = "Say what is to be done.", "Choose what it is about."
NO_OWNER = "Choose who does it."
PAST = "This day is over. Enter today or a later day, or leave it empty."
FUTURE = "This day is in the future. Enter today or an earlier day."


def _checked(theme: str, review_on: date | None, before: date | None = None) -> dict[str, Any]:
    refuse_if(theme not in Theme.values, NO_THEME, "no_theme", field="theme")
    refuse_if(review_on and review_on != before and review_on < clock.today(), PAST, "past", field="review_on")
    return {"theme": theme, "review_on": review_on}


@transaction.atomic
def set_goal(
    *,
    enrolment: Enrolment,
    title: str,
    text: str,
    theme: str,
    by: Actor,
    review_on: date | None = None,
    submission: UUID | None = None,
) -> Goal:
    """A goal that only its writer reads. The same `submission` again returns what it made.

    Raises NotAllowed for anybody but the participant, and NotPossible without words or a theme, or to be looked at on a day that is
    over."""
    given = _checked(theme, review_on)
    title, text = required(title, NO_GOAL, "title"), required(text, NO_NEED, "text")
    entry = journal.write(enrolment=enrolment, title=title, text=text, on=clock.today(), by=by, submission=submission)
    return Goal.objects.get_or_create(entry=entry, defaults=given)[0]


@transaction.atomic
def change_goal(*, goal: Goal, title: str, text: str, theme: str, by: Actor, review_on: date | None = None) -> Goal:
    """Other words, another theme, another day to look at it. Whoever reads it reads it so. Raises as `set_goal` does."""
    require_writer(by, goal.entry)
    given = _checked(theme, review_on, goal.review_on)
    title, text = required(title, NO_GOAL, "title"), required(text, NO_NEED, "text")
    goal.entry = journal.change(entry=goal.entry, title=title, text=text, on=goal.entry.on, by=by)
    return _keep(goal, **given)


@transaction.atomic
def reach(*, goal: Goal, on: date, by: Actor, outcome: str = "") -> Goal:
    """The goal is reached, and what came of it. Raises NotPossible for a day to come, and once it is reached."""
    require_writer(by, goal.entry)
    refuse_if(goal.reached_on, "You have reached this goal already.", "reached")
    refuse_if(on > clock.today(), FUTURE, "too_early", field="on")
    refuse_if(len(outcome) > LONGEST_WORD, f"Keep it to {LONGEST_WORD:,} characters.", "too_long", field="outcome")
    return _keep(goal, reached_on=on, outcome=outcome.strip())


@transaction.atomic
def take_up_again(*, goal: Goal, by: Actor) -> Goal:
    """It is not reached after all. What was said of it stays until it is reached again."""
    require_writer(by, goal.entry)
    refuse_if(not goal.reached_on, "You have not reached this goal yet.", "not_reached")
    return _keep(goal, reached_on=None)


def _keep(goal: Goal, **given: Any) -> Goal:
    """Whoever reads it is told that it has changed only where it has."""
    if all(getattr(goal, name) == value for name, value in given.items()):
        return goal
    for name, value in given.items():
        setattr(goal, name, value)
    goal.save(update_fields=list(given))
    _has_changed(goal)
    return goal


def _has_changed(goal: Goal) -> None:
    """Whoever reads it has something to read again."""
    goal.entry.changed_at = clock.now()
    goal.entry.save(update_fields=["changed_at"])


# -- what is done for it -------------------------------------------------------------------------------


@transaction.atomic
def add_action(*, goal: Goal, what: str, by: Actor, owner: str = Owner.ME, due_on: date | None = None) -> GoalAction:
    """Something to do for it. Raises NotPossible without words, for too many, and for a day that is over."""
    require_writer(by, goal.entry)
    what = required(what, NO_ACTION, "what")
    refuse_if(owner not in Owner.values, NO_OWNER, "no_owner", field="owner")
    refuse_if(due_on and due_on < clock.today(), PAST, "past", field="due_on")
    refuse_if(
        goal.actions.count() >= MOST_ACTIONS,
        f"A goal can have {english.counted(MOST_ACTIONS, 'action')}. Remove one first, or make another goal of it.",
        "too_many_actions",
    )
    made = GoalAction.objects.create(goal=goal, what=what, owner=owner, due_on=due_on)
    _has_changed(goal)
    return made


@transaction.atomic
def change_action(*, action: GoalAction, what: str, by: Actor, owner: str, due_on: date | None = None) -> GoalAction:
    """Other words, somebody else who does it, another day. Whether it is done stays as it is. Raises as `add_action` does."""
    require_writer(by, action.goal.entry)
    what = required(what, NO_ACTION, "what")
    refuse_if(owner not in Owner.values, NO_OWNER, "no_owner", field="owner")
    refuse_if(due_on and due_on != action.due_on and due_on < clock.today(), PAST, "past", field="due_on")
    if (what, owner, due_on) != (action.what, action.owner, action.due_on):
        action.what, action.owner, action.due_on = what, owner, due_on
        action.save(update_fields=["what", "owner", "due_on"])
        _has_changed(action.goal)
    return action


@transaction.atomic
def mark_done(*, action: GoalAction, by: Actor) -> GoalAction:
    """Done today; once more changes nothing."""
    require_writer(by, action.goal.entry)
    if action.done_on is None:
        action.done_on = clock.today()
        action.save(update_fields=["done_on"])
        _has_changed(action.goal)
    return action


@transaction.atomic
def mark_open(*, action: GoalAction, by: Actor) -> GoalAction:
    """Not done after all."""
    require_writer(by, action.goal.entry)
    if action.done_on is not None:
        action.done_on = None
        action.save(update_fields=["done_on"])
        _has_changed(action.goal)
    return action


@transaction.atomic
def remove_action(*, action: GoalAction, by: Actor) -> None:
    """Nothing of it is kept."""
    require_writer(by, action.goal.entry)
    goal = action.goal
    action.delete()
    _has_changed(goal)
