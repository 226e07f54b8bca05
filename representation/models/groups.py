"""Groups that take part in a plan (R14): forums, worker groups, boards, with who is in them and when they met."""

from datetime import date
from typing import Self

import pghistory
from django.db import models
from django.db.models import F, Q

from representation.models.plan import LONGEST
from representation.permissions import RepresentationPermission
from representation.states import GroupKind
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import AddressField, NameField


class GroupQuerySet(ScopedQuerySet["Group"]):
    def for_steps(self) -> Self:
        return self.select_related("provider")


@pghistory.track()
class Group(models.Model):
    """A forum, a worker group, a board or a management team. `short`: what everybody calls it (“BWG”)."""

    retention = "As long as the provider keeps its plans."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = NameField(max_length=150)
    short = NameField("called", max_length=30, blank=True, help_text="What everybody calls it, such as “BWG”.")
    kind = models.CharField("what it is", max_length=20, choices=GroupKind)
    about = models.TextField("what it is for", max_length=LONGEST, blank=True)

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)
    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "name"],
                name="plan_group_once",
                violation_error_message="There is a group of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.short or self.name


class MemberQuerySet(ScopedQuerySet["GroupMember"]):
    def on(self, day: date) -> Self:
        """Those who are in it on this day."""
        return self.filter(Q(from_on=None) | Q(from_on__lte=day), Q(until_on=None) | Q(until_on__gte=day))


@pghistory.track()
class GroupMember(models.Model):
    """Somebody in a group, from a day until a day. Chairs with an email address are asked about what the group has taken on."""

    retention = "With the group; those who keep the plan remove it."

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    name = NameField(max_length=150)
    email = AddressField("email address", blank=True)
    is_chair = models.BooleanField("chairs it", default=False)
    from_on = DayField("since", null=True, blank=True)
    until_on = DayField("until", null=True, blank=True)

    visibility = Scope(through="group")
    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = "member of a group"
        verbose_name_plural = "members of groups"
        ordering = ("-is_chair", "name", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(from_on=None) | Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="plan_member_leaves_after",
                violation_error_message="They cannot leave before they joined.",
            )
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class GroupMeeting(ScopedModel):
    """A meeting of a group, and what came of it."""

    retention = "As long as the provider keeps its plans."

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="meetings")
    held_on = DayField("on", default=clock.today)
    place = NameField("where", max_length=200, blank=True)
    outcome = models.TextField("what came of it", max_length=LONGEST, blank=True)

    visibility = Scope(through="group")

    class Meta:
        verbose_name = "meeting of a group"
        verbose_name_plural = "meetings of groups"
        ordering = ("-held_on", "-pk")

    def __str__(self) -> str:
        return f"{self.group}, {self.held_on:%-d %B %Y}"
