"""Writing off what will not be paid, and paying back what was paid too much. One person proposes, another confirms: never the
same, also not whoever may do everything, and never the person whose place it is. The database keeps it too."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from funding import invoice_notices
from funding.actions.standing import follow_sums
from funding.models import Adjustment, Invoice, Payment
from funding.permissions import MoneyPermission
from funding.states import ADJUSTMENT, AdjustmentKind, InvoiceStatus
from steppingup import clock
from steppingup.accounts import actors
from steppingup.accounts.actors import Actor, NotAllowed, OwnRecord, is_one_person, require_colleague
from steppingup.accounts.models import User
from steppingup.formats.english import day_date, pounds
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.dates import EventDate
from steppingup.steps.step import StepForm, Waiting, Weight, asking, step

WHY = "Say why. Whoever confirms it reads this."
SECOND = "A second person has to confirm it before anything changes."
MONEY = MoneyPermission.DECIDE_MONEY


class ProposalForm(StepForm):
    amount = forms.DecimalField(
        label="Amount in pounds",
        max_digits=9,
        decimal_places=2,
        error_messages={"required": "Enter the amount in pounds."},
    )
    reason = forms.CharField(
        label="Why",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever confirms it reads this.",
        error_messages={"required": WHY},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].initial = self.subject.outstanding or self.subject.on_account


def require_other_place(by: Actor, invoice: Invoice) -> None:
    """Raises NotAllowed for the system, and OwnRecord for the person whose place it is."""
    if not isinstance(by, User):
        raise NotAllowed("Only a person can propose this.")
    about = invoice.agreement.person
    require_colleague(by, about, "You cannot do this for your own place. Ask a colleague.")


def _second_person_to(what: str) -> Callable[[Actor, Adjustment], None]:
    """Raises OwnRecord for whoever proposed it, and for the person whose place it is."""

    def require(by: Actor, adjustment: Adjustment) -> None:
        require_other_place(by, adjustment.invoice)
        actors.require_second_person(by, adjustment.proposed_by, what)

    return require


require_second_person = _second_person_to("confirm it")
#: Whoever proposed it withdraws it while it waits.
require_second_person_to_decline = _second_person_to("say no to it")
require_second_person_back = _second_person_to("take the decision back")


def require_proposer(by: Actor, adjustment: Adjustment) -> None:
    require_other_place(by, adjustment.invoice)
    if not is_one_person(by, adjustment.proposed_by):
        raise OwnRecord("Only the person who proposed it can withdraw it. You can decline it.")


def require_outstanding(invoice: Invoice) -> None:
    """Raises NotPossible where nothing is left to write off, or it was proposed already."""
    refuse_if(
        invoice.outstanding <= 0 or invoice.status != InvoiceStatus.ISSUED,
        f"Nothing is outstanding on invoice {invoice}.",
        "nothing",
    )
    _require_no_other(invoice, AdjustmentKind.WRITE_OFF)


def require_overpaid(invoice: Invoice) -> None:
    """Raises NotPossible where no more was paid than is owed, or a refund was proposed already."""
    refuse_if(invoice.on_account <= 0, f"No more was paid for invoice {invoice} than is owed.", "nothing")
    _require_no_other(invoice, AdjustmentKind.REFUND)


def _require_no_other(invoice: Invoice, kind: AdjustmentKind) -> None:
    waits = invoice.adjustments.waiting().filter(kind=kind)
    refuse_if(waits.exists(), f"A {kind.label.lower()} was proposed already, and waits for a second person.", "waits")


@step(
    Invoice,
    "Propose to write it off",
    name="propose_write_off",
    past="Write-off proposed",
    meaning=lambda invoice, **_: f"{pounds(invoice.outstanding)} is outstanding. {SECOND}",
    permission=MONEY,
    guard=require_other_place,
    policy=require_outstanding,
    form=ProposalForm,
    final="The proposal can be withdrawn until somebody has confirmed it.",
    weight=Weight.DANGER,
)
def propose_write_off(*, invoice: Invoice, amount: Decimal, reason: str, by: User) -> Adjustment:
    """Propose that `amount` pounds will not be paid. Raises NotPossible for more than is outstanding, or without a reason."""
    require_outstanding(invoice.lock())
    return _propose(invoice, AdjustmentKind.WRITE_OFF, amount, invoice.outstanding, reason, by)


@step(
    Invoice,
    "Propose a refund",
    name="propose_refund",
    past="Refund proposed",
    meaning=lambda invoice, **_: f"{pounds(invoice.on_account)} was paid above what is owed. {SECOND}",
    permission=MONEY,
    guard=require_other_place,
    policy=require_overpaid,
    form=ProposalForm,
    final="The proposal can be withdrawn until somebody has confirmed it.",
    waiting=Waiting(
        lambda rows: rows.to_refund(),
        "invoice was paid above what is owed",
        "invoices were paid above what is owed",
        35,
    ),
)
def propose_refund(*, invoice: Invoice, amount: Decimal, reason: str, by: User) -> Adjustment:
    """Propose to pay back `amount` pounds. Raises NotPossible for more than was paid too much, or without a reason."""
    require_overpaid(invoice.lock())
    return _propose(invoice, AdjustmentKind.REFUND, amount, invoice.on_account, reason, by)


def _propose(invoice: Invoice, kind: str, amount: Decimal, most: Decimal, reason: str, by: User) -> Adjustment:
    _require_within(amount, most)
    return Adjustment.objects.create(
        invoice=invoice, kind=kind, amount=amount, reason=required(reason, WHY), proposed_by=by
    )


def _require_within(amount: Decimal, most: Decimal) -> None:
    sentence = f"Enter an amount above zero and up to {pounds(most)}."
    refuse_if(not 0 < amount <= most, sentence, "amount", field="amount")


def _require_still_within(adjustment: Adjustment, most: Decimal, what: str) -> None:
    """Whoever confirms enters no amount: less may be there by now than when it was proposed."""
    refuse_if(
        adjustment.amount > most,
        f"{pounds(most)} {what} by now, and {pounds(adjustment.amount)} was proposed. Do not confirm it: it can be proposed again "
        "with another amount.",
        "amount",
    )


# -- the second person -----------------------------------------------------------------------------


def _of_kind(kind: AdjustmentKind, sentence: str) -> Any:
    def require(adjustment: Adjustment) -> None:
        refuse_if(adjustment.kind != kind, sentence, "kind")

    return require


def _what(adjustment: Adjustment, **_: Any) -> str:
    return f"{adjustment.proposed_by} proposed it on {day_date(adjustment.proposed_at)}: “{adjustment.reason}”"


def _opened(adjustment: Adjustment) -> Invoice:
    """Lock the invoice first, then the proposal."""
    invoice = adjustment.invoice.lock()
    adjustment.refresh_from_db()
    adjustment.invoice = invoice
    return invoice


def _decided(by: User, text: str = "") -> dict[str, Any]:
    return {"decided_by": by, "decided_at": clock.now(), "decision_reason": text.strip()}


@step(
    Adjustment,
    "Confirm the write-off",
    name="confirm",
    past="Written off",
    meaning=_what,
    permission=MONEY,
    guard=require_second_person,
    back_guard=require_second_person_back,
    lifecycle=ADJUSTMENT,
    policy=_of_kind(AdjustmentKind.WRITE_OFF, "This is a refund: say when it was paid back."),
    undo="take_back",
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.waiting(),
        "write-off or refund waits for a second person",
        "write-offs or refunds wait for a second person",
        15,
    ),
)
def confirm(*, adjustment: Adjustment, by: User) -> Adjustment:
    """A second person confirms that it will not be paid: nobody is asked for it any more.

    Raises NotPossible when less is outstanding by now."""
    invoice = _opened(adjustment)
    ADJUSTMENT.check(adjustment, "confirm")
    _require_still_within(adjustment, invoice.outstanding, "is outstanding")
    ADJUSTMENT.move(adjustment, "confirm", **_decided(by))
    adjustment.invoice = follow_sums(invoice)
    return adjustment


@step(
    Adjustment,
    "Confirm the refund",
    name="confirm_refund",
    past="Refunded",
    meaning=_what,
    permission=MONEY,
    guard=require_second_person,
    lifecycle=ADJUSTMENT,
    moves=("confirm",),
    policy=_of_kind(AdjustmentKind.REFUND, "This is a write-off: no money is paid back."),
    form=asking(
        on=EventDate(label="Date of the refund", help_text="Not before the day on which the money came in."),
        reference=NameInput(label="Reference", max_length=100, required=False),
    ),
    final="The money has been paid back. If it comes in again, record it as a payment.",
    weight=Weight.STRONG,
)
def confirm_refund(*, adjustment: Adjustment, on: date, reference: str = "", by: User) -> Adjustment:
    """A second person confirms that it was paid back, and when. The sponsor is told.

    Raises NotPossible for a day to come or before the money came in, and when less was paid too much by now."""
    invoice = _opened(adjustment)
    ADJUSTMENT.check(adjustment, "confirm")
    _require_still_within(adjustment, invoice.on_account, "is held above what is owed")
    refuse_if(on > clock.today(), "Enter the date of the refund. It cannot be in the future.", "day", field="on")
    came_in = Payment.objects.filter(allocations__invoice=invoice).order_by("on").values_list("on", flat=True).first()
    refuse_if(
        came_in and on < came_in,
        f"The money came in on {day_date(came_in)}. It cannot have been paid back before.",
        "day",
        field="on",
    )
    ADJUSTMENT.move(adjustment, "confirm", on=on, reference=reference.strip()[:100], **_decided(by))
    adjustment.invoice = follow_sums(invoice)
    invoice_notices.tell_of_refund(adjustment)
    return adjustment


DECLINE_WHY = "Say why you do not confirm it."


@step(
    Adjustment,
    "Do not confirm it",
    name="decline",
    past="Not confirmed",
    meaning=_what,
    permission=MONEY,
    guard=require_second_person_to_decline,
    lifecycle=ADJUSTMENT,
    form=asking(
        reason=forms.CharField(
            label="Why",
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="Whoever proposed it reads this.",
            error_messages={"required": DECLINE_WHY},
        )
    ),
    final="It can be proposed again.",
    weight=Weight.DANGER,
)
def decline(*, adjustment: Adjustment, reason: str, by: User) -> Adjustment:
    """A second person does not confirm it, with a reason that the first is told. Nothing changes."""
    _opened(adjustment)
    ADJUSTMENT.move(adjustment, "decline", **_decided(by, required(reason, DECLINE_WHY)))
    invoice_notices.tell_proposer(adjustment)
    return adjustment


@step(
    Adjustment,
    "Withdraw the proposal",
    name="withdraw",
    past="Withdrawn",
    permission=MONEY,
    guard=require_proposer,
    lifecycle=ADJUSTMENT,
    final="It can be proposed again.",
)
def withdraw(*, adjustment: Adjustment, by: User) -> Adjustment:
    """Whoever proposed it thinks better of it."""
    _opened(adjustment)
    return ADJUSTMENT.move(adjustment, "withdraw")


TAKE_BACK_WHY = "Say why it is to be paid after all."


def require_other_place_of(by: Actor, adjustment: Adjustment) -> None:
    require_other_place(by, adjustment.invoice)


@step(
    Adjustment,
    "Take the write-off back",
    name="take_back",
    past="Write-off taken back",
    meaning="The invoice is open again, and will be asked for.",
    permission=MONEY,
    guard=require_other_place_of,
    lifecycle=ADJUSTMENT,
    policy=_of_kind(AdjustmentKind.WRITE_OFF, "A refund has been paid out, so it cannot be taken back."),
    form=asking(
        reason=forms.CharField(
            label="Why",
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": TAKE_BACK_WHY},
        )
    ),
    final="It can be proposed again.",
)
def take_back(*, adjustment: Adjustment, reason: str, by: User) -> Adjustment:
    """It is to be paid after all, or was paid: the invoice is open again. Raises NotPossible without a reason."""
    invoice = _opened(adjustment)
    text = required(reason, TAKE_BACK_WHY)
    ADJUSTMENT.move(adjustment, "take_back", decision_reason=text)
    adjustment.invoice = follow_sums(invoice)
    return adjustment
