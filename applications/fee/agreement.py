"""The fee agreement of an application: begun, settled before submission, and what becomes of it when a place is offered,
taken up, or not needed (B36 to B38)."""

from django.db import transaction

from applications.fee.standing import FeeState, fee_of, fee_state, is_own
from applications.models import Application
from funding.actions import agreements, borne
from funding.models import FeeAgreement
from funding.rules import Payer
from funding.states import AgreementStatus, Route
from steppingup.accounts.actors import Actor
from steppingup.formats.english import pounds
from steppingup.history.lifecycle import NotPossible, refuse
from steppingup.steps.letters import bring_back

TURNED_DOWN = "We could not offer a place this time."
DECLINED = "The applicant declined the place."
WITHDRAWN = "The application was withdrawn."
DELETED = "The applicant is not going ahead with the application."
EXPIRED = "The offer of a place was not taken up in time."


def begin(application: Application, *, by: Actor, self_paid: bool = False) -> FeeAgreement:
    """The agreement of this person for this cohort, made if there is none; `self_paid` where they pay themselves."""
    return agreements.begin(
        cohort=application.cohort,
        person=application.applicant,
        employer=application.employer,
        employer_name=application.employer_name,
        self_paid=self_paid,
        by=by,
    )


def settle_for_submission(application: Application, *, by: Actor) -> None:
    """The gate before submission (B36): a fund or the provider pays (B37, N11), the fee is agreed, or a bursary is being decided
    (B38); or the rules let it wait until a place is offered.

    Sets `application.fee_agreement`. Raises NotPossible with what is missing."""
    state = fee_state(application)
    if state.kind == "nothing" and (state.payer in (Payer.EMPLOYER, Payer.PERSON) or not application.cohort.cost):
        return
    if state.kind in ("nothing", "internal", "provider"):
        _settle_without_employer(application, state, by)
        return
    if state.stands_against:
        raise NotPossible(_missing(application, state), "fee_open")
    application.fee_agreement = state.agreement
    if not state.settled:  # from now on the agreement says whose it is, and whatever they do after this is the same
        own = is_own(application, state.agreement)
        application.fee_agreement = begin(application, by=by, self_paid=own)


def _settle_without_employer(application: Application, state: FeeState, by: Actor) -> None:
    """The fund, or the provider, pays the fee, or the cost where there is no fee."""
    agreement = begin(application, by=by)
    if agreement.is_settled:  # it was agreed before, and something else holds since
        application.fee_agreement = agreement
    elif state.fund:
        application.fee_agreement = agreements.settle_internally(agreement=agreement, source=state.fund, by=by)
    else:
        application.fee_agreement = borne.settle_by_provider(agreement=agreement, by=by)


def _missing(application: Application, state: FeeState) -> str:
    amount = "" if state.without_fee else f" of {pounds(fee_of(application, state.agreement))}"
    what = "the terms" if state.without_fee else "the fee"
    sponsor = state.agreement.sponsor_name if state.agreement else ""
    return {
        "own": f"You must agree {what}{amount} before you can submit. Do so in the part about the fee.",
        "employer_first": "Tell us who your employer is, and who there can agree the fee.",
        "draft": f"Your employer must agree {what}{amount} before you can submit. Tell us who can agree it.",
        "asked": f"{sponsor} has not answered about {what}{amount} yet. You can submit once they have agreed. "
        "You can remind them or ask somebody else.",
        "declined": f"{sponsor} did not agree {what}{amount}. You can ask somebody else.",
        "bursary_asked": f"{'You have' if state.agreement and state.agreement.self_paid else 'Somebody has'} asked for a bursary, and we have not decided yet. You can submit once we have.",
    }[state.kind]


def require_settled(application: Application) -> None:
    """Raise NotPossible while nobody has agreed to pay for the place."""
    refuse(why_unsettled(application), "fee_open")


def why_unsettled(application: Application) -> str:
    """Why no place can be offered yet, as nobody has agreed to pay for it; empty where somebody has, or nothing is to be paid."""
    agreement = application.fee_agreement
    if agreement.is_settled if agreement else application.cohort.fee == 0:
        return ""
    state = agreement.get_status_display().lower() if agreement else "nobody has been asked"
    return f"The fee has not been settled yet ({state}). You can offer a place once it has."


def release(application: Application, reason: str, *, by: Actor) -> None:
    """The place is not needed: money goes back to its fund, and a sponsor who was asked is told."""
    agreement = application.fee_agreement
    if agreement is None:
        return
    # Who may release it is asked of these two, which are here already.
    if agreement.person_id == application.applicant_id:
        agreement.person = application.applicant
    if agreement.cohort_id == application.cohort_id:
        agreement.cohort = application.cohort
    agreements.release(agreement=agreement, reason=reason, by=by)


def resume(application: Application, *, by: Actor) -> None:
    """The place may be needed after all: what was agreed, and a bursary, come back as they were before they were released,
    and nobody is asked again. Where that cannot be, the same fund pays again, or the same sponsor is asked again.

    Where the fund has too little left, the fee stays unsettled, and a place cannot be offered before it is."""
    agreement = application.fee_agreement
    if agreement is None or agreement.status != AgreementStatus.RELEASED:
        return
    if bring_back(agreement, by=by):
        agreement.refresh_from_db()
        return
    # Kept here, as `begin` clears what the released agreement said.
    by_provider = agreement.route == Route.PROVIDER
    source = agreement.source if agreement.route == Route.INTERNAL else None
    if agreement.self_paid:  # they agree to it again, if they still want the place
        application.fee_agreement = begin(application, by=by, self_paid=True)
        return
    sponsor = (agreement.sponsor_name, agreement.sponsor_email, agreement.sponsor_job_title)
    agreement = application.fee_agreement = begin(application, by=by)
    if source:
        try:
            with transaction.atomic():  # a savepoint: without money the decision is taken back all the same
                agreements.settle_internally(agreement=agreement, source=source, by=by)
        except NotPossible:
            agreement.refresh_from_db()
    elif by_provider:
        borne.settle_by_provider(agreement=agreement, by=by)
    elif sponsor[0] and sponsor[1]:
        agreements.ask(
            agreement=agreement,
            sponsor_name=sponsor[0],
            sponsor_email=sponsor[1],
            sponsor_job_title=sponsor[2],
            link_days=application.cohort.window.sponsor_link_days,
            by=by,
        )
