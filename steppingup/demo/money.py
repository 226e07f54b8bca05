"""Invoices of a cohort, and what was paid when."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from cohorts.models import Cohort
from funding.actions import invoices, payments
from funding.models import FeeAgreement, Invoice
from steppingup import clock
from steppingup.demo.clock import moment, working_day
from steppingup.demo.diary import Diary
from steppingup.demo.people import Cast


@dataclass
class Money:
    """Writes the invoices of one cohort into the diary: paid a few weeks later, but for some."""

    diary: Diary
    cast: Cast
    cohort: Cohort
    unpaid: int = 0  # so many of the last ones stay unpaid, and one before them half paid

    def write(self, issued_on: date) -> None:
        self.diary.write(moment(working_day(issued_on), 11), self.cast.finance, self._issue)

    def _issue(self) -> None:
        due = FeeAgreement.objects.filter(cohort=self.cohort).to_invoice().for_steps().order_by("pk")
        issued = [invoices.issue(agreement=agreement, by=self.cast.finance) for agreement in due]
        if self.unpaid:
            self.diary.write_round(issued[0].due_on + timedelta(days=8))
        for number, invoice in enumerate(issued):
            left = len(issued) - number - self.unpaid
            if left <= 0:
                continue
            day = working_day(clock.today() + timedelta(days=9 + (number * 5) % 23))
            share = Decimal("0.4") if self.unpaid and left == 1 else Decimal(1)
            self.diary.write(moment(day, 15, number), self.cast.finance, partial(self._pay, invoice.pk, share))

    def _pay(self, pk: int, share: Decimal) -> None:
        invoice = Invoice.objects.select_related("agreement__cohort__programme").get(pk=pk)
        payments.record(
            invoice=invoice,
            amount=(invoice.amount * share).quantize(Decimal("0.01")),
            on=clock.today(),
            reference=f"BACS {invoice.number:04}",
            by=self.cast.finance,
        )
