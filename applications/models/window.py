"""When people may apply for a cohort and by which rules; what holds for some employers."""

from collections.abc import Collection
from copy import copy
from datetime import datetime, time, timedelta
from typing import Any, Self

import pghistory
import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from applications.permissions import ApplicationPermission
from cohorts.models import Cohort
from cohorts.states import CohortStatus
from funding.models import FeeTerms, FundingSource
from funding.rules import Payer
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.date_fields import MomentField


def last_moment_of(closes_at: datetime) -> datetime:
    """For sentences: “until 31 December, 11:59pm” where it closes at midnight, otherwise the time that was set."""
    at_midnight = timezone.localtime(closes_at).time() == time.min
    return closes_at - timedelta(minutes=1) if at_midnight else closes_at


class WindowQuerySet(ScopedQuerySet["Window"]):
    def open_at(self, moment: datetime | None = None) -> Self:
        """Windows that are open at the moment: from `opens_at`, until the second before `closes_at`."""
        moment = moment or clock.now()
        return self.filter(opens_at__lte=moment, closes_at__gt=moment)

    def public(self) -> Self:
        """Windows of cohorts that people may apply for: published, of a published programme."""
        return self.filter(cohort__status=CohortStatus.PUBLISHED, cohort__programme__is_published=True)

    def coming(self, moment: datetime | None = None) -> Self:
        """Windows that have not opened yet."""
        return self.filter(opens_at__gt=moment or clock.now())

    def closed(self, moment: datetime | None = None) -> Self:
        return self.filter(closes_at__lte=moment or clock.now())


@pghistory.track()
class Window(models.Model):
    """The application window of a cohort (B33) and the rules of its admission."""

    retention = "Holds no personal data; kept with the cohort."

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="window")
    opens_at = MomentField()
    closes_at = MomentField(help_text="Nothing can be submitted from this moment on.")
    assessors_each = models.PositiveSmallIntegerField(
        "assessors for each application", default=2, validators=[MinValueValidator(1)]
    )
    max_score = models.PositiveSmallIntegerField("highest score", default=5, validators=[MinValueValidator(1)])
    reserve = models.PositiveSmallIntegerField(
        "reserve",
        default=0,
        help_text="How many people beyond the number of places you hold in reserve. Shown as a line in the ranking.",
    )
    offer_days = models.PositiveSmallIntegerField("days to answer an offer", default=14)
    sponsor_link_days = models.PositiveSmallIntegerField("days a sponsor's link works for", default=60)
    submit_while_bursary_pending = models.BooleanField("can submit while a bursary is being decided", default=True)
    interest_told_at = models.DateTimeField(null=True, blank=True, editable=False)

    #: Somebody was given more time than everybody else (`closing_at`).
    is_longer = False
    #: How many places are left for whoever submits now, where a page has asked (`openings`).
    left: int | None = None
    #: Who nominates people for it, at the beginning of a sentence, where a page has asked.
    nominators: str = ""
    #: What a window is copied and loaded with; the times of a copy, and whom it told, are its own.
    RULES = (
        *("assessors_each", "max_score", "reserve"),
        *("offer_days", "sponsor_link_days", "submit_while_bursary_pending"),
    )

    visibility = Scope(see=ApplicationPermission.SEE_APPLICATIONS, through="cohort")
    objects = WindowQuerySet.as_manager()

    class Meta:
        verbose_name = "application window"
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="window_closes_after_opening",
                violation_error_message="Applications must close after they open. Check both times.",
            ),
            models.CheckConstraint(condition=Q(assessors_each__gt=0, max_score__gt=0), name="window_rules_positive"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="scores_as_when_they_applied",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("max_score", "assessors_each"),
                condition=pgtrigger.Q(old__max_score__df=pgtrigger.F("new__max_score"))
                | pgtrigger.Q(old__assessors_each__df=pgtrigger.F("new__assessors_each")),
                func="""
                    PERFORM 1 FROM cohorts_cohort WHERE id = NEW.cohort_id FOR SHARE;
                    IF EXISTS (SELECT 1 FROM cohorts_cohort
                               WHERE id = NEW.cohort_id AND admission_began_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'People have applied, so the scale and the number of assessors stay.'
                        USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"Applications for {self.cohort}"

    def has_opened(self, moment: datetime | None = None) -> bool:
        return (moment or clock.now()) >= self.opens_at

    def has_closed(self, moment: datetime | None = None) -> bool:
        return (moment or clock.now()) >= self.closes_at

    def is_open(self, moment: datetime | None = None) -> bool:
        """From `opens_at`, until the second before `closes_at`."""
        moment = moment or clock.now()
        return self.has_opened(moment) and not self.has_closed(moment)

    @property
    def last_moment(self) -> datetime:
        """As `last_moment_of`."""
        return last_moment_of(self.closes_at)

    def closing_at(self, until: datetime | None) -> "Window":
        """The same window, for somebody who has until then; itself, where that is no later. Never to be saved."""
        if until is None or until <= self.closes_at:
            return self
        own = copy(self)
        own.closes_at, own.is_longer = until, True
        return own


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class EmployerRule(ScopedModel):
    """What holds for applicants of one employer, or of a kind of employers: no approval needed (B34), a fund or the provider pays
    (B37, N11)."""

    retention = "Holds no personal data; kept with the cohort."

    window = models.ForeignKey(Window, on_delete=models.CASCADE, related_name="employer_rules")
    employer = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("or kind of employer", max_length=20, choices=Organisation.Kind, blank=True)
    approval_needed = models.BooleanField(default=True)
    payer = models.CharField("who pays", max_length=10, choices=Payer, blank=True)
    funded_by = models.ForeignKey(
        FundingSource, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="fund"
    )

    #: What a rule is copied with.
    RULES = ("employer", "kind", "approval_needed", "payer", "funded_by")

    visibility = Scope(through="window")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["window", "employer"], name="employer_rule_once"),
            models.UniqueConstraint(
                fields=["window", "kind"],
                condition=~Q(kind=""),
                name="rule_of_a_kind_once",
                violation_error_message="There is a rule for this kind of employer already.",
            ),
            models.CheckConstraint(
                condition=Q(employer=None) & ~Q(kind="") | Q(employer__isnull=False, kind=""),
                name="employer_rule_of_one_or_a_kind",
                violation_error_message="Choose an employer or a kind of employer, not both.",
            ),
            models.CheckConstraint(
                condition=Q(payer=Payer.FUND, funded_by__isnull=False) | ~Q(payer=Payer.FUND) & Q(funded_by=None),
                name="employer_rule_names_the_fund_that_pays",
                violation_error_message="Choose the fund if an internal fund pays, and none otherwise.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employer or self.get_kind_display()}: {self.window}"

    def clean(self) -> None:
        """Whoever chose a fund has said who pays."""
        if self.funded_by_id and not self.payer:
            self.payer = Payer.FUND

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """What the row alone tells is not asked of the database, row by row: a window may have hundreds."""
        _, twice, one, fund = (constraint.violation_error_message for constraint in self._meta.constraints)
        if bool(self.employer_id) == bool(self.kind) and "employer" not in (exclude or ()):
            raise ValidationError({"kind": one})
        if (self.payer == Payer.FUND) != bool(self.funded_by_id) and "funded_by" not in (exclude or ()):
            raise ValidationError({"funded_by": fund})
        same = EmployerRule.objects.filter(window=self.window_id, kind=self.kind).exclude(pk=self.pk)
        if self.kind and self.window_id and same.exists():
            raise ValidationError({"kind": twice})
        super().validate_constraints(exclude={*(exclude or ()), "kind", "payer"})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean()
        super().save(*args, **kwargs)


def paid_from_a_fund() -> Q:
    """For whose place an internal fund pays, among applications: as their employer's rule says, or that of its kind, or the terms of
    the cohort (`queries.payer_of`)."""
    rules = EmployerRule.objects.filter(window__cohort=OuterRef("cohort")).exclude(payer="")
    own, kind = rules.filter(employer=OuterRef("employer")), rules.filter(kind=OuterRef("employer__kind"))
    terms = FeeTerms.objects.filter(payer=Payer.FUND)
    usual = terms.filter(programme=OuterRef("cohort__programme"), cohort=None)
    of_cohort = Exists(terms.filter(cohort=OuterRef("cohort"))) | Q(cohort__own_fee_terms=None) & Exists(usual)
    by_kind = ~Exists(own) & Exists(kind.exclude(funded_by=None))
    by_terms = ~Exists(own) & ~Exists(kind) & of_cohort
    return Exists(own.exclude(funded_by=None)) | by_kind | by_terms
