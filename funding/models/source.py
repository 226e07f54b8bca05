"""Funds and pots of money, and what is committed from them (B37, B38)."""

from decimal import Decimal
from typing import Any

import pghistory
import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from cohorts.models import Programme
from funding.permissions import MoneyPermission
from funding.states import OF_FUNDS, Route
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedModel
from steppingup.formats.english import pounds
from steppingup.formats.fields import NameField
from steppingup.formats.sameness_sql import NameKey
from steppingup.history.lifecycle import append_only


@pghistory.track(exclude=["provider"])
class FundingSource(ScopedModel):
    """A fund that pays for places: an internal fund for the staff of some employers, or a bursary pot.

    `committed` (pounds) can never be more than `budget`: PostgreSQL refuses it, so a pot cannot go below zero."""

    retention = "Holds no personal data; 7 years, as accounts."

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="funding_sources")
    # The programme's, which never changes: whoever chooses a fund reads those of all programmes of the provider.
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", editable=False)
    key = models.SlugField(max_length=40)
    name = NameField(max_length=120)
    route = models.CharField(max_length=20, choices=[c for c in Route.choices if c[0] in OF_FUNDS])
    budget = models.DecimalField(max_digits=11, decimal_places=2, help_text="Pounds in the fund.")
    committed = models.DecimalField(max_digits=11, decimal_places=2, default=0, editable=False)
    employers = models.ManyToManyField(
        Organisation, blank=True, related_name="internal_funds", help_text="If it is internal, whose staff it pays for."
    )
    description = models.TextField(blank=True, help_text="Who it is for, as shown on the programme's page. Markdown.")
    is_open = models.BooleanField(default=True, help_text="A closed fund does not pay for any new places.")

    visibility = Scope(see=MoneyPermission.SEE_MONEY, through="programme")

    class Meta:
        verbose_name = "fund"
        verbose_name_plural = "funds and pots"
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["programme", "key"], name="funding_source_once"),
            models.UniqueConstraint(
                "provider",
                NameKey("name"),
                name="fund_name_once",
                violation_error_message="There is a fund or pot with this name already, perhaps of another programme. Choose another name.",
            ),
            models.CheckConstraint(condition=Q(committed__gte=0), name="fund_committed_not_negative"),
            # The last word, should two promises pass each other by.
            models.CheckConstraint(condition=Q(committed__lte=F("budget")), name="fund_never_below_zero"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="of_its_programme",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("programme_id", "provider_id"),
                func="NEW.provider_id = (SELECT provider_id FROM cohorts_programme WHERE id = NEW.programme_id); RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def promised_percent(self) -> int:
        """How much of the budget is promised, for a picture."""
        return int(100 * self.committed / self.budget) if self.budget else 0

    @property
    def left(self) -> Decimal:
        """Pounds that nobody has been promised yet."""
        return self.budget - self.committed

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._follow_programme()
        super().save(*args, **kwargs)

    def _follow_programme(self) -> None:
        """The database does the same; asking whether the name is free needs it before."""
        if self.programme_id:
            self.provider_id = self.programme.provider_id

    def clean(self) -> None:
        self._follow_programme()
        if self.budget is not None and self.budget < self.committed:
            raise ValidationError(
                {"budget": f"{pounds(self.committed)} has already been promised, so it cannot be less."}
            )

    def pays_for(self, employer: Organisation | None) -> bool:
        """Is it for this employer's staff (B37)? A fund that names no employers is for everybody's (N11)."""
        ids = {organisation.pk for organisation in self.employers.all()}
        return not ids or (employer is not None and bool(ids & {employer.pk, employer.parent_id}))


class Commitment(ScopedModel):
    """Pounds committed from a fund to a fee agreement; released by an entry with the opposite sign."""

    retention = "7 years, as accounts."

    source = models.ForeignKey(FundingSource, on_delete=models.PROTECT, related_name="commitments")
    agreement = models.ForeignKey("funding.FeeAgreement", on_delete=models.PROTECT, related_name="commitments")
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    reason = NameField(max_length=200)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    visibility = Scope(through="source")

    class Meta:
        ordering = ("at", "pk")
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="commitment_not_zero")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{pounds(self.amount)} from {self.source}"
