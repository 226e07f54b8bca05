"""What a programme is for: its aims and benefits (N10), and the barriers that it works on (N9, L1), as rows of a plan."""

import pghistory
from django.db import models

from cohorts.keys import Keyed
from cohorts.models.plan import FROZEN, Plan
from cohorts.states import AimKind
from steppingup.accounts.scope import Scope, ScopedModel
from steppingup.formats.fields import NameField
from steppingup.history.versions import frozen_with


class PartOfPlan(Keyed, ScopedModel):
    """A row of a version of a plan, under a key that stays the same in the next."""

    key_within = "plan"

    visibility = Scope(through="plan")

    class Meta:
        abstract = True


@pghistory.track()
class Aim(PartOfPlan):
    """What the programme sets out to do, or what those who take part have of it, in its own words. People see themselves
    against each before and after."""

    retention = "Holds no personal data."
    key_from = "text"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="aims")
    key = models.SlugField(max_length=40)
    kind = models.CharField("what it is", max_length=20, choices=AimKind, default=AimKind.AIM)
    text = NameField("in your words", max_length=300)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "aim or benefit"
        verbose_name_plural = "aims and benefits"
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="aim_once")]
        triggers = [frozen_with("plan_id", "cohorts_plan", FROZEN)]

    def __str__(self) -> str:
        return self.text


@pghistory.track()
class Barrier(PartOfPlan):
    """Something that stands in people's way and that the programme works on: a theme, or a barrier that belongs to one. Without
    words of its own it is the theme as a whole."""

    retention = "Holds no personal data."
    key_from = "words"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="barriers")
    key = models.SlugField(max_length=40)
    theme = NameField(max_length=60)
    text = NameField("barrier", max_length=120, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "barrier"
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="barrier_once")]
        triggers = [frozen_with("plan_id", "cohorts_plan", FROZEN)]

    def __str__(self) -> str:
        return f"{self.theme}: {self.text}" if self.text else self.theme

    @property
    def words(self) -> str:
        """What it is called below its theme."""
        return self.text or self.theme
