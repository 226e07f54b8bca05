"""Who looks after a participant at the host, and by which link they confirm the days that were worked there (B10)."""

from typing import Any, Self

import pghistory
from django.db import models

from cohorts.models.placement import Placement
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.fields import AddressField, NameField


class SupervisorQuerySet(ScopedQuerySet["Supervisor"]):
    def working(self) -> Self:
        """Those whose link has not been ended, of people who are on the programme."""
        return self.filter(ended_at=None, placement__enrolment__status=EnrolmentStatus.ENROLLED)

    def for_steps(self) -> Self:
        of = "placement__enrolment"
        return self.select_related(
            *("placement__host", "placement__component", f"{of}__participant", f"{of}__employer"),
            *(f"{of}__cohort__programme__provider", f"{of}__cohort__plan"),
        )


@pghistory.track()
class Supervisor(models.Model):
    """Somebody at the host of an assignment, without an account: the link that they were sent shows what they need, and no more."""

    retention = "With the enrolment: 6 years after the cohort ends. The link works for 60 days, or until it is ended."

    placement = models.OneToOneField(Placement, on_delete=models.CASCADE, related_name="supervisor")
    name = NameField(max_length=150)
    email = AddressField("email address")
    named_at = models.DateTimeField(default=clock.now, editable=False)
    # When they were last written to about days: at most once a day.
    told_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    visibility = Scope(through="placement")
    objects = SupervisorQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.name}, {self.placement.host}"

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails to them say of it."""
        return self.placement.message_facts
