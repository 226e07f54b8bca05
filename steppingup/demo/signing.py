"""How agreements are signed in the demonstration: most of them at once, and some wait for an employer or for the provider."""

from cohorts.actions import agreements
from cohorts.models import Agreement, Enrolment
from cohorts.states import Signatory
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink, User
from steppingup.demo.people import Applicant


def sign_contract(who: Applicant, *, by: User, employer: bool = True, provider: bool = True) -> None:
    """What is signed before the programme starts: by the participant, and by the others unless it waits for them."""
    for agreement in _unsigned(who.place(), "learning-contract"):
        agreements.sign(agreement=agreement, name=who.name, by=who.account)
        if employer:
            _by_the_employer(agreement)
        if employer and provider:
            agreements.countersign(agreement=_afresh(agreement), name=by.full_name, by=by)


def sign_for_assignment(who: Applicant, *, host_email: str, contact: str, by: User) -> None:
    """What is signed before the assignment begins: by all three, the host by a link."""
    for agreement in _unsigned(who.place(), "training-contract"):
        agreements.sign(agreement=agreement, name=who.name, by=who.account)
        _by_the_employer(agreement)
        request = agreements.ask_to_sign(
            agreement=_afresh(agreement), role=Signatory.HOST, name=contact, email=host_email, by=by
        )
        link = TokenLink.objects.usable().filter(object_id=request.pk, email=host_email).latest("pk")
        agreements.sign(agreement=_afresh(agreement), name=contact, by=LinkHolder(link))


def _unsigned(enrolment: Enrolment, key: str) -> list[Agreement]:
    rows = Agreement.objects.standing().filter(enrolment=enrolment, template__key=key)
    return list(rows.lacking().for_steps())


def _afresh(agreement: Agreement) -> Agreement:
    return Agreement.objects.for_steps().get(pk=agreement.pk)


def _by_the_employer(agreement: Agreement) -> None:
    enrolment = agreement.enrolment
    if enrolment is not None and enrolment.line_manager is not None:
        agreements.sign(agreement=agreement, name=enrolment.line_manager.full_name, by=enrolment.line_manager)
