"""Who pays for a place: asked, answered, settled from a fund, given back (B36 to B38).

The fee is the cohort's when the sponsor is asked, and with the terms that the sponsor read it is fixed by the answer.
The order of locks is always: agreement, bursary request, fund."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from cohorts.access import may, require_staff
from cohorts.models import Cohort, Enrolment
from cohorts.states import HOLDS_A_PLACE
from funding import telling
from funding.actions.funds import commit, give_back
from funding.models import BursaryRequest, FeeAgreement, FundingSource
from funding.states import AGREEMENT, BURSARY, AgreementStatus, BursaryStatus, Route
from funding.terms import terms_of
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed, require_colleague
from steppingup.accounts.models import Organisation, TokenLink, User
from steppingup.accounts.roles import Permission
from steppingup.history.lifecycle import NotPossible

A = AgreementStatus
CLEAN = {
    "route": Route.EMPLOYER,
    "source": None,
    "sponsor_name": "",
    "sponsor_email": "",
    "sponsor_job_title": "",
    "amount": None,
    "bursary_amount": 0,
    "purchase_order": "",
    "billing_address": "",
    "terms": "",
    "asked_at": None,
    "answered_at": None,
    "answered_by": "",
    "decline_reason": "",
}


def _require_owner(by: Actor, owner: User, cohort: Cohort) -> None:
    """The person whose place it is, or staff who decide about applications or money of this cohort."""
    staff = (Permission.DECIDE_APPLICATIONS, Permission.DECIDE_MONEY)
    if by != owner and not any(may(by, permission, cohort) for permission in staff):
        raise NotAllowed(f"{by} may not decide how this place is paid for.")


def _require_sponsor(by: Actor, agreement: FeeAgreement) -> None:
    """The holder of a link for this agreement that still works, read afresh: it may have been withdrawn meanwhile."""
    link = by.link if isinstance(by, LinkHolder) else None
    if link is None or link.purpose != telling.AGREEMENT_LINK or link.target != agreement:
        raise NotAllowed(f"{by} may not answer for the employer.")
    if not TokenLink.objects.usable().filter(pk=link.pk).exists():
        raise NotPossible("This link has been replaced or has expired. Please use the link in our latest email.")


def _locked(agreement: FeeAgreement) -> FeeAgreement:
    """Lock the row and bring the object up to date, so that everything after it sees one state."""
    FeeAgreement.objects.select_for_update().get(pk=agreement.pk)
    agreement.refresh_from_db()
    return agreement


def _sentence(text: str, otherwise: str) -> str:
    if not text.strip():
        raise NotPossible(otherwise)
    return text.strip()


def _withdraw_request(agreement: FeeAgreement) -> None:
    for request in agreement.bursary_requests.filter(status=BursaryStatus.REQUESTED):
        BURSARY.move(request, "withdraw")


def _revoke_links(agreement: FeeAgreement) -> None:
    TokenLink.revoke_all(purpose=telling.AGREEMENT_LINK, target=agreement)


@transaction.atomic
def begin(
    *, cohort: Cohort, person: User, employer: Organisation | None, employer_name: str, by: Actor
) -> FeeAgreement:
    """The fee agreement of this person for this cohort, made if there is none.

    When the employer is another than before, what was asked of or settled for the earlier one ends, its sponsor is told,
    and it begins again. Raises NotPossible when the earlier employer has already agreed to pay."""
    _require_owner(by, person, cohort)
    name = "" if employer else employer_name.strip()
    agreement, made = FeeAgreement.objects.get_or_create(
        person=person, cohort=cohort, defaults={"employer": employer, "employer_name": name}
    )
    if made:
        return agreement
    _locked(agreement)
    if agreement.status == A.RELEASED:
        AGREEMENT.move(agreement, "begin_again", **CLEAN, employer=employer, employer_name=name)
    before = (agreement.employer_id, agreement.employer_name.casefold())
    if before == (employer.pk if employer else None, name.casefold()):
        return agreement
    if agreement.is_settled and agreement.route != Route.INTERNAL:
        raise NotPossible(
            f"{agreement.employer_display} has agreed to pay for this place. If the employer is another now, please "
            f"write to {agreement.provider} first."
        )
    if agreement.status != A.DRAFT:
        release(agreement=agreement, reason="The applicant now names another employer.", by=by)
        AGREEMENT.move(agreement, "begin_again", **CLEAN)
    agreement.employer, agreement.employer_name = employer, name
    agreement.save(update_fields=["employer", "employer_name"])
    return agreement


@transaction.atomic
def ask(
    *,
    agreement: FeeAgreement,
    sponsor_name: str,
    sponsor_email: str,
    sponsor_job_title: str = "",
    link_days: int = telling.LINK_DAYS,
    by: Actor,
) -> FeeAgreement:
    """Ask the sponsor by email to agree the fee (B36). Asking again, or somebody else, makes earlier links useless.

    Raises NotPossible when the fee is settled already, when a bursary is being decided, when the address is wrong, or
    when the applicant would be asked about their own fee."""
    _require_owner(by, agreement.person, agreement.cohort)
    _locked(agreement)
    email = sponsor_email.strip().lower()
    name = _sentence(sponsor_name, "Give the name of the person who can agree the fee.")
    try:
        validate_email(email)
    except ValidationError:
        raise NotPossible(
            "Give an email address such as name@example.org for the person who can agree the fee."
        ) from None
    if email == agreement.person.email.lower():
        raise NotPossible("You cannot agree the fee yourself. Name somebody at your employer who can.")
    former = agreement.sponsor_email
    if agreement.status == A.ASKED and former and former != email:
        telling.send_all(telling.of_ending(agreement, f"{agreement.person} has asked somebody else."))
    # A bursary that was granted for a part is a promise about this fee, so the fee stands.
    fee = agreement.amount if agreement.bursary_amount and agreement.amount is not None else agreement.cohort.fee
    AGREEMENT.move(
        agreement,
        "ask",
        sponsor_name=name,
        sponsor_email=email,
        sponsor_job_title=sponsor_job_title.strip(),
        route=Route.BURSARY if agreement.bursary_amount else Route.EMPLOYER,
        amount=fee,
        terms=terms_of(agreement, fee, agreement.bursary_amount),
        asked_at=timezone.now(),
        answered_at=None,
        answered_by="",
        decline_reason="",
    )
    telling.send_all(telling.of_asking(agreement, link_days))
    return agreement


@transaction.atomic
def take_back(*, agreement: FeeAgreement, by: Actor) -> FeeAgreement:
    """Undo the asking: the sponsor's link stops working, and they are told. A bursary that was reserved goes back.

    Raises NotPossible when the fee is settled, or nobody was asked."""
    _require_owner(by, agreement.person, agreement.cohort)
    _locked(agreement)
    AGREEMENT.check(agreement, "take_back")
    _end(agreement, f"{agreement.person} has taken the question back.", by)
    return AGREEMENT.move(agreement, "take_back", **CLEAN)


def _end(agreement: FeeAgreement, reason: str, by: Actor) -> None:
    """What every ending has in common: nobody can answer any more, nothing stays promised, the sponsor is told."""
    if agreement.status != A.DECLINED and agreement.status != A.RELEASED:
        telling.send_all(telling.of_ending(agreement, reason))
    _withdraw_request(agreement)
    give_back(agreement=agreement, reason=reason, by=by)
    _revoke_links(agreement)


@transaction.atomic
def settle_internally(*, agreement: FeeAgreement, source: FundingSource, by: Actor) -> FeeAgreement:
    """The fund pays for the place of one of its employers' staff (B37); no sponsor is needed.

    Raises NotPossible when the fund is not for this programme or employer, is closed, or has too little left."""
    _require_owner(by, agreement.person, agreement.cohort)
    _locked(agreement)
    AGREEMENT.check(agreement, "settle_internally")
    if source.route != Route.INTERNAL or source.programme_id != agreement.cohort.programme_id:
        raise NotPossible(f"{source.name} does not pay for places on {agreement.cohort.programme}.")
    if not source.pays_for(agreement.employer):
        employer = agreement.employer_display or "an employer that was not named"
        raise NotPossible(f"{source.name} does not pay for people who work for {employer}.")
    if agreement.status != A.DRAFT:
        _end(agreement, f"{source.name} pays for the place.", by)
    fee = agreement.cohort.fee
    commit(source=source, agreement=agreement, amount=fee, reason=f"Place of {agreement.person}", by=by)
    clean: dict[str, Any] = {**CLEAN, "route": Route.INTERNAL, "source": source, "amount": fee}
    clean |= {
        "terms": terms_of(agreement, fee, fund=source.name),
        "answered_at": timezone.now(),
        "answered_by": str(by),
    }
    return AGREEMENT.move(agreement, "settle_internally", **clean)


@transaction.atomic
def fund(*, agreement: FeeAgreement, source: FundingSource, by: Actor) -> FeeAgreement:
    """Staff choose the fund that pays for somebody's place, never for their own. Raises as `settle_internally`."""
    require_staff(by, Permission.DECIDE_MONEY, agreement.cohort)
    require_colleague(by, agreement.person_id, "Nobody chooses the fund for their own place. Ask a colleague.")
    return settle_internally(agreement=agreement, source=source, by=by)


@transaction.atomic
def agree(
    *, agreement: FeeAgreement, name: str, job_title: str, purchase_order: str, billing_address: str, by: LinkHolder
) -> FeeAgreement:
    """The sponsor agrees to the terms as they were asked; from now on the database keeps amount and terms (B36).

    Also after declining or asking for a bursary, as long as nothing else was decided. The applicant is told and the
    sponsor gets a copy. Raises NotPossible when it was answered for good, or something is missing."""
    _locked(agreement)
    _require_sponsor(by, agreement)
    AGREEMENT.check(agreement, "agree")
    _withdraw_request(agreement)
    AGREEMENT.move(
        agreement,
        "agree",
        sponsor_name=_sentence(name, "Give your full name."),
        sponsor_job_title=_sentence(job_title, "Give your job title."),
        purchase_order=purchase_order.strip(),
        billing_address=_sentence(billing_address, "Give the address that the invoice goes to."),
        answered_at=timezone.now(),
        answered_by=name.strip(),
        decline_reason="",
    )
    telling.send_all(telling.of_agreeing(agreement))
    return agreement


@transaction.atomic
def ask_for_bursary(*, agreement: FeeAgreement, reason: str, by: LinkHolder) -> BursaryRequest:
    """The sponsor asks whether a bursary can pay (B38). The applicant and the finance officers are told.

    Raises NotPossible when the programme has no open bursary, or one was granted for a part already."""
    _locked(agreement)
    _require_sponsor(by, agreement)
    AGREEMENT.check(agreement, "ask_for_bursary")
    if not FundingSource.objects.open_bursaries().filter(programme=agreement.cohort.programme_id).exists():
        raise NotPossible(f"There are no bursaries for {agreement.cohort.programme} at the moment.")
    if agreement.bursary_amount:
        raise NotPossible("A bursary already pays a part of this fee. You can agree to the rest, or decline.")
    text = _sentence(reason, "Tell us why a bursary is needed.")
    AGREEMENT.move(
        agreement,
        "ask_for_bursary",
        answered_at=timezone.now(),
        answered_by=agreement.sponsor_name,
        decline_reason="",
    )
    request = BursaryRequest.objects.create(agreement=agreement, reason=text)
    telling.send_all(telling.of_asking_for_bursary(agreement, text))
    return request


@transaction.atomic
def decline(*, agreement: FeeAgreement, reason: str, by: LinkHolder) -> FeeAgreement:
    """The sponsor declines, with a reason that the applicant is told. A part bursary goes back to its pot.

    Raises NotPossible when it was answered for good or no reason is given."""
    _locked(agreement)
    _require_sponsor(by, agreement)
    AGREEMENT.check(agreement, "decline")
    text = _sentence(reason, "Tell the applicant why.")
    _withdraw_request(agreement)
    give_back(agreement=agreement, reason="The employer declined.", by=by)
    AGREEMENT.move(
        agreement,
        "decline",
        decline_reason=text,
        bursary_amount=0,
        source=None,
        route=Route.EMPLOYER,
        terms=terms_of(agreement, agreement.amount or agreement.cohort.fee),
        answered_at=timezone.now(),
        answered_by=agreement.sponsor_name,
    )
    telling.send_all(telling.of_declining(agreement, text))
    return agreement


@transaction.atomic
def attach_enrolment(*, agreement: FeeAgreement, enrolment: Enrolment) -> FeeAgreement:
    """The place was taken up. Raises NotPossible when it is somebody else's, or the fee is not settled."""
    _locked(agreement)
    if (enrolment.participant_id, enrolment.cohort_id) != (agreement.person_id, agreement.cohort_id):
        raise NotPossible("This fee agreement is for another person or another cohort.")
    if not agreement.is_settled:
        raise NotPossible("It is not agreed yet who pays for this place.")
    agreement.enrolment = enrolment
    agreement.save(update_fields=["enrolment"])
    return agreement


@transaction.atomic
def release(*, agreement: FeeAgreement, reason: str, by: Actor) -> FeeAgreement:
    """The place is not needed: money goes back to its fund, links stop working, a sponsor who was asked is told.

    Raises NotPossible when the place is taken up, or an invoice was issued. Releasing again changes nothing."""
    _require_owner(by, agreement.person, agreement.cohort)
    _locked(agreement)
    if agreement.status == A.RELEASED:
        return agreement
    if agreement.enrolment and agreement.enrolment.status in HOLDS_A_PLACE:
        raise NotPossible(f"{agreement.person} holds a place on {agreement.cohort}, so its fee stands.")
    if hasattr(agreement, "invoice"):
        raise NotPossible(f"Invoice {agreement.invoice} was issued for this place, so its fee stands.")
    _end(agreement, _sentence(reason, "Say why the place is not needed any more."), by)
    return AGREEMENT.move(agreement, "release")
