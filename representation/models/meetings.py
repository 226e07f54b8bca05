"""Meetings that go through a plan, item by item: what was said of each, what was decided, and when to look again."""

from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import F, Q

from representation.models.groups import Group
from representation.models.plan import LONGEST, ActionItem, ActionPlan, ProgressReport
from steppingup import clock
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.date_fields import DayField


class PlanMeetingQuerySet(ScopedQuerySet["PlanMeeting"]):
    def for_steps(self) -> Self:
        return self.select_related("plan__provider", "group")


@pghistory.track()
class PlanMeeting(models.Model):
    """A review of a plan on a day. While it is open, items are gone through one by one; closed, it stays as it was."""

    retention = "With its action plan."

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="meetings")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.PROTECT, related_name="reviews")
    held_on = DayField("on", default=clock.today)
    present = models.TextField("who was there", max_length=LONGEST, blank=True)
    next_on = DayField("next meeting", null=True, blank=True)
    closed_at = models.DateTimeField("closed", null=True, blank=True, editable=False)

    visibility = Scope(through="plan")
    objects = PlanMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "review of a plan"
        verbose_name_plural = "reviews of plans"
        ordering = ("-held_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(next_on=None) | Q(next_on__gt=F("held_on")),
                name="plan_meeting_next_after",
                violation_error_message="The next meeting comes after this one.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan}, {self.held_on:%-d %B %Y}"

    def items(self) -> Any:
        """Those that it goes through, in the order of the plan."""
        return self.plan.items.in_order()


@pghistory.track()
class MeetingDecision(ScopedModel):
    """What a meeting said and decided about one item, and when to look at it again."""

    retention = "With its review of a plan."

    meeting = models.ForeignKey(PlanMeeting, on_delete=models.CASCADE, related_name="decisions")
    item = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="decisions")
    report = models.ForeignKey(ProgressReport, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decision = models.TextField(max_length=LONGEST, blank=True)
    next_on = DayField("to be looked at again", null=True, blank=True)

    visibility = Scope(through="meeting")

    class Meta:
        verbose_name = "decision of a review"
        verbose_name_plural = "decisions of reviews"
        ordering = ("meeting", "item__order", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "item"],
                name="plan_decision_once",
                violation_error_message="This meeting has been through this item already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.item}"
