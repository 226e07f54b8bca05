"""What becomes of the money when a place ends, in one place: turned down, declined, withdrawn, expired, left, cancelled.

Whether the fee stays owed says `rules.is_still_owed`. Where it does not, everything that was promised goes back: links stop
working, a request for a bursary ends, funds and pots get their money, an invoice does not have to be paid any more, and
nobody is reminded. Where it does, what was promised stays as it is. The sponsor is told either way, and finance where money
moved or has to be moved by them. Locks are taken in the order agreement, bursary request, fund."""

from django import forms
from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort, Enrolment
from cohorts.states import CERTIFIED, EnrolmentStatus
from funding import notices
from funding.actions.funds import give_back
from funding.links import AGREEMENT_LINK
from funding.models import FeeAgreement, Invoice
from funding.permissions import MoneyPermission
from funding.rules import Ending, is_still_owed
from funding.states import AGREEMENT, BURSARY, AgreementStatus
from steppingup.accounts.actors import Actor, require_colleague
from steppingup.accounts.models import TokenLink
from steppingup.formats.english import pounds
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import Waiting, Weight, asking, step


def end_asking(agreement: FeeAgreement, reason: str, by: Actor) -> list[str]:
    """Nobody can answer any more, nothing stays promised, and the sponsor is told. What went back, in sentences."""
    return _end_asking(agreement, agreement.billed, reason, by)


def _end_asking(agreement: FeeAgreement, invoice: Invoice | None, reason: str, by: Actor) -> list[str]:
    if agreement.status != AgreementStatus.DECLINED:
        _tell_sponsor(agreement, invoice, reason)
    BURSARY.move_all(agreement.bursary_requests, "withdraw")
    given = give_back(agreement=agreement, reason=reason, by=by)
    TokenLink.revoke_all(purpose=AGREEMENT_LINK, target=agreement)
    return [f"{pounds(amount)} has gone back to {fund.name}." for fund, amount in given]


def _tell_sponsor(agreement: FeeAgreement, invoice: Invoice | None, reason: str) -> None:
    if invoice is None:
        notices.tell_sponsor(notices.NOT_NEEDED, agreement, reason=reason)
        return
    paid = f" You have paid {pounds(invoice.received)}, which we will return." if invoice.received > 0 else ""
    then = f"We will send you a credit note for it.{paid}"
    notices.tell_payer(notices.INVOICE_NOT_OWED, invoice, agreement, reason=reason, next=then)
    if agreement.sponsor_email != agreement.who_pays[1]:
        notices.tell_sponsor(notices.NOT_NEEDED, agreement, reason=reason)


def let_go(agreement: FeeAgreement, reason: str, by: Actor) -> list[str]:
    """Nothing is owed for this place any more. Says what became of the money, for finance; nothing where there was none.

    The agreement is locked by whoever calls."""
    invoice = agreement.billed
    settled = _end_asking(agreement, invoice, reason, by)
    if invoice:
        settled.append(f"Invoice {invoice} over {pounds(invoice.amount)} is no longer owed: issue a credit note.")
        if invoice.received > 0:
            settled.append(f"{pounds(invoice.received)} was paid for it, and has to be returned.")
    AGREEMENT.move(agreement, "release", still_owed=False)
    return settled


def _keep(agreement: FeeAgreement) -> list[str]:
    """The fee stays owed, and what a fund or a bursary pays of it is spent."""
    agreement.still_owed = True
    agreement.save(update_fields=["still_owed"])
    invoice, settled = agreement.billed, ["By the terms that were agreed to, the fee is still owed."]
    if agreement.employer_pays > 0:
        if invoice:
            settled.append(f"Invoice {invoice} stands: {pounds(invoice.outstanding)} is to be paid.")
            then = f"You have the invoice already: {invoice}."
        else:
            settled.append("The invoice is still to be issued.")
            then = "We will send you the invoice."
        notices.tell_sponsor(notices.STILL_OWED, agreement, next=then)
    if agreement.source:
        spent = agreement.paid_instead or agreement.fee - agreement.employer_pays
        settled.append(f"{pounds(spent)} from {agreement.source.name} stays spent.")
    return settled


def tell_finance(agreement: FeeAgreement, reason: str, settled: list[str]) -> None:
    """Where no money was promised or invoiced, there is nothing to tell."""
    if settled:
        told = {"reason": reason, "settled": " ".join(settled)}
        notices.tell_staff(notices.SETTLED, MoneyPermission.DECIDE_MONEY, agreement, agreement, **told)


def _of_leaver(agreement: FeeAgreement, enrolment: Enrolment, by: Actor) -> None:
    left_on = timezone.localdate(enrolment.withdrawn_at)
    owed = is_still_owed(
        Ending.LEFT,
        after_leaving=agreement.after_leaving,
        had_begun=agreement.cohort.starts_on <= left_on,
    )
    reason = f"{agreement.person} has left the programme."
    settled = _keep(agreement) if owed and agreement.is_settled else let_go(agreement, reason, by)
    tell_finance(agreement, reason, settled)


@transaction.atomic
def on_leaving(enrolment: Enrolment, by: Actor) -> None:
    """A participant has left: what the terms say becomes of the fee (N13). Whoever withdraws them has been asked whether
    they may."""
    agreement = FeeAgreement.objects.live().filter(enrolment=enrolment).first()
    if agreement:
        _of_leaver(agreement.lock(), enrolment, by)


@transaction.atomic
def on_coming_back(enrolment: Enrolment, by: Actor) -> None:
    """Whoever left takes part again: what they owed by the terms for leaving is owed for the place as before. What was let go
    does not come back by itself, and finance is asked to settle anew who pays. Whoever pays, and was told otherwise when they
    left, hears how it stands."""
    agreement = FeeAgreement.objects.filter(enrolment=enrolment).first()
    if agreement is None:
        return
    agreement, settled = agreement.lock(), []
    if agreement.still_owed:
        agreement.still_owed = False
        agreement.save(update_fields=["still_owed"])
        settled = ["What was agreed about the fee holds for the place, as before."]
    elif agreement.status == AgreementStatus.RELEASED:
        settled = ["Nobody pays for the place at the moment: begin the fee agreement again."]
        if invoice := agreement.billed:
            settled.insert(0, f"Invoice {invoice} is no longer owed, as we wrote when they left: issue a credit note.")
    if settled:
        notices.tell_of_coming_back(agreement)
    tell_finance(agreement, f"{agreement.person} takes part in the programme again.", settled)


def why_not_transferred(enrolment: Enrolment, cohort: Cohort) -> str:
    """A person has one fee for a cohort: with another one there already, finance settles that first."""
    if FeeAgreement.objects.filter(person=enrolment.participant_id, cohort=cohort).exists():
        return (
            f"There is a fee of theirs for {cohort} already, from an application of before. They cannot be moved there."
        )
    return ""


def on_transferring(enrolment: Enrolment, before: Cohort, by: Actor) -> None:
    """A participant goes on with another cohort: the fee goes along, as it was agreed, and finance is told."""
    agreement = FeeAgreement.objects.live().filter(enrolment=enrolment).first()
    if agreement is None:
        return
    agreement = agreement.lock()
    agreement.cohort = enrolment.cohort
    agreement.save(update_fields=["cohort"])
    invoice = agreement.billed
    if agreement.amount is not None:
        said = [
            f"The fee of {pounds(agreement.fee)} stays as it was asked for, and is owed for {enrolment.cohort} now."
        ]
    else:
        said = [f"Nobody has been asked for a fee yet. It is that of {enrolment.cohort} now: {pounds(agreement.fee)}."]
    if invoice:
        said.append(f"Invoice {invoice} over {pounds(invoice.amount)} stands. It names {before}.")
    tell_finance(agreement, f"{agreement.person} has moved from {before} to {enrolment.cohort}.", said)


@transaction.atomic
def on_cancelling(cohort: Cohort, by: Actor) -> None:
    """A cohort was cancelled: nobody owes anything for a place on it, asked, agreed or taken up. Who was there to the end has had
    the place, and who left before and owes the fee still does."""
    over = {"enrolment__status__in": CERTIFIED}
    rows = FeeAgreement.objects.live().filter(cohort=cohort, still_owed=False).exclude(**over).order_by("pk")
    lines = []
    for agreement in rows:
        settled = let_go(agreement.lock(), f"{cohort} has been cancelled.", by)
        if settled:
            lines.append(f"{agreement.person}: {' '.join(settled)}")
    if lines:
        notices.tell_of_cancelled(cohort, lines)


def require_other_place(by: Actor, agreement: FeeAgreement) -> None:
    require_colleague(by, agreement.person, "You cannot settle what is owed for your own place. Ask a colleague.")


def require_to_settle(agreement: FeeAgreement) -> None:
    """Raises NotPossible unless somebody has left, and nobody has said what becomes of the money."""
    place = agreement.enrolment
    left = place is not None and place.status == EnrolmentStatus.WITHDRAWN
    refuse_if(
        not (left and agreement.is_settled and not agreement.still_owed),
        "There is nothing to settle: nobody has left whose fee is open.",
        "nothing",
    )


def _meaning_of_settling(agreement: FeeAgreement, **_: object) -> str:
    return f"The terms that were agreed to decide: “{agreement.get_after_leaving_display()}”."


@step(
    FeeAgreement,
    "Settle what is owed after leaving",
    name="settle",
    noun="agreement",
    past="Settled after leaving",
    meaning=_meaning_of_settling,
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    policy=require_to_settle,
    bulk=True,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.to_settle(),
        "participant has left, and the fee is not settled",
        "participants have left, and their fees are not settled",
        25,
    ),
)
def settle(*, agreement: FeeAgreement, by: Actor) -> FeeAgreement:
    """Somebody left before money followed by itself: settle the fee as its terms say. Raises NotPossible otherwise."""
    require_to_settle(agreement.lock())
    _of_leaver(agreement, agreement.enrolment, by)  # type: ignore[arg-type]  # the policy has seen that there is one
    return agreement


def require_still_owed(agreement: FeeAgreement) -> None:
    refuse_if(not agreement.still_owed, "Nothing is owed by anybody who has left.", "nothing")


WAIVE_WHY = "Say why the fee does not have to be paid."


@step(
    FeeAgreement,
    "Waive what is still owed",
    noun="agreement",
    past="Waived",
    meaning="The fee does not have to be paid, although by its terms it was owed. Money set aside becomes free.",
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    policy=require_still_owed,
    form=asking(
        reason=forms.CharField(
            label="Why it does not have to be paid",
            help_text="The sponsor will read this.",
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": WAIVE_WHY},
        )
    ),
    weight=Weight.DANGER,
)
def waive(*, agreement: FeeAgreement, reason: str, by: Actor) -> FeeAgreement:
    """Somebody left and owes the fee by its terms, but need not pay it: extenuating circumstances (N14)."""
    require_still_owed(agreement.lock())
    text = required(reason, WAIVE_WHY)
    tell_finance(agreement, text, let_go(agreement, text, by))
    return agreement
