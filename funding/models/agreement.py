"""Who pays for a place (B36 to B38)."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from cohorts.models import Cohort, Enrolment
from cohorts.states import HOLDS_A_PLACE, EnrolmentStatus
from funding.models.payer_words import words_of
from funding.models.source import FundingSource
from funding.permissions import MoneyPermission
from funding.rules import AfterLeaving, OwedOf, paid_instead
from funding.states import (
    AGREEMENT,
    ANSWERABLE,
    SETTLED,
    UNDECIDED,
    WITHOUT_EMPLOYER,
    AgreementStatus,
    InvoiceStatus,
    Route,
)
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.english import day_date, pounds, when
from steppingup.formats.fields import AddressField, NameField
from steppingup.history.lifecycle import frozen

POUNDS = models.DecimalField(max_digits=12, decimal_places=2)
NOTHING = Value(Decimal(0), output_field=POUNDS)
NO_ORDER_NUMBER = "none was given"

#: What of a place a sponsor agrees to, by the names of `facts_with`; the days and dates among it.
DAYS = ("days", "starts_on", "ends_on")
PLACE = ("participant", "employer", "programme", "cohort", *DAYS)


class AgreementQuerySet(ScopedQuerySet["FeeAgreement"]):
    def asked_between(self, start: date, end: date) -> Self:
        """Sponsors who were asked on one of these days (London's) and have not answered. Whoever pays themselves was not written to."""
        return self.filter(status=AgreementStatus.ASKED, self_paid=False, asked_at__date__range=(start, end))

    def with_employer_pays(self) -> Self:
        """Adds `to_bill`: pounds that the employer of a settled place pays."""
        billed = Q(status__in=SETTLED) & ~Q(route__in=WITHOUT_EMPLOYER)
        return self.annotate(
            to_bill=models.Case(
                models.When(Q(status__in=SETTLED, still_owed=True), then=Coalesce("owed", NOTHING)),
                models.When(billed, then=F("amount") - F("bursary_amount")),
                default=NOTHING,
                output_field=POUNDS,
            )
        )

    def of_participants(self) -> Self:
        """Settled fees that are really owed: of whoever holds a place, or has left and owes it by the terms.

        An agreement that was replaced, has ended, or belongs to somebody who is still applying is none of them."""
        owed = Q(enrolment__status__in=HOLDS_A_PLACE) | Q(enrolment__isnull=False, still_owed=True)
        return self.filter(owed, status__in=SETTLED)

    def to_invoice(self) -> Self:
        """Fees that are owed, of which an employer pays something, and for which no invoice stands."""
        waits = {"still_owed": True, "liability_cases__status__in": UNDECIDED}
        found = self.without_invoice().of_participants().with_employer_pays().filter(to_bill__gt=0)
        return found.exclude(pk__in=self.model._default_manager.filter(**waits).values("pk"))

    def without_invoice(self) -> Self:
        """None was issued, or it was credited in whole."""
        stands = models.FilteredRelation("invoices", condition=~Q(invoices__status=InvoiceStatus.CREDITED))
        return self.alias(stands=stands).filter(stands=None)

    def to_settle(self) -> Self:
        """Of participants who have left without anybody having said what becomes of the money."""
        return self._of_ended().filter(enrolment__participant__died_on=None)

    def to_decide_after_death(self) -> Self:
        """Of participants who have died: nothing becomes of the money by itself."""
        return self._of_ended().filter(enrolment__participant__died_on__isnull=False)

    def _of_ended(self) -> Self:
        return self.filter(status__in=SETTLED, enrolment__status=EnrolmentStatus.WITHDRAWN, still_owed=False)

    def of_unpaid_places(self, *statuses: str) -> Self:
        """Of participants whose fee nobody has agreed to pay: the step that ended it was taken back, and its fund was spent
        since."""
        return self.filter(enrolment__status__in=HOLDS_A_PLACE, status__in=statuses)

    def live(self) -> Self:
        """All that have not ended."""
        return self.exclude(status=AgreementStatus.RELEASED)

    def sums_promised(self) -> list[tuple[Decimal, int]]:
        """What sponsors have been asked to pay or have agreed to: pounds, and how many."""
        return self._promised("amount")

    def days_promised(self) -> list[tuple[str, int]]:
        """For how long they have been asked to release somebody: “30 days”, and how many."""
        return self._promised("promised__days")

    def _promised(self, what: str) -> list[tuple[Any, int]]:
        held = (*SETTLED, AgreementStatus.ASKED, AgreementStatus.BURSARY_ASKED)
        found = self.filter(status__in=held, amount__isnull=False).order_by(what).values_list(what)
        return list(found.annotate(number=models.Count("pk")))

    def for_steps(self) -> Self:
        """With what a list, a page and the letters about an agreement show."""
        related = ("person", "employer", "source", "enrolment")
        return self.select_related(*related, "cohort__programme__provider", "cohort__plan").prefetch_related(
            "cohort__plan__components", "invoices__series"
        )


@pghistory.track()
class FeeAgreement(models.Model):
    """Who agreed to pay what for one person's place on a cohort. The fee (pounds) is fixed when it is signed.

    It begins with the application and is attached to the enrolment when the place is accepted."""

    retention = "7 years after the cohort ends, as accounts."

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="fee_agreements")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="fee_agreements")
    employer = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="fee_agreements"
    )
    employer_name = NameField(max_length=200, blank=True)
    enrolment = models.OneToOneField(
        Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="fee_agreement"
    )
    status = models.CharField(max_length=20, choices=AgreementStatus, default=AgreementStatus.DRAFT, editable=False)
    route = models.CharField(max_length=20, choices=Route, default=Route.EMPLOYER)
    source = models.ForeignKey(
        FundingSource, null=True, blank=True, on_delete=models.PROTECT, related_name="agreements"
    )
    self_paid = models.BooleanField(
        "the participant pays",
        default=False,
        editable=False,
        help_text="The person whose place it is agrees the fee, and asks for a bursary, themselves. They are the sponsor.",
    )
    sponsor_name = NameField(max_length=150, blank=True)
    sponsor_email = AddressField(blank=True)
    sponsor_job_title = NameField(max_length=150, blank=True)
    finance_name = NameField("finance contact", max_length=150, blank=True)
    finance_email = AddressField(
        "finance contact's email",
        blank=True,
        help_text="Invoices, credit notes and reminders go there; to the sponsor where it is empty.",
    )
    amount = models.DecimalField(
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        editable=False,
        help_text="The fee in pounds, fixed when agreed.",
    )
    cost = models.DecimalField(
        "cost of the place",
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        editable=False,
        help_text="What the place costs in pounds, fixed when agreed.",
    )
    bursary_amount = models.DecimalField(
        max_digits=9,
        decimal_places=2,
        default=0,
        editable=False,
        help_text="How much of the fee a bursary pays, in pounds.",
    )
    purchase_order = NameField("purchase order number", max_length=60, blank=True)
    billing_address = models.TextField(blank=True)
    terms = models.TextField(blank=True, editable=False, help_text="What the sponsor read when agreeing.")
    promised = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="The place in words, as these terms speak of it: whom, which programme, how many days, from when to when.",
    )
    after_leaving = models.CharField(
        max_length=20,
        choices=AfterLeaving,
        default=AfterLeaving.NOTHING,
        editable=False,
        help_text="What these terms say is owed if the participant leaves.",
    )
    owed_of = models.CharField(max_length=10, choices=OwedOf, default=OwedOf.FEE, editable=False)
    circumstances_days = models.PositiveSmallIntegerField(
        default=14, editable=False, help_text="Days to tell of extenuating circumstances, by these terms."
    )
    appeal_days = models.PositiveSmallIntegerField(
        default=14, editable=False, help_text="Days to appeal, by these terms."
    )
    still_owed = models.BooleanField(
        default=False, editable=False, help_text="The participant has left, and by these terms the fee is owed."
    )
    owed = models.DecimalField(
        "owed after leaving",
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        editable=False,
        help_text="Pounds that the employer owes because the participant has left, as it stands.",
    )
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_by = NameField(max_length=150, blank=True, editable=False)
    decline_reason = models.TextField(blank=True, editable=False)

    visibility = Scope(see=MoneyPermission.SEE_MONEY, through="cohort")
    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=["person", "cohort"], name="fee_agreement_once"),
            models.CheckConstraint(
                condition=~Q(status=AgreementStatus.AGREED)
                | Q(amount__isnull=False, cost__isnull=False, answered_at__isnull=False),
                name="agreed_fee_has_amount_and_date",
            ),
            models.CheckConstraint(
                condition=Q(bursary_amount=0) | Q(bursary_amount__gt=0, bursary_amount__lte=F("amount")),
                name="bursary_within_fee",
            ),
            models.CheckConstraint(
                condition=~Q(status=AgreementStatus.DECLINED) | ~Q(decline_reason=""),
                name="declined_fee_has_reason",
            ),
        ]
        triggers = [
            *AGREEMENT.triggers(),
            # What the sponsor agreed to is what is invoiced. It ends by being released, and is agreed anew.
            frozen(
                "amount",
                "cost",
                "bursary_amount",
                "terms",
                "promised",
                "after_leaving",
                "owed_of",
                "circumstances_days",
                "appeal_days",
                "route",
                "self_paid",
                "source",
                "sponsor_name",
                "sponsor_email",
                "answered_at",
                "answered_by",
                once=pgtrigger.Q(old__status=AgreementStatus.AGREED),
                name="frozen_once_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"Fee of {self.person} for {self.cohort}"

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about the agreement, and pages for the sponsor, say of it. Days and dates are those that the sponsor was
        asked for, whatever has become of the plan since."""
        lines = (line.strip() for line in self.billing_address.splitlines())
        return {
            **self.facts_with(self.fee, self.bursary_amount),
            **{name: self.promised[name] for name in DAYS if name in self.promised},
            **words_of(self),
            "sponsor": self.sponsor_name,
            "terms": self.terms,
            "purchase_order": self.purchase_order or NO_ORDER_NUMBER,
            "billing_address": ", ".join(line for line in lines if line),
            "agreed_at": when(self.answered_at),
            "reason": self.decline_reason,
        }

    def facts_with(self, fee: Decimal, bursary: Decimal) -> dict[str, str]:
        """The place in words, with these pounds."""
        cohort = self.cohort
        return {
            "participant": str(self.person),
            "employer": self.employer_display or "the employer",
            "programme": cohort.programme.name,
            "cohort": cohort.name,
            "days": cohort.plan.days_in_words,
            "starts_on": day_date(cohort.starts_on),
            "ends_on": day_date(cohort.ends_on),
            "fee": pounds(fee),
            "what": "the fee" if fee else "the terms",
            "cost": pounds(self.place_costs),
            "to_pay": pounds(fee - bursary),
        }

    def lock(self) -> Self:
        """Lock the row until the transaction ends, and bring the object up to date, so that everything after it sees one
        state."""
        # Of this table only: what is joined to it may be missing, and PostgreSQL refuses to lock that. What is fetched beside
        # it is asked for when it is needed: it would stay with a copy of this object.
        rows: Any = FeeAgreement.objects.for_steps().prefetch_related(None)
        self.refresh_from_db(from_queryset=rows.select_for_update(of=("self",)))
        return self

    @property
    def fee(self) -> Decimal:
        """Pounds: fixed when the sponsor was asked, until then the cohort's."""
        return self.amount if self.amount is not None else self.cohort.fee

    @property
    def place_costs(self) -> Decimal:
        """Pounds: fixed like the fee, until then the cohort's (N15)."""
        return self.cost if self.cost is not None else self.cohort.cost

    @property
    def paid_instead(self) -> Decimal:
        """Pounds that a fund or the provider pays in place of the employer; nothing where the employer does."""
        return paid_instead(self.fee, self.place_costs) if self.route in WITHOUT_EMPLOYER else Decimal(0)

    @property
    def provider(self) -> Organisation:
        return self.cohort.programme.provider

    @property
    def is_settled(self) -> bool:
        """Is it agreed who pays, so that the application may be submitted (B36)?"""
        return self.status in SETTLED

    @property
    def can_be_answered(self) -> bool:
        """May the sponsor answer, or change an answer that was no?"""
        return self.status in ANSWERABLE

    @property
    def employer_pays(self) -> Decimal:
        """Pounds that are left for the employer: nothing where a fund or the provider pays, the rest where a bursary pays a part."""
        if self.still_owed:
            return self.owed or Decimal(0)
        if self.route in WITHOUT_EMPLOYER or self.amount is None:
            return Decimal(0)
        return self.amount - self.bursary_amount

    @property
    def is_without_fee(self) -> bool:
        """Was the employer asked to agree to what is owed after leaving, and to no fee (N13)?"""
        return self.amount == 0 and bool(self.sponsor_name)

    @property
    def liable_for(self) -> Decimal:
        """Pounds that the employer owes at the most if the participant leaves: of the fee, or of the cost, as the terms say that
        somebody there has agreed to."""
        signed = self.is_without_fee or self.route not in WITHOUT_EMPLOYER
        if not signed or self.after_leaving == AfterLeaving.NOTHING or self.amount is None:
            return Decimal(0)
        is_all_from_bursary = self.amount > 0 and self.bursary_amount >= self.amount
        if self.owed_of == OwedOf.COST and not is_all_from_bursary:
            return self.place_costs
        return Decimal(0) if self.route in WITHOUT_EMPLOYER else self.amount - self.bursary_amount

    @property
    def is_owed(self) -> bool:
        """As in `of_participants()`."""
        place = self.enrolment
        return self.is_settled and place is not None and (place.status in HOLDS_A_PLACE or self.still_owed)

    @property
    def waits_after_death(self) -> bool:
        """As in `to_decide_after_death()`."""
        place = self.enrolment
        ended = place is not None and place.status == EnrolmentStatus.WITHDRAWN and self.person.died_on is not None
        return ended and self.is_settled and not self.still_owed

    @property
    def billed(self) -> Any:
        """The invoice that stands for this place, if one was issued and not credited in whole."""
        return next((one for one in self.invoices.all() if one.status != InvoiceStatus.CREDITED), None)

    @property
    def who_pays(self) -> tuple[str, str]:
        """Name and address of whom invoices go to: the finance contact, or the sponsor."""
        if self.finance_email:
            return self.finance_name, self.finance_email
        return self.sponsor_name, self.sponsor_email

    @property
    def employer_display(self) -> str:
        """Who is asked to pay, where no fund and not the provider does: the employer's name, listed or typed, or the person's own."""
        if self.self_paid:
            return str(self.person)
        return str(self.employer) if self.employer else self.employer_name
