"""Figures as sources publish them, each with its source and its year (C1), and how far one lies from another (C2)."""

from decimal import Decimal
from typing import Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from representation.measuring.shares import gap, points_in_words, rounded
from representation.permissions import RepresentationPermission
from representation.states import AboutWhom, Form
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.fields import NameField

EARLIEST, LATEST = 1900, 2200


class PublishedFigureQuerySet(ScopedQuerySet["PublishedFigure"]):
    def for_steps(self) -> Self:
        return self.select_related("provider", "against")


@pghistory.track()
class PublishedFigure(models.Model):
    """“Just 17% of senior managerial roles”: what is counted, how the source says it, whose figure it is and of which year. Another figure,
    the `against`, is what it is compared with. A percentage is kept only where the source gives no counts, and zero is zero."""

    retention = "Holds no personal data: figures that others have published."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = NameField(
        "what is counted", max_length=200, help_text="“Registered managers in adult social care”, for example."
    )
    whom = models.CharField("which people", max_length=20, choices=AboutWhom)
    characteristic = NameField(
        "who of them", max_length=150, help_text="In the words of the source: “from a BAME background”."
    )
    form = models.CharField("said as", max_length=10, choices=Form)
    number = models.PositiveIntegerField("so many", null=True, blank=True)
    of = models.PositiveIntegerField("of so many", null=True, blank=True)
    percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    is_about = models.BooleanField("the source says “about” or “nearly”", default=False)
    words = models.TextField("in the words of the source", max_length=1000, blank=True)
    source = NameField(max_length=300)
    year = models.PositiveSmallIntegerField(validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)])
    against = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="compared with"
    )

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)
    objects = PublishedFigureQuerySet.as_manager()

    class Meta:
        verbose_name = "published figure"
        ordering = ("name", "-year", "pk")
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(form=Form.COUNTS, number__lte=F("of"), of__gt=0, percent=None)
                    | Q(form=Form.PERCENT, number=None, percent__isnull=False)
                    | Q(form=Form.ONE_IN, number=None, of__gt=1, percent=None)
                    | Q(form=Form.NONE, number=None, percent=None)
                ),
                name="published_figure_as_it_is_said",
                violation_error_message="Fill in what belongs to how the source says it, and nothing else.",
            ),
            models.CheckConstraint(
                condition=Q(against=None) | ~Q(against=F("pk")),
                name="published_figure_against_another",
                violation_error_message="A figure is not compared with itself.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.said} ({self.year})"

    @property
    def share(self) -> Decimal | None:
        """In percent, exactly as far as the source says it."""
        if self.form == Form.NONE:
            return Decimal(0)
        if self.form == Form.PERCENT:
            return self.percent
        top, of = (1 if self.form == Form.ONE_IN else self.number), self.of
        return Decimal(100 * top) / Decimal(of) if top is not None and of else None

    @property
    def said(self) -> str:
        """As a sentence has it: “17 of 40”, “1 in 40”, “nearly 20%”, “none”."""
        if self.form == Form.NONE:
            return f"none of {self.of:,}" if self.of else "none"
        if self.form == Form.ONE_IN:
            words = f"1 in {self.of:,}"
        elif self.form == Form.COUNTS:
            words = f"{self.number:,} of {self.of:,}"
        else:
            words = f"{english.plain_number(self.percent)}%" if self.percent is not None else ""
            words += f" of {self.of:,}" if self.of else ""
        return f"about {words}" if self.is_about else words

    @property
    def points(self) -> Decimal | None:
        """How many points above or below the figure that it is compared with, rounded to whole points as reports do: −4."""
        share, other = self.share, self.against.share if self.against else None
        return rounded(gap(share, other)) if share is not None and other is not None else None

    @property
    def points_in_words(self) -> str:
        return "" if self.points is None else points_in_words(self.points)

    @property
    def choice(self) -> str:
        """As it is named in an address, where figures are compared."""
        return f"figure:{self.pk}"
