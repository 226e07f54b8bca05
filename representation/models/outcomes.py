"""Did a programme work (B58)? Which programmes the equality lead follows up, and what was published of what became of their graduates."""

from datetime import date, timedelta
from typing import Any, Self

import pghistory
from django.core.validators import MinValueValidator
from django.db import models

from cohorts.models import Programme
from representation.measuring.outcomes import Tally
from representation.permissions import RepresentationPermission
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.history.encryption import EncryptedJSONField
from steppingup.history.lifecycle import append_only

#: So long figures stand before there are newer ones. Fixed by the calendar, so that when they come tells nothing of who has answered.
APART = timedelta(days=90)


class OutcomeStudyQuerySet(ScopedQuerySet["OutcomeStudy"]):
    def for_steps(self) -> Self:
        return self.select_related("programme__provider")


@pghistory.track()
class OutcomeStudy(models.Model):
    """A programme of which the equality lead asks whether it worked."""

    retention = "Holds no personal data."

    programme = models.OneToOneField(
        Programme,
        on_delete=models.CASCADE,
        related_name="outcome_study",
        error_messages={"unique": "This programme is followed up already. Open it in the list."},
    )

    # What the cost is worked out from; each may stay empty, and is left out then.
    released_day = models.DecimalField(
        "what a released day costs the employer (£)",
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="Each day that participants did is counted with it.",
    )
    coordinator_days = models.DecimalField(
        "days that running the programme took",
        max_digits=7,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="Of coordinators, for all the cohorts that have graduates.",
    )
    coordinator_day = models.DecimalField(
        "what such a day costs (£)",
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="programme__provider", whole=True)
    objects = OutcomeStudyQuerySet.as_manager()

    class Meta:
        verbose_name = "programme followed up"
        verbose_name_plural = "programmes followed up"
        ordering = ("programme__name", "pk")

    def __str__(self) -> str:
        return str(self.programme)


class OutcomeRelease(ScopedModel):
    """What was published on a day, never changed and never taken back: whatever is published later is held against it.

    `contents` is what everybody reads who sees it: the day, the moments, the cohorts, and a row for each outcome, moment and group of people
    with numbers that are rounded by lot. `apart` has by how much the true numbers lay above; no page shows it."""

    retention = "As long as the programme: rounded counts, without names."

    study = models.ForeignKey(OutcomeStudy, on_delete=models.PROTECT, related_name="releases")
    made_at = models.DateTimeField("published", default=clock.now)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contents = models.JSONField()
    apart = EncryptedJSONField()

    visibility = Scope(through="study")

    class Meta:
        verbose_name = "release of outcomes"
        verbose_name_plural = "releases of outcomes"
        ordering = ("-made_at", "-pk")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.study}, {self.made_on:%-d %B %Y}"

    @property
    def made_on(self) -> date:
        return date.fromisoformat(self.contents["on"])

    @property
    def moments(self) -> list[int]:
        return list(self.contents["moments"])

    @property
    def cohorts(self) -> dict[int, str]:
        """By their names of that day, with how many graduates each had."""
        return {pk: name for pk, name, _ in self.contents["cohorts"]}

    def tallies(self) -> dict[tuple[int, str, int], Tally]:
        """By group (0 is the whole programme), outcome and months. What has no number is not there."""
        rows: list[list[Any]] = self.contents["rows"]
        return {(group, outcome, months): Tally(*numbers) for group, outcome, months, *numbers in rows}

    @property
    def next_on(self) -> date:
        """From when on newer figures can be published."""
        return self.made_on + APART
