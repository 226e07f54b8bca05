"""Personality-type tools and other diagnostics that participants have taken, on record (L10); never what came of them.

What somebody took from a tool is a page of their journal (docs/adr/0078): theirs alone, until they share it."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import QuerySet

from cohorts.models import Enrolment, JournalEntry
from representation.states import PaidBy
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.date_fields import DayField
from steppingup.formats.dates import PAST
from steppingup.formats.fields import NameField

#: As its participant reads who paid.
TO_THEM = {PaidBy.EMPLOYER: "Your employer", PaidBy.THEMSELVES: "You"}


class ToolTakenQuerySet(ScopedQuerySet["ToolTaken"]):
    def for_steps(self) -> Self:
        return self.select_related("enrolment__participant", "enrolment__cohort__programme__provider")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class ToolTaken(models.Model):
    """That somebody took a tool: which, when, and who arranged and paid for it. There is no column for what came of it."""

    retention = "With the enrolment: 6 years after the cohort ends, unless it is removed before."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="tools_taken")
    name = NameField("which tool", max_length=150)
    taken_on = DayField("taken on", within=PAST)
    arranged_by = NameField("who arranged it", max_length=150, blank=True)
    paid_by = models.CharField("who paid for it", max_length=20, choices=PaidBy)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    recorded_at = models.DateTimeField("recorded", default=clock.now, editable=False)

    visibility = Scope(through="enrolment", about="enrolment__participant")
    objects = ToolTakenQuerySet.as_manager()

    class Meta:
        verbose_name = "tool taken"
        verbose_name_plural = "tools taken"
        ordering = ("-taken_on", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "name", "taken_on"],
                name="tool_taken_once",
                violation_error_message="This is on record already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {english.day_date(self.taken_on)}"

    @property
    def paid_in_words(self) -> str:
        """To its participant: “Your employer”."""
        return TO_THEM.get(PaidBy(self.paid_by), self.get_paid_by_display())


class ToolResult(ScopedModel):
    """What somebody took from a tool: an entry of their journal, which has all of its words. No history is kept of it, and staff do not
    learn that there is one."""

    retention = "With its journal entry: until the person deletes it."

    tool = models.OneToOneField(ToolTaken, on_delete=models.CASCADE, related_name="result")
    entry = models.OneToOneField(JournalEntry, on_delete=models.CASCADE, related_name="tool_result")

    visibility = Scope(through="entry")

    class Meta:
        verbose_name = "what somebody took from a tool"
        verbose_name_plural = "what people took from tools"

    def __str__(self) -> str:
        """Without a word of it, as of every entry of a journal."""
        return "What somebody took from a tool"


def tools_of(enrolment: Enrolment) -> "QuerySet[ToolTaken]":
    """Those of a place, each with what was written about it."""
    return ToolTaken.objects.filter(enrolment=enrolment).select_related("result__entry")
