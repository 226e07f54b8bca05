"""What sponsors read and agree to, and who pays where nothing else is said: of a programme, or of one of its cohorts."""

import re

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from cohorts.models import Cohort, Programme
from funding.models.source import FundingSource
from funding.permissions import MoneyPermission
from funding.rules import AfterLeaving, OwedOf, Payer
from funding.states import Route
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.fields import NameField

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
#: What the terms may speak of, with what stands there.
TERMS_WORDS = {
    "participant": "the applicant's name",
    "employer": "the employer's name",
    "programme": "the programme's name",
    "cohort": "the cohort's name",
    "provider": "who runs the programme",
    "days": "the days of the plan, such as “18½ days”",
    "starts_on": "the first day of the cohort",
    "ends_on": "the last day of the cohort",
    "fee": "the fee in pounds",
    "cost": "what a place costs, in pounds",
    "to_pay": "what the employer pays, in pounds: the fee, less a bursary",
    "who_pays": "“Harbour Housing pays it.”, or “A bursary pays £600 of it, and Harbour Housing pays £400.”",
    "invoiced_when": "the sentence that says when the invoice is sent",
    "after_leaving": "the sentence that says what is owed if the participant leaves",
}

#: What terms are copied with, and a file of data says of them.
SAID = (
    *("text", "text_for_oneself", "invoiced_when", "payer", "fund", "after_leaving"),
    *("owed_of", "circumstances_days", "appeal_days"),
)


class FeeTermsQuerySet(ScopedQuerySet["FeeTerms"]):
    def of(self, cohort: Cohort) -> "FeeTerms | None":
        """The cohort's own, or else those of its programme."""
        rows = self.filter(Q(cohort=cohort) | Q(cohort=None), programme=cohort.programme_id).select_related("fund")
        return rows.order_by(models.F("cohort").asc(nulls_last=True)).first()


@pghistory.track()
class FeeTerms(models.Model):
    """What a sponsor of this programme, or of one cohort of it, reads and agrees to, when the invoice is sent, and who pays for a
    place where no rule of an employer says otherwise. A coordinator edits it."""

    retention = "Holds no personal data."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="fee_terms")
    cohort = models.OneToOneField(
        Cohort,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="own_fee_terms",
        help_text="Left empty, the terms hold for all cohorts of the programme that have none of their own.",
    )
    text = models.TextField(
        help_text="Markdown. You can use: " + ", ".join(f"{{{{ {name} }}}}" for name in TERMS_WORDS)
    )
    text_for_oneself = models.TextField(
        "text for whoever pays themselves",
        blank=True,
        help_text="Markdown, with the same words; read by a participant who pays for their own place. Left empty, a usual text is shown.",
    )
    invoiced_when = NameField(
        "when the invoice is sent",
        max_length=300,
        help_text="One sentence for the sponsor: “We send the invoice when the place is accepted.”",
    )
    payer = models.CharField(
        "who pays for a place",
        max_length=10,
        choices=Payer,
        default=Payer.EMPLOYER,
        help_text="Unless a rule for the employer, or for its kind, says otherwise. Whoever has submitted an application keeps "
        "what held then.",
    )
    fund = models.ForeignKey(
        FundingSource,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Where an internal fund pays: which.",
    )
    after_leaving = models.CharField(
        "if the participant leaves",
        max_length=20,
        choices=AfterLeaving,
        default=AfterLeaving.NOTHING,
        help_text="It stands in the terms, and holds for whoever is asked from now on. Whoever was asked before keeps theirs.",
    )
    owed_of = models.CharField(
        "what is owed then",
        max_length=10,
        choices=OwedOf,
        default=OwedOf.FEE,
        help_text="Where there is no fee, whoever leaves owes something only of what the place costs; the employer is then asked to "
        "agree to that, though there is nothing to pay.",
    )
    circumstances_days = models.PositiveSmallIntegerField(
        "days to tell us of circumstances",
        default=14,
        validators=[MinValueValidator(1)],
        help_text="So many days after somebody has left, they or the employer can ask us to take account of extenuating circumstances.",
    )
    appeal_days = models.PositiveSmallIntegerField(
        "days to appeal",
        default=14,
        validators=[MinValueValidator(1)],
        help_text="So many days after a decision about it, they can appeal. Somebody else decides then.",
    )

    visibility = Scope(see=MoneyPermission.SEE_MONEY, provider="programme__provider", cohort="cohort", loose=True)
    objects = FeeTermsQuerySet.as_manager()

    class Meta:
        verbose_name = "fee terms"
        verbose_name_plural = "fee terms"
        ordering = ("programme", "cohort")
        constraints = [
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(cohort=None),
                name="usual_fee_terms_once",
                violation_error_message="This programme has fee terms already. Choose a cohort that is to have terms of its own.",
            ),
            models.CheckConstraint(
                condition=(Q(payer=Payer.FUND) & Q(fund__isnull=False)) | (~Q(payer=Payer.FUND) & Q(fund=None)),
                name="fee_terms_name_the_fund_that_pays",
                violation_error_message="Choose the fund if an internal fund pays, and none otherwise.",
            ),
        ]

    def __str__(self) -> str:
        return f"Fee terms of {self.cohort or self.programme}"

    def clean(self) -> None:
        if self.cohort and self.cohort.programme_id != self.programme_id:
            raise ValidationError({"cohort": f"“{self.cohort.name}” is no cohort of {self.programme}."})
        self._check_fund()
        for name in ("text", "text_for_oneself"):
            unknown = sorted(set(PLACEHOLDER.findall(getattr(self, name))) - set(TERMS_WORDS))
            if unknown:
                allowed = ", ".join(TERMS_WORDS)
                raise ValidationError(
                    {name: f"“{unknown[0]}” is not available in these terms. You can use: {allowed}."}
                )

    def _check_fund(self) -> None:
        """A fund that pays for whoever has a place is one of the programme's, and for everybody's staff."""
        if self.fund is None:
            return
        wrong = ""
        if self.fund.route != Route.INTERNAL or self.fund.programme_id != self.programme_id:
            wrong = f"“{self.fund}” is no internal fund of {self.programme}."
        elif self.fund.employers.exists():
            wrong = f"“{self.fund}” pays only for staff of some employers. Give those a rule, on the page of the application window."
        if wrong:
            raise ValidationError({"fund": wrong})
