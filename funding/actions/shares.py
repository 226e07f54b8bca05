"""How a payment is shared out over the invoices of one payer, and the form that asks for it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from funding.models import Invoice
from steppingup.formats.english import pounds
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.dates import EventDate
from steppingup.steps.step import StepForm

NONE = Decimal(0)
#: Pounds that somebody typed for an invoice, by its id.
Parts = Mapping[int, Decimal]


def others_of_payer(invoice: Invoice) -> Any:
    """Other invoices to the same employer that are not wholly paid, the first to be due first."""
    rows = Invoice.objects.of_payer(invoice).unpaid().exclude(pk=invoice.pk)
    return rows.with_sums().for_steps().order_by("due_on", "pk")


def in_short(invoice: Invoice) -> str:
    return f"{invoice}, {invoice.agreement.person}: {pounds(invoice.outstanding)} outstanding"


def part_of(invoice: Invoice) -> str:
    """The name of the box for what is typed for this invoice."""
    return f"part_{invoice.pk}"


def shares(amount: Decimal, invoice: Invoice, others: Iterable[Invoice], parts: Parts) -> dict[int, Decimal]:
    """Pounds for each of the others: what was typed, or else what the payment leaves beyond this invoice, in their order. The rest
    is for this one."""
    left, found = amount - sum(parts.values(), NONE), {}
    for one in others:
        if one.pk in parts:
            found[one.pk] = parts[one.pk]
        else:
            found[one.pk] = min(max(left - invoice.outstanding, NONE), one.outstanding)
            left -= found[one.pk]
    return found


def require_parts(amount: Decimal, others: Iterable[Invoice], parts: Parts) -> None:
    """Raises NotPossible for parts that are nothing, that come to more than the payment, or more than an invoice needs."""
    for one in others:
        part = parts.get(one.pk)
        if part is None:
            continue
        refuse_if(part <= 0, "Enter an amount above zero, or leave it empty.", "part", field=part_of(one))
        refuse_if(
            part > one.outstanding,
            f"{pounds(one.outstanding)} is outstanding on invoice {one}. Enter that or less.",
            "part_above",
            field=part_of(one),
        )
    typed = sum(parts.values(), NONE)
    sentence = f"The parts come to {pounds(typed)}, and the payment is {pounds(amount)}. Correct one of them."
    refuse_if(typed > amount, sentence, "parts", field="amount")


def in_words(invoice: Invoice, amount: Decimal, others: list[Invoice], parts: Parts) -> str:
    """What a payment pays of which invoice, and what stays as credit."""
    shared = shares(amount, invoice, others, parts)
    left = amount - sum(shared.values(), NONE)
    own = min(left, invoice.outstanding)
    said = [
        f"{pounds(share)} of {pounds(one.outstanding)} for invoice {one}"
        for one, share in [(invoice, own), *((one, shared[one.pk]) for one in others)]
    ]
    over = left - own
    more = f" {pounds(over)} is more than is outstanding, and is kept as credit on account." if over > 0 else ""
    return f"It pays {'; '.join(said)}.{more}"


class SeveralInvoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return in_short(obj)


class PaymentForm(StepForm):
    """What came in, and which other invoices of the payer it pays: ticked, or with the pounds of each."""

    amount = forms.DecimalField(
        label="Amount received, in pounds",
        max_digits=9,
        decimal_places=2,
        help_text="As it came in, also if it is more than is outstanding.",
        error_messages={"required": "Enter the amount received."},
    )
    on = EventDate(label="Date received", help_text="Not before the day of the invoice.")
    reference = NameInput(
        label="Reference", max_length=100, required=False, help_text="As it appears on the bank statement."
    )
    also = SeveralInvoices(
        Invoice.objects.none(),
        label="It also pays these invoices",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="It is set against this invoice first, then against these, the first to be due first. If the payer said how much "
        "is for which, enter it below.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = others_of_payer(self.subject)
        self.others = list(others)
        if not self.others:
            del self.fields["also"]
            return
        self.fields["also"].queryset = others  # type: ignore[attr-defined]
        for one in self.others:
            self.fields[part_of(one)] = forms.DecimalField(
                label=f"How much of it is for invoice {one}?", max_digits=9, decimal_places=2, required=False
            )

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        typed = {one.pk: given.pop(part_of(one), None) for one in self.others}
        parts = {pk: part for pk, part in typed.items() if part is not None}
        ticked = {one.pk for one in given.get("also", ())}
        return {**given, "also": [one for one in self.others if one.pk in ticked | parts.keys()], "parts": parts}
