"""Another employer half-way: what the former one agreed stays, what was only asked is asked anew, and finance is told."""

from cohorts.models import Enrolment
from funding import notices
from funding.actions.agreements import CLEAN
from funding.actions.endings import end_asking
from funding.models import FeeAgreement
from funding.permissions import MoneyPermission
from funding.queries import agreement_of
from funding.states import AGREEMENT, ANSWERABLE, WITHOUT_EMPLOYER, AgreementStatus
from steppingup.accounts.actors import Actor
from steppingup.accounts.models import Organisation
from steppingup.formats.english import pounds


def _agreement(enrolment: Enrolment) -> FeeAgreement | None:
    found = agreement_of(enrolment.participant_id, enrolment.cohort_id)
    return None if found is None or found.status == AgreementStatus.RELEASED else found


def of_the_employer(enrolment: Enrolment) -> list[str]:
    """What was agreed with the employer so far, who is billed and reminded, and what becomes of it."""
    agreement = _agreement(enrolment)
    if agreement is None:
        return []
    if agreement.status in ANSWERABLE:
        return [
            f"{agreement.sponsor_name} was asked to agree the fee. That ends, they are told, and somebody else has to be asked."
        ]
    if not agreement.is_settled or agreement.route in WITHOUT_EMPLOYER:
        return []
    employer, (payer, _) = agreement.employer_display, agreement.who_pays
    found = [f"{employer} agreed to pay {pounds(agreement.employer_pays)}. That stays with them."]
    if (invoice := agreement.billed) is not None:
        owed = (
            f"{pounds(invoice.balance)} of it is still owed, and {payer} goes on being reminded"
            if invoice.balance > 0
            else "paid"
        )
        found.append(f"Invoice {invoice} over {pounds(invoice.amount)}: {owed}.")
    else:
        found.append(f"No invoice has been issued yet; it would go to {payer}.")
    return found


def on_another_employer(enrolment: Enrolment, employer: Organisation | None, by: Actor) -> None:
    """A request that nobody has answered ends, and begins again for the new employer. Where something was agreed, finance is
    told, who may credit it and have it agreed anew."""
    agreement = _agreement(enrolment)
    if agreement is None:
        return
    if agreement.status in (AgreementStatus.DRAFT, *ANSWERABLE):
        if agreement.lock().status != AgreementStatus.DRAFT:
            why = "The participant now has another employer." if employer else f"The participant now {enrolment.works}."
            end_asking(agreement, why, by)
            AGREEMENT.move(agreement, "take_back", **CLEAN)
        agreement.employer, agreement.employer_name = employer, ""
        agreement.save(update_fields=["employer", "employer_name"])
    elif agreement.route not in WITHOUT_EMPLOYER:
        words = {
            "former": agreement.employer_display,
            "now": enrolment.works_as,
            "works": enrolment.works,
            "stands": "\n".join(of_the_employer(enrolment)),
        }
        notices.tell_staff(notices.EMPLOYER_CHANGED, MoneyPermission.DECIDE_MONEY, agreement, agreement, **words)
