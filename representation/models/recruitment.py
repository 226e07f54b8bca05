"""Who was shortlisted, appointed and who left in a period: what turns a workforce over (WRES, indicator 2)."""

from datetime import date
from typing import Self

import pghistory
from django.db import models
from django.db.models import F, Q

from representation.measuring.shares import Likelihood, Share, relative_likelihood
from representation.models.units import Characteristic, Tier, Unit
from representation.permissions import RepresentationPermission
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import NameField

#: Whose numbers there are: those who are missing at the top, everybody else, and those of whom nobody knows.
SIDES = ("group", "others", "unknown")


class RecruitmentFigureQuerySet(ScopedQuerySet["RecruitmentFigure"]):
    def in_year_to(self, day: date) -> Self:
        """Those of a period that ended in the twelve months up to this day."""
        return self.filter(until_on__lte=day, until_on__gt=day.replace(year=day.year - 1, day=min(day.day, 28)))


def _number(words: str) -> "models.PositiveIntegerField[int | None, int | None]":
    return models.PositiveIntegerField(words, null=True, blank=True)


@pghistory.track()
class RecruitmentFigure(models.Model):
    """How many people were shortlisted, appointed and left in a period, of each side, as a source has it."""

    retention = "As long as the provider keeps figures of its workforce: counts of people, without names."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    characteristic = models.ForeignKey(Characteristic, on_delete=models.PROTECT, related_name="+")
    from_on = DayField("from")
    until_on = DayField("until")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: all of them."
    )
    tier = models.ForeignKey(
        Tier, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: all of them."
    )
    source = NameField(max_length=300)
    group_shortlisted = _number("shortlisted, of those who are missing at the top")
    group_appointed = _number("appointed, of those")
    group_left = _number("left, of those")
    others_shortlisted = _number("shortlisted, of everybody else")
    others_appointed = _number("appointed, of everybody else")
    others_left = _number("left, of everybody else")
    unknown_shortlisted = _number("shortlisted, not known")
    unknown_appointed = _number("appointed, not known")
    unknown_left = _number("left, not known")

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)
    objects = RecruitmentFigureQuerySet.as_manager()

    class Meta:
        verbose_name = "recruitment figure"
        ordering = ("-until_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")),
                name="recruitment_figure_ends_after",
                violation_error_message="The last day is before the first.",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{side}_shortlisted": None})
                    | Q(**{f"{side}_appointed": None})
                    | Q(**{f"{side}_appointed__lte": F(f"{side}_shortlisted")}),
                    name=f"recruitment_figure_{side}_shortlisted_first",
                    violation_error_message="Nobody is appointed who was not shortlisted: one of the two numbers is wrong.",
                )
                for side in SIDES
            ),
        ]

    def __str__(self) -> str:
        where = ", ".join(str(part) for part in (self.unit, self.tier) if part)
        return f"{self.source}{f', {where}' if where else ''}, {self.from_on:%-d %B %Y} to {self.until_on:%-d %B %Y}"

    def appointed(self, side: str) -> Share | None:
        """How many of those who were shortlisted were appointed; nothing where one of both is not known, or nobody was shortlisted."""
        number, of = getattr(self, f"{side}_appointed"), getattr(self, f"{side}_shortlisted")
        return None if number is None or not of else Share(number, of)

    @property
    def likelihood(self) -> Likelihood | None:
        """How many times as likely everybody else is to be appointed from shortlisting as those who are missing at the top."""
        others, group = self.appointed("others"), self.appointed("group")
        return relative_likelihood(others, group) if others and group else None
