"""Assignments: placements with a host, from where the part of the plan says (B7, B8)."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cohorts.models.enrolment import Enrolment
from cohorts.models.hosting import KEPT_IN_STEP, Hosting
from cohorts.models.plan import Component
from cohorts.states import COHORT_OVER, EnrolmentStatus
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import NameField
from steppingup.formats.recurring import EVERY, WEEKDAYS, in_words
from steppingup.history.guards import other_organisation, reach_of
from steppingup.history.sequences import sequence_rises

DAY_PARTS = [
    (Decimal("1.00"), "A whole day"),
    (Decimal("0.75"), "Three quarters of a day"),
    (Decimal("0.50"), "Half a day"),
    (Decimal("0.25"), "A quarter"),
]
RULE = "SELECT counterpart FROM cohorts_component WHERE id = NEW.component_id"
EMPLOYER = "SELECT employer_id FROM cohorts_enrolment WHERE id = NEW.enrolment_id"


@pghistory.track()
class Placement(ScopedModel):
    """A project or consultancy with a host, for up to the days of its component, which says where the host comes from.

    Host and contact are those of today; of an earlier day the hostings speak."""

    class Kind(models.TextChoices):
        PROJECT = "project", "Project"
        CONSULTANCY = "consultancy", "Consultancy"

    retention = "With the enrolment: 6 years after the cohort ends."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="placements")
    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, related_name="placements", verbose_name="part of the plan"
    )
    host = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="placements")
    kind = models.CharField(max_length=20, choices=Kind)
    title = NameField(max_length=150)
    description = models.TextField(blank=True)
    working_pattern = NameField(
        "pattern in words",
        max_length=120,
        blank=True,
        help_text="Such as “every Tuesday”, if the days of the week do not say it.",
    )
    # Monday is 0. With the first and the last day they make the planned days.
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=list(enumerate(WEEKDAYS))),
        verbose_name="days of the week",
        default=list,
        blank=True,
    )
    every_weeks = models.PositiveSmallIntegerField("in which weeks", default=1, choices=list(EVERY.items()))
    day_share = models.DecimalField(
        "how much of each day", max_digits=3, decimal_places=2, default=Decimal("1.00"), choices=DAY_PARTS
    )
    host_contact = NameField(max_length=150, blank=True)
    # What it came from, where it was offered to several (L6).
    opportunity = models.ForeignKey(
        "cohorts.Opportunity",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="placements",
        editable=False,
    )
    starts_on = DayField(null=True, blank=True)
    ends_on = DayField(null=True, blank=True)

    # The host cannot go on: from this day on there is none, until another takes it up.
    lost_on = models.DateField("host cannot go on since", null=True, blank=True, editable=False)
    lost_because = NameField("why the host cannot go on", max_length=300, blank=True, editable=False)

    # Counted by the database, for calendars of others.
    sequence = models.PositiveIntegerField(default=0, editable=False)

    visibility = Scope(through="enrolment")

    class Meta:
        verbose_name = "stretch assignment"
        ordering = ("component__order", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "component"],
                name="placement_once",
                violation_error_message="They have an assignment for this part of the plan already.",
            ),
            models.CheckConstraint(
                condition=Q(lost_on=None, lost_because="") | (Q(lost_on__isnull=False) & ~Q(lost_because="")),
                name="placement_lost_why",
                violation_error_message="Say why the host cannot go on, and since which day.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="placement_ends_after",
                violation_error_message="The assignment cannot end before it starts. Check both days.",
            ),
        ]
        triggers = [
            other_organisation(
                "host_is_another_organisation",
                "NEW.host_id",
                EMPLOYER,
                reach_of("NEW.enrolment_id"),
                "The host must be another organisation.",
                rule=RULE,
                own="The host must be their own organisation.",
            ),
            *KEPT_IN_STEP,
            sequence_rises("title", "host_id", "host_contact", "day_share"),
        ]

    def __str__(self) -> str:
        return f"{self.title} at {self.host}"

    @property
    def pattern(self) -> str:
        """“every Tuesday, half the day”; what was written where no days of the week were chosen. Both where both say something."""
        return ", ".join(
            filter(None, (in_words(self.weekdays, self.every_weeks, self.day_share), self.working_pattern))
        )

    @property
    def terms(self) -> dict[str, str]:
        """What is agreed between participant, employer and host, in words: another of these needs new signatures."""
        return {
            "What": f"{self.title} ({self.get_kind_display().lower()})",
            "What it is about": self.description.strip(),
            "Days": self.pattern,
            "From": english.day_date(self.starts_on) if self.starts_on else "",
            "To": english.day_date(self.ends_on) if self.ends_on else "",
        }

    @property
    def is_to_come_or_runs(self) -> bool:
        """Is somebody expected at its host, today or later? Without a last day as long as they are on the programme."""
        today, own = clock.today(), self.enrolment
        if own.status != EnrolmentStatus.ENROLLED or own.cohort.status in COHORT_OVER:
            return False
        is_lost = self.lost_on is not None and self.lost_on <= today
        return not is_lost and (self.ends_on is None or today <= self.ends_on)

    def host_on(self, day: date) -> Organisation:
        """Where it was on that day. Fetch `hostings__host` before asking for many."""
        return next((one.host for one in self.hostings.all() if one.covers(day)), self.host)

    def hosts_before(self) -> list[Hosting]:
        """Those that another host, or another person to ask for, came after; the first of them first."""
        return [one for one in self.hostings.all() if one.ends_on]

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about the assignment say of it."""
        return {**self.enrolment.message_facts, "assignment": self.title, "host": str(self.host)}


class PlacementDayQuerySet(ScopedQuerySet["PlacementDay"]):
    def standing(self) -> Self:
        """Those that were not removed."""
        return self.filter(removed_at=None)

    def waiting(self) -> Self:
        """Those that the host has still to confirm, and has said nothing against."""
        return self.standing().filter(waits=True, confirmed_at=None, objection="")

    def of_this_host(self) -> Self:
        """Those that were worked where the assignment is now: of days at another host nobody there knows."""
        then = Hosting.objects.on(OuterRef("on")).filter(placement=OuterRef("placement"))
        return self.filter(Exists(then.filter(host=OuterRef("placement__host"))))


class PlacementDay(models.Model):
    """A day, or part of one, that the participant worked on the assignment. Recording it posts to the ledger; where the part of the plan
    says that the host confirms it, confirming does."""

    retention = "With the enrolment: 6 years after the cohort ends."

    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="days")
    on = models.DateField()
    days = models.DecimalField(max_digits=8, decimal_places=6)  # also where they were recorded in hours
    what = NameField("what you did", max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # As its part of the plan said when it was recorded.
    waits = models.BooleanField("counts once it is confirmed", default=False, editable=False)
    confirmed_at = models.DateTimeField("confirmed", null=True, blank=True, editable=False)
    confirmed_by = NameField("confirmed by", max_length=150, blank=True, editable=False)
    objection = models.TextField("what is not right", blank=True, editable=False)

    visibility = Scope(through="placement")
    objects = PlacementDayQuerySet.as_manager()

    class Meta:
        ordering = ("on",)
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "on"], condition=Q(removed_at=None), name="placement_day_once"
            ),
            models.CheckConstraint(condition=Q(days__gt=0, days__lte=1), name="placement_day_at_most_one"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by="")
                | (Q(confirmed_at__isnull=False, objection="") & ~Q(confirmed_by="")),
                name="placement_day_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.in_words

    @property
    def host(self) -> Organisation:
        """Where it was worked."""
        return self.placement.host_on(self.on)

    @property
    def counts(self) -> bool:
        """Does it stand in the ledger?"""
        return self.removed_at is None and (not self.waits or self.confirmed_at is not None)

    @property
    def in_words(self) -> str:
        """“½ day on Tuesday 4 February 2020”, “3 hours on …”."""
        return f"{self.placement.component.said(self.days)} on {english.weekday_date(self.on)}"
