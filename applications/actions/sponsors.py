"""The applicant asks somebody at the employer to agree the fee, and reminds them (B36)."""

from datetime import timedelta

from applications.actions.access import DECIDE, require_applicant, require_decider
from applications.fee.agreement import begin
from applications.fee.standing import agreed_by, require_asked
from applications.form.submitting import SponsorForm
from applications.models import Application
from applications.states import LIVE, ApplicationStatus, FeeBy
from funding.actions import agreements
from funding.actions.agreements import TOO_LATE
from funding.models import FeeAgreement
from funding.notices import ASKED
from funding.queries import agreement_of
from funding.states import AgreementStatus
from steppingup import clock
from steppingup.accounts.actors import Actor
from steppingup.formats.sameness import same_address
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.messaging.models import Message
from steppingup.steps.step import Weight, step

#: So many times a day at most, whoever is named: nobody fills a mailbox, or guesses addresses, from here.
ASKED_DAILY = 5
#: Once a day is enough for a person who is asked a favour.
REMIND_AFTER = timedelta(days=1)


def _require_patience(agreement: FeeAgreement) -> None:
    refuse_if(
        agreement.asked_at and clock.now() - agreement.asked_at < REMIND_AFTER,
        f"We wrote to {agreement.sponsor_name} less than a day ago. Give them a little time.",
        "too_soon",
    )


def _require_fee_to_agree(application: Application) -> None:
    refuse_if(
        application.status not in (ApplicationStatus.DRAFT, *LIVE),
        "This application is closed, so nobody needs to agree its fee.",
        "state",
    )
    require_asked(application)
    refuse_if(
        application.status == ApplicationStatus.DRAFT and application.own_window.has_closed(), TOO_LATE, "too_late"
    )
    refuse_if(
        agreed_by(application) == FeeBy.PERSON, "You agree the fee yourself, so there is nobody to ask.", "own_fee"
    )
    refuse_if(
        application.employer_id is None and not application.employer_name,
        "First tell us who your employer is.",
        "no_employer",
    )


@step(
    Application,
    "Send the request",
    name="ask_sponsor",
    past="Sponsor asked",
    meaning="We email somebody at your employer a link, which they use to answer.",
    guard=require_applicant,
    policy=_require_fee_to_agree,
    form=SponsorForm,
    weight=Weight.STRONG,
    back_by=DECIDE,
    back_guard=require_decider,
)
def ask(*, application: Application, name: str, email: str, job_title: str, by: Actor) -> FeeAgreement:
    """Ask somebody at the employer to agree the fee (B36); asking another person ends the first one's link.

    Raises NotPossible once the application is over, when the same person was asked within a day, after too many
    times a day, or when funding refuses, each with its sentence."""
    # Whoever withdraws or decides meanwhile waits, and finds the fee asked for.
    application = Application.objects.for_steps().select_for_update(of=("self",)).get(pk=application.pk)
    _require_fee_to_agree(application)
    agreement = begin(application, by=by)
    if same_address(agreement.sponsor_email, email) and agreement.status == AgreementStatus.ASKED:
        _require_patience(agreement)
    sent = Message.objects.about(agreement).filter(kind=ASKED.key, created_at__gt=clock.now() - timedelta(days=1))
    refuse_if(
        sent.count() >= ASKED_DAILY,
        f"You have already asked {ASKED_DAILY} times since yesterday. Please wait a day before you ask again.",
        "too_often",
    )
    return agreements.ask(
        agreement=agreement,
        sponsor_name=name,
        sponsor_email=email,
        sponsor_job_title=job_title,
        link_days=application.cohort.window.sponsor_link_days,
        by=by,
    )


def _asked_a_while_ago(application: Application) -> FeeAgreement:
    agreement = agreement_of(application.applicant_id, application.cohort_id)
    if agreement is None or agreement.status != AgreementStatus.ASKED:
        raise NotPossible("Nobody is being asked about the fee at the moment.", "nobody_asked")
    _require_patience(agreement)
    return agreement


@step(
    Application,
    "Send a reminder",
    name="remind_sponsor",
    past="Sponsor reminded",
    meaning="We ask them again, with a new link. The earlier one stops working.",
    guard=require_applicant,
    policy=_asked_a_while_ago,
    final="An email cannot be recalled once it has been sent.",
)
def remind(*, application: Application, by: Actor) -> FeeAgreement:
    """Send the sponsor the question again, with a new link. Raises NotPossible when they were asked within a day."""
    agreement = _asked_a_while_ago(application)
    return ask(
        application=application,
        name=agreement.sponsor_name,
        email=agreement.sponsor_email,
        job_title=agreement.sponsor_job_title,
        by=by,
    )
