"""What becomes of the money when a place ends, in one place: turned down, declined, withdrawn, expired, left, cancelled.

How much stays owed says `rules.owed_after`. Where nothing does, everything that was promised goes back: links stop working, a
request for a bursary ends, funds and pots get their money, an invoice does not have to be paid any more, and nobody is
reminded. Where an employer owes something, a liability case is opened (`actions/liability.py`), which decides how much in the
end. The sponsor is told either way, and finance where money moved or has to be moved by them. Locks are taken in the order
agreement, bursary request or case, fund."""

from datetime import date
from decimal import Decimal

from django import forms
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from cohorts.models import Cohort, Enrolment
from cohorts.states import CERTIFIED, EnrolmentStatus
from funding import notices
from funding.actions.cases import close_case, open_case
from funding.actions.funds import commit, give_back
from funding.links import AGREEMENT_LINK
from funding.models import FeeAgreement, Invoice
from funding.permissions import MoneyPermission
from funding.rules import Ending, owed_after
from funding.states import AGREEMENT, BURSARY, AgreementStatus, CaseStatus, Route
from steppingup.accounts.actors import Actor, require_colleague
from steppingup.accounts.models import TokenLink
from steppingup.formats.english import day_date, pounds
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.history.silence import aloud
from steppingup.steps.step import Waiting, Weight, asking, step


def end_asking(agreement: FeeAgreement, reason: str, by: Actor) -> list[str]:
    """Nobody can answer any more, nothing stays promised, and the sponsor is told. What went back, in sentences."""
    return _end_asking(agreement, agreement.billed, reason, by)


def _end_asking(agreement: FeeAgreement, invoice: Invoice | None, reason: str, by: Actor) -> list[str]:
    # Whoever pays themselves and has not said so yet was not written to.
    is_told = not agreement.self_paid or agreement.status != AgreementStatus.ASKED
    if agreement.status != AgreementStatus.DECLINED and is_told:
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
    AGREEMENT.move(agreement, "release", still_owed=False, owed=None)
    return settled


def _from_funds(agreement: FeeAgreement) -> Decimal:
    """Pounds that a fund or a pot has promised to the place."""
    return agreement.paid_instead if agreement.route == Route.INTERNAL else agreement.bursary_amount


def _of_what_was_invoiced(invoice: Invoice, owed: Decimal) -> str:
    """How an invoice of before stands to what is owed by the terms, while that can still be waived."""
    over, open_ = invoice.amount - invoice.credited, invoice.outstanding
    said = f"Invoice {invoice} over {pounds(over)} stands until then, and nobody is reminded of it"
    paid = f"{pounds(open_)} of it has not been paid." if open_ else "It has been paid."
    if over == owed:
        return f"{said}. {paid}"
    return f"{said}; it is put right once it is settled what is owed. {paid}"


def _keep(agreement: FeeAgreement, owed: Decimal, kept: Decimal, left_on: date, by: Actor) -> list[str]:
    """The employer owes so many pounds, which a case is opened for, and so many that a fund or a bursary pays are spent. The rest
    goes back."""
    agreement.still_owed, agreement.owed = True, owed
    agreement.save(update_fields=["still_owed", "owed"])
    invoice, settled = agreement.billed, []
    if owed:
        case = open_case(agreement, owed, left_on)
        settled.append(
            f"By the terms that were agreed to, {agreement.employer_display} owes {pounds(owed)}. Until {day_date(case.ask_until)} "
            "they or the participant can tell us of circumstances; nothing is invoiced before."
        )
        if invoice:
            settled.append(_of_what_was_invoiced(invoice, owed))
    rest = _from_funds(agreement) - kept
    if rest > 0:
        reason = f"{agreement.person} has left."
        for fund, amount in give_back(agreement=agreement, reason=reason, by=by, most=rest):
            settled.append(f"{pounds(amount)} has gone back to {fund.name}.")
    if kept and agreement.source:
        settled.append(f"{pounds(kept)} from {agreement.source.name} stays spent.")
    return settled


def tell_finance(agreement: FeeAgreement, reason: str, settled: list[str]) -> None:
    """Where no money was promised or invoiced, there is nothing to tell."""
    if settled:
        told = {"reason": reason, "settled": " ".join(settled)}
        notices.tell_staff(notices.SETTLED, MoneyPermission.DECIDE_MONEY, agreement, agreement, **told)


def _of_leaver(agreement: FeeAgreement, enrolment: Enrolment, by: Actor) -> None:
    if enrolment.participant.died_on:
        # Nothing is decided by itself here, and whoever pays is not written to: finance rings them.
        stays = (
            "Nothing was changed, and nobody but you was written to. Ring whoever pays. Then release the fee agreement, or let the fee "
            "stand: its page asks for one of the two."
        )
        with aloud():
            tell_finance(agreement, f"{agreement.person} has died.", [stays])
        return
    left_on, cohort = timezone.localdate(enrolment.withdrawn_at), agreement.cohort
    owed, kept = (
        owed_after(
            Ending.LEFT,
            after_leaving=agreement.after_leaving,
            whole=whole,
            starts_on=cohort.starts_on,
            ends_on=cohort.ends_on,
            left_on=left_on,
        )
        for whole in (agreement.liable_for, _from_funds(agreement))
    )
    reason = f"{agreement.person} has left the programme."
    if agreement.is_settled and (owed or kept):
        settled = _keep(agreement, owed, kept, left_on, by)
    else:
        settled = let_go(agreement, reason, by)
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
        settled = _owe_as_before(agreement, by)
    elif agreement.status == AgreementStatus.RELEASED:
        settled = ["Nobody pays for the place at the moment: begin the fee agreement again."]
        if invoice := agreement.billed:
            settled.insert(0, f"Invoice {invoice} is no longer owed, as we wrote when they left: issue a credit note.")
    if settled:
        notices.tell_of_coming_back(agreement)
    tell_finance(agreement, f"{agreement.person} takes part in the programme again.", settled)


def _owe_as_before(agreement: FeeAgreement, by: Actor) -> list[str]:
    """Nothing is owed for having left any more: the case is closed, and the place is paid for as it was agreed."""
    close_case(agreement)
    agreement.still_owed, agreement.owed = False, None
    agreement.save(update_fields=["still_owed", "owed"])
    settled = ["What was agreed about the fee holds for the place, as before."]
    promised = agreement.commitments.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    missing = _from_funds(agreement) - promised
    if missing > 0 and agreement.source:
        try:
            with transaction.atomic():  # a savepoint: without money they come back all the same
                again = f"{agreement.person} is back."
                commit(source=agreement.source, agreement=agreement, amount=missing, reason=again, by=by)
        except NotPossible:
            settled.append(
                f"{agreement.source.name} cannot pay {pounds(missing)} of it any more: settle anew who pays."
            )
    invoice = agreement.billed
    over = invoice.amount - invoice.credited if invoice else None
    if over is not None and over < agreement.employer_pays:
        settled.append(
            f"Invoice {invoice} is over {pounds(over)}, and {pounds(agreement.employer_pays)} is owed for the place: credit it, "
            "and issue another."
        )
    return settled


def why_not_transferred(enrolment: Enrolment, cohort: Cohort) -> str:
    """A person has one fee for a cohort: with another one there already, finance settles that first."""
    if FeeAgreement.objects.filter(person=enrolment.participant_id, cohort=cohort).exists():
        return (
            f"There is a fee of theirs for {cohort} already, from an application of before. They cannot be moved there."
        )
    return ""


def on_transferring(enrolment: Enrolment, before: Cohort, by: Actor) -> None:
    """A participant goes on with another cohort: the fee goes along, as it was agreed, and finance is told."""
    agreement = FeeAgreement.objects.filter(enrolment=enrolment).first()
    if agreement is None:
        return
    agreement = agreement.lock()
    agreement.cohort = enrolment.cohort
    agreement.save(update_fields=["cohort"])
    invoice = agreement.billed
    if agreement.status == AgreementStatus.RELEASED:
        said = ["Nobody pays for the place at the moment: begin the fee agreement again."]
    elif agreement.amount is not None:
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
    the place, and who left before and owes something for good still does; where that was not settled yet, nothing is owed."""
    over = {"enrolment__status__in": CERTIFIED}
    for_good = {"still_owed": True, "liability_cases__status": CaseStatus.OWED}
    rows = FeeAgreement.objects.live().filter(cohort=cohort).exclude(**over)
    rows = rows.exclude(pk__in=FeeAgreement.objects.filter(**for_good).values("pk")).order_by("pk")
    lines = []
    for agreement in rows:
        close_case(agreement.lock())
        settled = let_go(agreement, f"{cohort} has been cancelled.", by)
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
        not (left and agreement.is_settled and not agreement.still_owed) or agreement.waits_after_death,
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


def require_spent_from_fund(agreement: FeeAgreement) -> None:
    refuse_if(
        not agreement.still_owed or agreement.owed,
        "No money of a fund stays spent for somebody who has left.",
        "nothing",
    )


RETURN_WHY = "Say why the money goes back to its fund."


@step(
    FeeAgreement,
    "Give the fund its money back",
    noun="agreement",
    past="Given back to the fund",
    meaning="By its terms the money of the fund stayed spent, although the participant has left. It becomes free for other places.",
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    policy=require_spent_from_fund,
    form=asking(
        reason=forms.CharField(
            label="Why it goes back",
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": RETURN_WHY},
        )
    ),
    weight=Weight.DANGER,
)
def return_to_fund(*, agreement: FeeAgreement, reason: str, by: Actor) -> FeeAgreement:
    """Somebody left whose place a fund paid for, and no employer owes anything for it."""
    require_spent_from_fund(agreement.lock())
    text = required(reason, RETURN_WHY)
    tell_finance(agreement, text, let_go(agreement, text, by))
    return agreement
