"""What is owed because somebody has left before the end: what was told of circumstances, and what was decided (N13 to N15)."""

from datetime import date
from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from funding.models.agreement import FeeAgreement
from funding.permissions import MoneyPermission
from funding.states import LIABILITY, SETTLED_CASES, UNDECIDED, CaseOutcome, CaseStatus, InvoiceStatus
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.files.models import StoredFile
from steppingup.formats.english import day_date, pounds
from steppingup.formats.fields import NameField
from steppingup.history.lifecycle import frozen


class CaseQuerySet(ScopedQuerySet["LiabilityCase"]):
    def undecided(self) -> Self:
        return self.filter(status__in=UNDECIDED)

    def to_decide(self) -> Self:
        return self.filter(status=CaseStatus.ASKED)

    def appeals_to_decide(self) -> Self:
        return self.filter(status=CaseStatus.APPEALED)

    def lapsed(self, today: date | None = None) -> Self:
        """The days to tell of circumstances, or to appeal, have passed without a word."""
        day = today or clock.today()
        return self.filter(
            Q(status=CaseStatus.OPEN, ask_until__lt=day) | Q(status=CaseStatus.DECIDED, appeal_until__lt=day)
        )

    def to_invoice(self) -> Self:
        """Owed for good, and no invoice stands for the place."""
        stands = models.FilteredRelation(
            "agreement__invoices", condition=~Q(agreement__invoices__status=InvoiceStatus.CREDITED)
        )
        return self.filter(status=CaseStatus.OWED, owed__gt=0).alias(stands=stands).filter(stands=None)

    def to_forget(self, before: date) -> Self:
        """That ended before this day, and of which somebody's words or files are still here."""
        return self.filter(status__in=SETTLED_CASES, ended_at__date__lt=before, statements__isnull=False).distinct()

    def for_steps(self) -> Self:
        place = ("agreement__person", "agreement__employer", "agreement__source", "agreement__enrolment")
        return self.select_related(*place, "agreement__cohort__programme__provider", "agreement__cohort__plan")


@pghistory.track()
class LiabilityCase(models.Model):
    """What an employer owes because its participant has left, from the day of leaving to the day on which it is invoiced or waived.

    `assessed` is what the terms say that were signed; `owed` is what of it is owed as it stands."""

    retention = "7 years after the cohort ends, as accounts."

    agreement = models.ForeignKey(FeeAgreement, on_delete=models.PROTECT, related_name="liability_cases")
    status = models.CharField(max_length=10, choices=CaseStatus, default=CaseStatus.OPEN, editable=False)
    left_on = models.DateField()
    assessed = models.DecimalField(max_digits=9, decimal_places=2, help_text="Pounds that the terms say are owed.")
    owed = models.DecimalField(max_digits=9, decimal_places=2, help_text="Pounds of it that are owed as it stands.")
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    ask_until = models.DateField("circumstances until")
    outcome = models.CharField("decision", max_length=10, choices=CaseOutcome, blank=True)
    reason = models.TextField("reason for the decision", blank=True)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    appeal_until = models.DateField("appeal until", null=True, blank=True)
    appeal_outcome = models.CharField("decision about the appeal", max_length=10, choices=CaseOutcome, blank=True)
    appeal_reason = models.TextField("reason for that", blank=True)
    appeal_decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    appeal_decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    visibility = Scope(see=MoneyPermission.SEE_MONEY, through="agreement", about="agreement__person")
    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["agreement"], condition=~Q(status=CaseStatus.CLOSED), name="one_liability_case"
            ),
            models.CheckConstraint(
                condition=Q(owed__gte=0, owed__lte=F("assessed"), assessed__gt=0), name="owed_within_assessed"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, outcome="", reason="")
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(outcome="") & ~Q(reason="")),
                name="case_decision_paired",
            ),
            models.CheckConstraint(
                condition=Q(appeal_decided_at=None, appeal_decided_by=None, appeal_outcome="", appeal_reason="")
                | (
                    Q(appeal_decided_at__isnull=False, appeal_decided_by__isnull=False)
                    & ~Q(appeal_outcome="")
                    & ~Q(appeal_reason="")
                ),
                name="appeal_decision_paired",
            ),
            # Somebody else decides about an appeal, also where somebody may do everything.
            models.CheckConstraint(condition=~Q(appeal_decided_by=F("decided_by")), name="appeal_second_person"),
            models.CheckConstraint(
                condition=Q(status__in=SETTLED_CASES, ended_at__isnull=False)
                | (~Q(status__in=SETTLED_CASES) & Q(ended_at=None)),
                name="case_end_dated",
            ),
        ]
        triggers = [*LIABILITY.triggers(), frozen("agreement", "left_on", "assessed", "opened_at")]

    def __str__(self) -> str:
        return f"What is owed as {self.agreement.person} left {self.agreement.cohort}"

    def lock(self) -> Self:
        """The agreement first, then the case, and both up to date."""
        agreement = self.agreement.lock()
        rows: Any = LiabilityCase.objects.select_for_update()
        self.refresh_from_db(from_queryset=rows)
        self.agreement = agreement
        return self

    @property
    def sponsor_name(self) -> str:
        """Who speaks for the employer."""
        return self.agreement.sponsor_name

    @property
    def is_undecided(self) -> bool:
        return self.status in UNDECIDED

    @property
    def can_tell(self) -> bool:
        return self.status in (CaseStatus.OPEN, CaseStatus.ASKED) and not self.is_over

    @property
    def is_over(self) -> bool:
        """Have the days to tell of circumstances, or to appeal, passed?"""
        until = {CaseStatus.OPEN: self.ask_until, CaseStatus.DECIDED: self.appeal_until}.get(CaseStatus(self.status))
        return until is not None and clock.today() > until

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about the case say of it."""
        return {
            **self.agreement.message_facts,
            "assessed": pounds(self.assessed),
            "owed": pounds(self.owed),
            "left_on": day_date(self.left_on),
            "until": day_date(self.appeal_until or self.ask_until),
            "reason": self.appeal_reason or self.reason,
        }


class Statement(ScopedModel):
    """What the participant or the employer has told of circumstances, or in an appeal. Only those who decide read it (N14)."""

    class Kind(models.TextChoices):
        CIRCUMSTANCES = "circumstances", "Circumstances"
        APPEAL = "appeal", "Appeal"

    retention = (
        "As the provider says, 12 months after what is owed was settled at most, with the files that belong to it."
    )

    case = models.ForeignKey(LiabilityCase, on_delete=models.CASCADE, related_name="statements")
    kind = models.CharField(max_length=15, choices=Kind)
    by_employer = models.BooleanField(default=False)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = NameField(max_length=150)
    text = models.TextField()
    at = models.DateTimeField(default=clock.now, editable=False)

    visibility = Scope(see=MoneyPermission.DECIDE_MONEY, through="case", about="case__agreement__person")

    class Meta:
        ordering = ("at", "pk")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="statement_says_something")]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.name}"


class Evidence(ScopedModel):
    """A file that belongs to what was told. Nobody but those who decide opens it."""

    retention = "With the statement that it belongs to."

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="evidence")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    visibility = Scope(
        see=MoneyPermission.DECIDE_MONEY, through="statement", about="statement__case__agreement__person"
    )

    class Meta:
        ordering = ("pk",)
        verbose_name_plural = "evidence"
        constraints = [models.UniqueConstraint(fields=["file"], name="evidence_once")]

    def __str__(self) -> str:
        return self.file.name
