"""Voluntary Heads of Service (R7): the management teams of a council, how many are wanted in a year, and which assignment is at which team.

Nobody is kept here: a head is whoever has the assignment, as cohorts have it."""

from datetime import date
from typing import Any, Self

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value

from cohorts.models import Opportunity, Placement
from representation.models.plan import LONGEST
from representation.permissions import RepresentationPermission
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import NameField

MOST_HEADS = 500
IN_A_YEAR = [MinValueValidator(1), MaxValueValidator(MOST_HEADS)]


class _Whole(Func):
    """A number as the range that holds it alone, so that GiST compares it without an extension of PostgreSQL."""

    function = "int8range"

    def __init__(self, expression: Any) -> None:
        super().__init__(expression, expression, Value("[]"))


class _BothDays(Func):
    """From the first to the last day, both among them."""

    function, output_field = "daterange", DateRangeField()

    def __init__(self, first: Any, last: Any) -> None:
        super().__init__(first, last, Value("[]"))


class HeadsSchemeQuerySet(ScopedQuerySet["HeadsScheme"]):
    def for_steps(self) -> Self:
        return self.select_related("provider", "organisation")


@pghistory.track()
class HeadsScheme(models.Model):
    """A council has people of the programme in its own management teams: Leicester’s Voluntary Heads of Service, say."""

    retention = "As long as the provider keeps its plans: it is about teams and numbers, and names nobody."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="heads_schemes")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name="whose management teams"
    )
    name = NameField(max_length=150, default="Voluntary Heads of Service")
    about = models.TextField("what it is for", max_length=LONGEST, blank=True)

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)
    objects = HeadsSchemeQuerySet.as_manager()

    class Meta:
        verbose_name = "scheme of voluntary heads"
        verbose_name_plural = "schemes of voluntary heads"
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "organisation", "name"],
                name="heads_scheme_once",
                violation_error_message="There is a scheme of this name for this organisation already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ManagementTeamQuerySet(ScopedQuerySet["ManagementTeam"]):
    def between(self, first: date, last: date) -> Self:
        """Those that there were on a day of this time."""
        return self.filter(Q(since=None) | Q(since__lte=last), Q(until=None) | Q(until__gte=first))


@pghistory.track()
class ManagementTeam(models.Model):
    """A management team, from a day until a day: teams are merged and renamed, and a year has those that there were."""

    retention = "With its scheme of voluntary heads."

    scheme = models.ForeignKey(HeadsScheme, on_delete=models.CASCADE, related_name="teams")
    name = NameField(max_length=150)
    since = DayField("since", null=True, blank=True)
    until = DayField("until", null=True, blank=True)

    visibility = Scope(through="scheme")
    objects = ManagementTeamQuerySet.as_manager()

    class Meta:
        verbose_name = "management team"
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "name"],
                name="management_team_once",
                violation_error_message="There is a management team of this name already.",
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
                name="management_team_ends_after",
                violation_error_message="The team cannot end before it began.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class HeadsYear(ScopedModel):
    """A year of a scheme: its dates, how many heads are wanted, and how many there is room for (R7). Its label is worked out of its dates.
    Once it is over it stays as it was."""

    retention = "With its scheme of voluntary heads."

    scheme = models.ForeignKey(HeadsScheme, on_delete=models.CASCADE, related_name="years")
    starts_on = DayField("begins")
    ends_on = DayField("ends")
    target = models.PositiveSmallIntegerField("how many are wanted", validators=IN_A_YEAR)
    capacity = models.PositiveSmallIntegerField("how many there is room for", validators=IN_A_YEAR)

    visibility = Scope(through="scheme")

    class Meta:
        verbose_name = "year of voluntary heads"
        verbose_name_plural = "years of voluntary heads"
        ordering = ("-starts_on", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="heads_year_ends_after",
                violation_error_message="The year ends before it begins. Check both days.",
            ),
            models.CheckConstraint(
                condition=Q(target__gte=1, capacity__gte=F("target")),
                name="heads_year_has_room",
                violation_error_message="There has to be room for as many as are wanted, and for one at least.",
            ),
            ExclusionConstraint(
                name="heads_year_one_at_a_time",
                expressions=[
                    (_Whole(F("scheme")), RangeOperators.OVERLAPS),
                    (_BothDays(F("starts_on"), F("ends_on")), RangeOperators.OVERLAPS),
                ],
                violation_error_message="These days belong to another year of the scheme already.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """“2031/32”; “2031” for one that lies within a calendar year."""
        first, last = self.starts_on.year, self.ends_on.year
        return str(first) if first == last else f"{first}/{last % 100:02}"

    @property
    def is_over(self) -> bool:
        return self.ends_on < clock.today()

    @property
    def in_words(self) -> str:
        return f"{english.day_date(self.starts_on)} to {english.day_date(self.ends_on)}"


class TeamTieQuerySet(ScopedQuerySet["TeamTie"]):
    def for_steps(self) -> Self:
        return self.select_related("team", "placement__enrolment__cohort", "opportunity__cohort")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class TeamTie(models.Model):
    """This assignment is at that management team; or what a team offers, so that each assignment that comes of it is."""

    retention = "With the assignment, or what was offered: 6 years after the cohort ends."

    team = models.ForeignKey(ManagementTeam, on_delete=models.PROTECT, related_name="ties")
    placement = models.OneToOneField(
        Placement, null=True, blank=True, on_delete=models.CASCADE, related_name="team_tie", verbose_name="assignment"
    )
    opportunity = models.OneToOneField(
        Opportunity, null=True, blank=True, on_delete=models.CASCADE, related_name="team_tie"
    )

    visibility = Scope(through="team")
    objects = TeamTieQuerySet.as_manager()

    class Meta:
        verbose_name = "assignment at a management team"
        verbose_name_plural = "assignments at management teams"
        ordering = ("team__name", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(placement=None, opportunity__isnull=False) | Q(placement__isnull=False, opportunity=None),
                name="team_tie_of_one",
                violation_error_message="Choose an assignment or an opportunity, one of the two.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} at {self.team}"

    @property
    def what(self) -> str:
        """“Head of libraries (Spring 2031)”. It names nobody."""
        if self.placement is not None:
            return f"{self.placement.title} ({self.placement.enrolment.cohort.name})"
        assert self.opportunity is not None
        return f"{self.opportunity.title} ({self.opportunity.cohort.name}, offered)"
