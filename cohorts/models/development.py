"""The development plan of a participant: goals, what is done for each, by whom and by when (L4, B50).

A goal is a page of the journal: its title, what is needed, and who may read it stand there (docs/adr/0065)."""

from datetime import date
from typing import Self

from django.db import models

from cohorts.models.enrolment import Enrolment
from cohorts.models.journal import JournalEntry
from cohorts.states.development import Owner, Theme
from steppingup import clock
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.fields import NameField

MOST_ACTIONS = 20
LONGEST_WORD = 1000


class GoalQuerySet(ScopedQuerySet["Goal"]):
    def of_place(self, enrolment: Enrolment) -> Self:
        """Those to come before those that are reached, in the order in which they were written."""
        own = self.filter(entry__enrolment=enrolment).select_related("entry").prefetch_related("actions")
        return own.order_by(models.F("reached_on").asc(nulls_first=True), "entry__written_at", "pk")


class Goal(models.Model):
    """What somebody wants to reach. Theirs alone, as the entry is that it belongs to."""

    retention = "With its journal entry: until the person deletes it."

    entry = models.OneToOneField(JournalEntry, on_delete=models.CASCADE, related_name="goal")
    theme = models.CharField(max_length=20, choices=Theme)
    review_on = models.DateField("when I look at it again", null=True, blank=True)
    reached_on = models.DateField("reached on", null=True, blank=True)
    outcome = models.TextField("what came of it", max_length=LONGEST_WORD, blank=True)

    visibility = Scope(through="entry")
    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = "goal of a development plan"
        verbose_name_plural = "goals of development plans"

    def __str__(self) -> str:
        """Without a word of it, as of every entry of a journal."""
        return "A goal"

    @property
    def actions_done(self) -> int:
        return sum(action.done_on is not None for action in self.actions.all())

    @property
    def actions_there(self) -> int:
        return len(self.actions.all())


class GoalActionQuerySet(ScopedQuerySet["GoalAction"]):
    def open(self) -> Self:
        """Not done, of a goal that is not reached."""
        return self.filter(done_on=None, goal__reached_on=None)

    def overdue(self, today: date) -> Self:
        return self.open().filter(due_on__lt=today)


class GoalAction(models.Model):
    """One step towards a goal: what, who does it, and by when."""

    retention = "With its goal."

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="actions")
    what = NameField(max_length=200)
    owner = models.CharField("who does it", max_length=20, choices=Owner, default=Owner.ME)
    due_on = models.DateField("by when", null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    written_at = models.DateTimeField(default=clock.now, editable=False)

    visibility = Scope(through="goal__entry")
    objects = GoalActionQuerySet.as_manager()

    class Meta:
        verbose_name = "action of a development plan"
        verbose_name_plural = "actions of development plans"
        ordering = (models.F("due_on").asc(nulls_last=True), "written_at", "pk")

    def __str__(self) -> str:
        return "An action"

    @property
    def is_overdue(self) -> bool:
        is_open = self.done_on is None and self.goal.reached_on is None
        return is_open and self.due_on is not None and self.due_on < clock.today()


def open_actions(enrolment: models.OuterRef) -> GoalActionQuerySet:
    """Those of a place that are the participant's own to do."""
    return GoalAction.objects.open().filter(goal__entry__enrolment=enrolment, owner=Owner.ME)
