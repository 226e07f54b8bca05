"""Who looks after somebody who is stuck, and until when the list leaves them out."""

from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Q

from cohorts.models.enrolment import Enrolment
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.fields import NameField


class FollowUpQuerySet(ScopedQuerySet["FollowUp"]):
    def asleep(self, day: Any) -> Self:
        return self.filter(snoozed_until__gt=day)


@pghistory.track()
class FollowUp(models.Model):
    """What staff do about one kind of trouble of one participant: whose task it is, and until which day it need not be looked at, and
    why."""

    retention = "With the enrolment: 6 years after the cohort ends."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="follow_ups")
    kind = models.SlugField(max_length=40)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    snoozed_until = models.DateField("not again before", null=True, blank=True)
    reason = NameField(max_length=300, blank=True)

    visibility = Scope(through="enrolment")
    objects = FollowUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "kind"], name="follow_up_once"),
            models.CheckConstraint(
                condition=Q(snoozed_until=None, reason="") | (Q(snoozed_until__isnull=False) & ~Q(reason="")),
                name="follow_up_snoozed_why",
            ),
        ]

    def __str__(self) -> str:
        until = f", not before {english.day_date(self.snoozed_until)}" if self.snoozed_until else ""
        return f"{self.enrolment.participant}: {self.kind}{until}"
