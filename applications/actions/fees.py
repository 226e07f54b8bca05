"""What becomes of the fee agreement when a place is offered, taken up, or not needed (B36 to B38)."""

from django.db import transaction

from applications.models import Application
from funding import telling
from funding.actions import agreements
from funding.models import FeeAgreement
from funding.states import AgreementStatus, Route
from steppingup.accounts.actors import Actor
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions.sending import MessagePreview

TURNED_DOWN = "We could not offer a place this time."
DECLINED = "The applicant declined the place."
WITHDRAWN = "The application was withdrawn."
DELETED = "The applicant does not go on with the application."
EXPIRED = "The offer of a place was not taken up in time."


def require_settled(application: Application) -> None:
    """Raise NotPossible while nobody has agreed to pay for the place."""
    agreement = application.fee_agreement
    if application.cohort.fee == 0 and agreement is None:
        return
    if agreement is None or not agreement.is_settled:
        state = agreement.get_status_display().lower() if agreement else "nobody was asked"
        raise NotPossible(f"The fee is not settled yet ({state}). A place can be offered once it is.")


def attach(application: Application) -> None:
    """The place is taken up: the fee agreement belongs to the enrolment from now on."""
    if application.fee_agreement and application.enrolment:
        agreements.attach_enrolment(agreement=application.fee_agreement, enrolment=application.enrolment)


def release(application: Application, reason: str, *, by: Actor) -> None:
    """The place is not needed: money goes back to its fund, and a sponsor who was asked is told."""
    if application.fee_agreement:
        agreements.release(agreement=application.fee_agreement, reason=reason, by=by)


def would_be_released(application: Application, reason: str) -> list[MessagePreview]:
    """What the sponsor would read."""
    return telling.would_end(application.fee_agreement, reason)


def resume(application: Application, *, by: Actor) -> None:
    """The place may be needed after all: the same fund pays again, or the same sponsor is asked again.

    Where the fund has too little left, the fee stays unsettled, and a place cannot be offered before it is."""
    agreement = application.fee_agreement
    if agreement is None or agreement.status != AgreementStatus.RELEASED:
        return
    source = agreement.source if agreement.route == Route.INTERNAL else None
    sponsor = (agreement.sponsor_name, agreement.sponsor_email, agreement.sponsor_job_title)
    agreement = _begin_again(application, by)
    if source:
        try:
            with transaction.atomic():
                agreements.settle_internally(agreement=agreement, source=source, by=by)
        except NotPossible:
            agreement.refresh_from_db()
    elif sponsor[0] and sponsor[1]:
        agreements.ask(
            agreement=agreement,
            sponsor_name=sponsor[0],
            sponsor_email=sponsor[1],
            sponsor_job_title=sponsor[2],
            link_days=application.cohort.window.sponsor_link_days,
            by=by,
        )


def _begin_again(application: Application, by: Actor) -> FeeAgreement:
    application.fee_agreement = agreements.begin(
        cohort=application.cohort,
        person=application.applicant,
        employer=application.employer,
        employer_name=application.employer_name,
        by=by,
    )
    return application.fee_agreement
