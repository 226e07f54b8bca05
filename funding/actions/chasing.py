"""Reminders of an invoice stop when a person says so, with a reason, and go on when they say so."""

from django import forms

from funding.models import Invoice
from funding.permissions import MoneyPermission
from funding.states import InvoiceStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, require_colleague
from steppingup.accounts.models import User
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import Waiting, asking, step

WHY = "Say why nobody is to be reminded."


def require_other_place(by: Actor, invoice: Invoice) -> None:
    """Raises NotAllowed for the system, and OwnRecord for the person whose place it is."""
    if not isinstance(by, User):
        raise NotAllowed("Only a person can say whether reminders stop.")
    about = invoice.agreement.person
    require_colleague(by, about, "You cannot stop reminders about your own place. Ask a colleague.")


def require_chased(invoice: Invoice) -> None:
    """Raises NotPossible where nobody would be reminded anyway."""
    owed = invoice.status == InvoiceStatus.ISSUED and invoice.is_owed
    refuse_if(not owed, "Nothing is to be paid, so nobody is reminded.", "nothing")
    refuse_if(invoice.quiet_since, "Reminders have stopped already.", "quiet")


def require_quiet(invoice: Invoice) -> None:
    refuse_if(not invoice.quiet_since, "Reminders have not stopped.", "not_quiet")


@step(
    Invoice,
    "Stop the reminders",
    name="stop_chasing",
    past="Reminders stopped",
    meaning="Nobody is reminded of this invoice any more. It is still to be paid.",
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    policy=require_chased,
    form=asking(
        reason=forms.CharField(
            label="Why",
            max_length=2000,
            help_text="What you agreed with them, or what you wait for.",
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": WHY},
        )
    ),
    undo="chase_again",
    waiting=Waiting(
        lambda rows: rows.silent(),
        "invoice was not paid after three reminders: ring them",
        "invoices were not paid after three reminders: ring them",
        28,
    ),
)
def stop_chasing(*, invoice: Invoice, reason: str, by: User) -> Invoice:
    """Nobody is reminded any more. Raises NotPossible without a reason, or where nobody would be reminded."""
    require_chased(invoice.lock())
    invoice.quiet_since, invoice.quiet_by, invoice.quiet_reason = clock.now(), by, required(reason, WHY)
    invoice.save(update_fields=["quiet_since", "quiet_by", "quiet_reason"])
    return invoice


@step(
    Invoice,
    "Remind them again",
    name="chase_again",
    past="Reminders go on",
    meaning="The reminders that are still to come go out.",
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    policy=require_quiet,
    undo="stop_chasing",
)
def chase_again(*, invoice: Invoice, by: User) -> Invoice:
    """Reminders go on. Raises NotPossible where they have not stopped."""
    require_quiet(invoice.lock())
    invoice.quiet_since, invoice.quiet_by, invoice.quiet_reason = None, None, ""
    invoice.save(update_fields=["quiet_since", "quiet_by", "quiet_reason"])
    return invoice
