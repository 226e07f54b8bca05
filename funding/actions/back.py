"""How money comes back when a step is taken back: by an entry of the opposite sign, and never more than the fund has."""

from django.db.models import F

from funding.actions.funds import commit
from funding.links import AGREEMENT_LINK
from funding.models import Commitment, FeeAgreement, FundingSource, Invoice, LiabilityCase
from funding.states import AgreementStatus, CaseStatus, InvoiceStatus
from funding.still import closing_of, for_payer, of_the_invoice
from steppingup.accounts.actors import person
from steppingup.accounts.models import TokenLink
from steppingup.formats.english import pounds
from steppingup.messaging.models import Message
from steppingup.steps.letters import say_how_it_stands
from steppingup.steps.restoring import Back, keep, may_stay_out


def _the_opposite(entry: Commitment, back: Back) -> None:
    """What was promised is given back, and what was given back is promised again, if the fund still has it.

    Raises NotPossible when it has been spent since, or the fund is closed."""
    if entry.amount < 0:
        reason = f"Taken back: {entry.reason}"
        commit(source=entry.source, agreement=entry.agreement, amount=-entry.amount, reason=reason, by=back.by)
        return
    FundingSource.objects.select_for_update().get(pk=entry.source_id)
    FundingSource.objects.filter(pk=entry.source_id).update(committed=F("committed") - entry.amount)
    Commitment.objects.create(
        source_id=entry.source_id,
        agreement_id=entry.agreement_id,
        amount=-entry.amount,
        reason=f"Taken back: {entry.reason}"[:200],
        by=person(back.by),
    )


def _of_the_fee(agreement: FeeAgreement, message: Message) -> str:
    """For the applicant and the sponsor who has to do what; for staff what has become of the invoice meanwhile."""
    agreement = FeeAgreement.objects.for_steps().get(pk=agreement.pk)
    if message.to and message.to.is_staff:
        gone = [str(one) for one in agreement.invoices.all() if one.status == InvoiceStatus.CREDITED]
        if not (agreement.is_owed and gone and agreement.billed is None):
            return ""
        return f"The fee is owed as it was agreed, but invoice {gone[0]} has been credited in the meantime: issue another one."
    if message.to_id == agreement.person_id:
        return f"The question of who pays for your place is where it was before: “{agreement.get_status_display()}”."
    if stands := for_payer(agreement):
        return stands
    if agreement.status != AgreementStatus.ASKED:
        return ""
    works = TokenLink.objects.usable().filter(purpose=AGREEMENT_LINK, object_id=agreement.pk).exists()
    by_link = (
        "The link in our earlier email works again." if works else "Reply to this email, and we send you a new link."
    )
    return " ".join(filter(None, ("You are asked to agree the fee, as before.", by_link, closing_of(agreement))))


def _of_the_invoice(invoice: Invoice, message: Message) -> str:
    """Whoever was told that it is not owed reads what is."""
    return of_the_invoice(invoice)


def _of_the_case(case: LiabilityCase, message: Message) -> str:
    """For whoever was told what is owed as somebody has left."""
    case = LiabilityCase.objects.for_steps().get(pk=case.pk)
    if not case.agreement.still_owed:
        return "Nothing is owed for having left."
    stands = "" if case.status == CaseStatus.OWED else " as it stands"
    return f"{case.agreement.employer_display} owes {pounds(case.owed)}{stands}."


say_how_it_stands(LiabilityCase, _of_the_case)
keep(Commitment, made=_the_opposite, unless="money that the fund has spent since")
keep(FundingSource, sums={"committed"})
may_stay_out("funding", "Who pays for the place does not come back:")
say_how_it_stands(FeeAgreement, _of_the_fee)
say_how_it_stands(Invoice, _of_the_invoice)
