"""What participant and host say of an assignment, half-way and at the end (B10, B54)."""

from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Q

from cohorts.models.placement import Placement
from cohorts.states import EnrolmentStatus
from cohorts.states.reports import Goes, Moment, Side
from steppingup import clock
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.fields import NameField

LONGEST = 10_000


class PlacementReportQuerySet(ScopedQuerySet["PlacementReport"]):
    def waiting(self) -> Self:
        """Asked for, and not given, by people who are on the programme."""
        return self.filter(given_at=None, placement__enrolment__status=EnrolmentStatus.ENROLLED)

    def given(self) -> Self:
        return self.exclude(given_at=None)

    def for_steps(self) -> Self:
        of = "placement__enrolment"
        return self.select_related(
            *("placement__host", "placement__component", f"{of}__participant", f"{of}__employer"),
            *(f"{of}__cohort__programme__provider", f"{of}__cohort__plan"),
        )


@pghistory.track()
class PlacementReport(models.Model):
    """One side's look at an assignment at one moment: asked for by the clock, then given. Participant, host and staff read what either
    wrote; the line manager reads what was written at the end."""

    retention = "With the enrolment: 6 years after the cohort ends."

    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="reports")
    moment = models.CharField("when", max_length=10, choices=Moment)
    side = models.CharField("by whom", max_length=12, choices=Side)
    asked_at = models.DateTimeField("asked for", default=clock.now, editable=False)
    reminded_at = models.DateTimeField("reminded", null=True, blank=True, editable=False)
    goes = models.CharField("how it goes", max_length=10, choices=Goes, blank=True)
    text = models.TextField("what they say", max_length=LONGEST, blank=True)
    # Half-way: what would help. At the end: what it changed.
    more = models.TextField("what would help, or what came of it", max_length=LONGEST, blank=True)
    given_at = models.DateTimeField("given", null=True, blank=True, editable=False)
    given_by = NameField("given by", max_length=150, blank=True, editable=False)

    visibility = Scope(through="placement")
    objects = PlacementReportQuerySet.as_manager()

    class Meta:
        verbose_name = "report on an assignment"
        verbose_name_plural = "reports on assignments"
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["placement", "moment", "side"], name="report_once"),
            models.CheckConstraint(
                condition=Q(given_at=None, given_by="", goes="", text="")
                | (Q(given_at__isnull=False) & ~Q(given_by="") & ~Q(goes="") & ~Q(text="")),
                name="report_given_with_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_moment_display()}, {self.get_side_display().lower()}: {self.placement}"

    @property
    def is_end(self) -> bool:
        return self.moment == Moment.END

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        return self.placement.message_facts
