"""What an answer about a fee still changes, in sentences for letters and pages: worked out from how far the application is for
which the fee is to be agreed, when they are written."""

from django.utils.text import capfirst

from cohorts.extensions import Applying, Stage, applying
from cohorts.states import HOLDS_A_PLACE
from funding.links import AGREEMENT_LINK
from funding.models import FeeAgreement, Invoice
from funding.models.payer_words import words_of
from funding.states import AgreementStatus, InvoiceStatus
from steppingup.accounts.models import TokenLink
from steppingup.formats.english import day_date, pounds, when

NOTHING_TO_DO = "You do not need to do anything."
WRITE_TO_US = "If you would like to talk about it, write to us."


def how_far(agreement: FeeAgreement) -> Applying | None:
    """How far the application is. Nothing where there is none, it has come to its end, or the place was taken up."""
    if agreement.enrolment_id:
        return None
    return next(filter(None, applying(agreement.cohort, agreement.person)), None)


def is_too_late(agreement: FeeAgreement) -> bool:
    """Have applications closed before this one was submitted?"""
    found = how_far(agreement)
    return found is not None and found.stage == Stage.TOO_LATE


# -- for the sponsor -------------------------------------------------------------------------------


def who_asks(agreement: FeeAgreement) -> str:
    person, cohort = f"{agreement.person} of {agreement.employer_display}", agreement.cohort
    of = f"{cohort.programme} ({cohort.name})"
    what = "the terms" if agreement.is_without_fee else "the fee"
    if agreement.enrolment_id:
        return f"{person} has a place on {of}, and you were named as the person who can agree {what}."
    return f"{person} would like to apply for {of}, and named you as the person who can agree {what}."


def if_they_leave(agreement: FeeAgreement) -> str:
    """As the terms have it that the sponsor reads."""
    return str(agreement.promised.get("after_leaving", ""))


def when_invoiced(agreement: FeeAgreement) -> str:
    if agreement.is_without_fee:
        return "so nothing is to be paid for the place"
    if agreement.enrolment_id:
        return "which is invoiced once you have agreed to it"
    return f"which is invoiced only if {agreement.person} is offered a place and accepts it"


def closing_of(agreement: FeeAgreement) -> str:
    """Until when an answer helps, while the applicant can only submit once there is one; or that it is too late for it."""
    found = how_far(agreement)
    if found is None or found.stage == Stage.SUBMITTED:
        return ""
    if found.stage == Stage.TOO_LATE:
        return f"Applications closed on {when(found.closes)}. {too_late_for(agreement)}"
    return f"Applications close on {when(found.closes)}. Please answer before then: {agreement.person} cannot submit theirs otherwise."


def too_late_for(agreement: FeeAgreement) -> str:
    return f"{agreement.person} had not submitted theirs by then, so you do not need to answer any more."


def waits_for(agreement: FeeAgreement) -> str:
    """What waits for the sponsor's answer; nothing where no answer helps any more."""
    if agreement.enrolment_id:
        return f"Nobody pays for {agreement.person}’s place until you have answered."
    return (
        "" if is_too_late(agreement) else f"{agreement.person}’s application cannot go ahead until you have answered."
    )


def of_the_invoice(invoice: Invoice) -> str:
    """What is to be paid for it."""
    invoice = Invoice.objects.with_sums().for_steps().get(pk=invoice.pk)
    if invoice.status == InvoiceStatus.CREDITED:
        return f"Invoice {invoice} has been credited in the meantime, so there is nothing to pay for it. We may send you another one."
    if not invoice.is_owed or invoice.outstanding <= 0:
        return f"Nothing is to be paid for invoice {invoice}."
    return f"Invoice {invoice} stands: {pounds(invoice.outstanding)} is to be paid by {day_date(invoice.due_on)}."


def for_payer(agreement: FeeAgreement) -> str:
    """Who owes what for the place, for whoever was told about it before; nothing while nobody has answered."""
    agreement = FeeAgreement.objects.for_steps().get(pk=agreement.pk)
    invoice, place, said = agreement.billed, agreement.enrolment, words_of(agreement)
    if agreement.status == AgreementStatus.RELEASED:
        found = [f"{capfirst(said['who_owes'])} nothing for {said['their_place']}, and you do not need to do anything."]
        if invoice:
            back = Invoice.objects.with_sums().get(pk=invoice.pk).received
            paid = f" You have paid {pounds(back)}, which we will return." if back > 0 else ""
            found.append(f"Invoice {invoice} is not owed: we will send you a credit note for it.{paid}")
        if place and place.status in HOLDS_A_PLACE:
            found.append("Nobody pays for the place at the moment. Whoever we ask to agree the fee hears from us.")
        return " ".join(found)
    if not agreement.is_settled:
        return ""
    found = ["What was agreed about the fee still holds. You do not need to answer again."]
    if agreement.still_owed:
        found = [f"{said['who_has']} left, and by the terms that were agreed to, the fee is still owed."]
    if agreement.employer_pays > 0 and place:
        found.append(f"{capfirst(said['who_pays'])} {pounds(agreement.employer_pays)}.")
        found.append(of_the_invoice(invoice) if invoice else "We will send you the invoice.")
    return " ".join(found)


# -- for the applicant -----------------------------------------------------------------------------


def _closes(agreement: FeeAgreement) -> str:
    """When applications close, where this one can still be submitted."""
    found = how_far(agreement)
    return f"Applications close on {when(found.closes)}." if found and found.stage == Stage.WRITING else ""


def _over(agreement: FeeAgreement) -> str:
    """That nothing changes any more; empty while something does."""
    found = how_far(agreement)
    if found is None or found.stage != Stage.TOO_LATE:
        return ""
    return (
        f"Applications closed on {when(found.closes)}, before you had submitted yours, so this changes nothing for you "
        "now. If you would still like to take part, write to us."
    )


def after_agreeing(agreement: FeeAgreement) -> str:
    """The fee is settled."""
    if over := _over(agreement):
        return over
    if closes := _closes(agreement):
        return f"This part of your application is finished. You can submit it as soon as the rest is ready. {closes}"
    return NOTHING_TO_DO


def meanwhile(agreement: FeeAgreement) -> str:
    """Somebody else is to answer or to decide."""
    if over := _over(agreement):
        return over
    closes = _closes(agreement)
    return f"You can carry on with the rest of your application in the meantime. {closes}" if closes else NOTHING_TO_DO


def after_refusing(agreement: FeeAgreement) -> str:
    """No bursary; the sponsor is asked again."""
    employer, left = agreement.employer_display, pounds(agreement.employer_pays)
    if agreement.self_paid:
        again = f"You can still agree to pay the fee of {left} yourself, on your page."
        return _over(agreement) or " ".join(filter(None, (again, _closes(agreement))))
    again = f"{employer} can still agree to pay the fee of {left}; we have asked again."
    return _over(agreement) or " ".join(filter(None, (again, _other(agreement), _closes(agreement))))


def after_declining(agreement: FeeAgreement) -> str:
    """Whoever declined may think again, by a link that still works."""
    if over := _over(agreement):
        return over
    can = [f"{agreement.sponsor_name} can still change this answer."] if _can_answer(agreement) else []
    found = [*can, *filter(None, (_other(agreement),))]
    return (
        " ".join(("This does not have to be the end.", *found, _closes(agreement), WRITE_TO_US))
        if found
        else WRITE_TO_US
    )


def _other(agreement: FeeAgreement) -> str:
    """From the application, as long as there is one."""
    if how_far(agreement) is None:
        return ""
    return f"You can ask somebody else at {agreement.employer_display} from your application."


def _can_answer(agreement: FeeAgreement) -> bool:
    links = TokenLink.objects.usable().filter(purpose=AGREEMENT_LINK, object_id=agreement.pk)
    return bool(agreement.sponsor_email) and links.exists()


# -- for staff -------------------------------------------------------------------------------------


def staff_after_declining(agreement: FeeAgreement) -> str:
    employer = agreement.employer_display
    if is_too_late(agreement):
        return (
            "Applications have closed before theirs was submitted, so another answer would not help by itself: only if you "
            "give them more time."
        )
    can = f"{agreement.sponsor_name} can still change this answer. " if _can_answer(agreement) else ""
    if how_far(agreement) is None:
        return f"{can}Nobody pays for the place at the moment. You can ask somebody else on the fee agreement’s page."
    return f"They can ask somebody else. {can}You do not need to do anything, but a word with {employer} may help."
