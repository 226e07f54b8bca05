"""Who has taken on an item of a plan, several at once (R10), and who was asked about it when (R16)."""

from datetime import date
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q

from representation.models.groups import Group
from representation.models.plan import ActionItem
from representation.states import ItemStatus
from steppingup import clock
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.fields import AddressField, NameField


class LeadQuerySet(ScopedQuerySet["ItemLead"]):
    def current(self) -> Self:
        return self.filter(ended_at=None)

    def for_steps(self) -> Self:
        return self.select_related("item__plan__provider", "item__section", "group").prefetch_related("group__members")

    def due(self, start: date, end: date) -> Self:
        """Those whose item's month ends between the two days, and is not achieved."""
        months = {date(day.year, day.month, 1) for day in (start, end)}
        found = self.current().filter(item__due_month__range=(min(months), max(months)))
        return found.exclude(item__status=ItemStatus.ACHIEVED)


@pghistory.track()
class ItemLead(models.Model):
    """A group or a role that has taken an item on, and whoever answers for it: the name and address here, or the chairs of the group."""

    retention = "With its item of a plan."

    item = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="leads")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.PROTECT, related_name="leads")
    role = NameField("role or post", max_length=150, blank=True)
    name = NameField("who answers for it", max_length=150, blank=True)
    email = AddressField("email address", blank=True)
    since = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField("ended", null=True, blank=True, editable=False)

    visibility = Scope(through="item")
    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = "lead of an item"
        verbose_name_plural = "leads of items"
        ordering = ("item", "since", "pk")
        constraints = [
            models.CheckConstraint(
                condition=(Q(group=None) & ~Q(role="")) | (Q(group__isnull=False) & Q(role="")),
                name="plan_lead_group_or_role",
                violation_error_message="Choose a group, or name a role: not both.",
            ),
            models.UniqueConstraint(
                fields=["item", "group"],
                condition=Q(ended_at=None, group__isnull=False),
                name="plan_lead_group_once",
                violation_error_message="They lead this item already.",
            ),
            models.UniqueConstraint(
                fields=["item", "role", "email"],
                condition=Q(ended_at=None, group=None),
                name="plan_lead_role_once",
                violation_error_message="They lead this item already.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.group) if self.group else self.role

    def asked(self) -> list[tuple[str, str]]:
        """Who is written to about it: name and address of each. Nobody, where none is known."""
        if self.email:
            return [(self.name, self.email)]
        if self.group is None:
            return []
        today = clock.today()
        return [
            (member.name, member.email)
            for member in self.group.members.all()
            if member.is_chair
            and member.email
            and not (member.until_on and member.until_on < today)
            and not (member.from_on and member.from_on > today)
        ]


class LeadRequest(ScopedModel):
    """Somebody was asked how an item is getting on: who, when and why. The link that was sent leads here."""

    retention = "With its lead of an item."

    lead = models.ForeignKey(ItemLead, on_delete=models.CASCADE, related_name="requests")
    name = NameField(max_length=150, blank=True)
    email = AddressField("email address")
    asked_at = models.DateTimeField("asked", default=clock.now)
    answered_at = models.DateTimeField("answered", null=True, blank=True)

    visibility = Scope(through="lead")

    class Meta:
        verbose_name = "question to a lead"
        verbose_name_plural = "questions to leads"
        ordering = ("-asked_at", "-pk")

    def __str__(self) -> str:
        return f"{self.name or self.email}: {self.lead}"

    @property
    def is_theirs(self) -> bool:
        """Does whoever was asked still answer for it? Not once the item has another lead, and not as a chair who has left."""
        return self.lead.ended_at is None and self.email in {email for _, email in self.lead.asked()}
