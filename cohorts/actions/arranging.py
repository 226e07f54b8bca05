"""What has to be signed for a place is asked for: when a place is offered or taken, and when the rules, the employer or the host
become others. What was signed under another text, employer or host stays as it was, and ends."""

from typing import Any, NamedTuple

from cohorts import agreement_notices as notices
from cohorts.agreements import applies, templates_of, terms_of
from cohorts.models import Agreement, AgreementTemplate, Cohort, Enrolment, SigningRequest
from cohorts.states import Ending, Signatory, SignedBefore
from steppingup import clock
from steppingup.accounts.models import Organisation, TokenLink, User
from steppingup.formats.sameness import same_address


class Contact(NamedTuple):
    """Whom to ask for an organisation's signature."""

    name: str
    email: str


def arrange(
    *,
    person: User,
    cohort: Cohort,
    employer: Organisation | None,
    manager: Contact | None = None,
    enrolment: Enrolment | None = None,
    told: bool = True,
    has_employer: bool = True,
) -> list[Agreement]:
    """Ask for what the rules of the cohort want signed for this person's place, and end what they do not want any more. Safe to
    run again. `manager` is asked to sign for the employer, by a link. Without `told` the participant hears of it otherwise.
    Where somebody has no employer, nobody signs for one, and what only an employer would sign is not asked for.

    Returns what is asked for anew."""
    standing = list(Agreement.objects.of_place(person, cohort).for_steps())
    asked = [
        one for one in templates_of(cohort) if applies(one, enrolment) and one.signatories_of(has_employer=has_employer)
    ]
    made: list[Agreement] = []
    for template, host in [(one, host) for one in asked for host in _hosts(one, enrolment)]:
        own = _standing_for(template, host, standing, _hosts(template, enrolment))
        if own:
            standing.remove(own)
        signs = employer if template.employer_signs and has_employer else None
        parties: dict[str, Any] = {
            "employer": signs,
            "host": host,
            "without_employer": not has_employer,
            "terms": terms_of(enrolment, host),
        }
        if own and not (because := _why_ended(own, template, parties)):
            _keep(own, template, enrolment, parties["terms"])
            continue
        if own:
            end(own, because)
        given = {"person": person, "cohort": cohort, "enrolment": enrolment, **parties}
        new = Agreement.objects.create(template=template, **given)
        _ask_for(new, own, manager)
        made.append(new)
    keys = {one.key for one in asked}
    for own in standing:
        if own.template.key in keys:  # of a host that another assignment does not have either
            end(own, Ending.OTHER_HOST)
        elif own.missing:
            end(own, Ending.NOT_ASKED)
        else:
            _keep(own, own.template, enrolment, own.terms)
    if told:
        for new in made:
            if new.template.participant_signs:
                notices.tell_participant(notices.TO_SIGN, new)
    return made


def _hosts(template: AgreementTemplate, enrolment: Enrolment | None) -> list[Organisation | None]:
    """With whom it is signed: once for each host of an assignment, or without any."""
    if template.needed != SignedBefore.ASSIGNMENT or enrolment is None:
        return [None]
    return list({one.host_id: one.host for one in enrolment.placements.select_related("host")}.values())


def _standing_for(
    template: AgreementTemplate,
    host: Organisation | None,
    standing: list[Agreement],
    hosts: list[Organisation | None],
) -> Agreement | None:
    """What stands with this host; else what stood with one that is a host no more."""
    same = [one for one in standing if one.template.key == template.key]
    own = next((one for one in same if one.host == host), None)
    return own or next((one for one in same if one.host not in hosts), None)


def arrange_for(enrolment: Enrolment, *, told: bool = True) -> list[Agreement]:
    """The same for a place that somebody holds."""
    enrolment = Enrolment.objects.select_related(
        "participant", "employer", "line_manager", "cohort__programme__provider", "cohort__plan"
    ).get(pk=enrolment.pk)
    return arrange(
        person=enrolment.participant,
        cohort=enrolment.cohort,
        employer=enrolment.employer,
        manager=manager_of(enrolment),
        enrolment=enrolment,
        told=told,
        has_employer=enrolment.has_employer,
    )


def manager_of(enrolment: Enrolment) -> Contact | None:
    """The line manager, who is asked to sign for the employer."""
    return Contact(enrolment.manager, enrolment.manager_address) if enrolment.line_manager else None


def _why_ended(own: Agreement, template: AgreementTemplate, parties: dict[str, Any]) -> str:
    if not own.template.is_same_as(template):
        return Ending.NEW_TEXT
    if own.host != parties["host"]:
        return Ending.OTHER_HOST
    same = (own.employer, own.without_employer) == (parties["employer"], parties["without_employer"])
    if not same and template.employer_signs:
        return Ending.OTHER_EMPLOYER
    return Ending.OTHER_TERMS if own.terms != parties["terms"] and own.signatures.all() else ""


def _keep(
    own: Agreement, template: AgreementTemplate, enrolment: Enrolment | None, terms: list[dict[str, str]]
) -> None:
    """The same text, perhaps in a later version of the rules; the place may have been taken since, and terms that nobody has signed
    have perhaps become others."""
    now = (template.pk, enrolment.pk if enrolment else None, terms)
    if (own.template_id, own.enrolment_id, own.terms) == now:
        return
    own.template, own.enrolment, own.terms = template, enrolment or own.enrolment, terms
    own.save(update_fields=["template", "enrolment", "terms"])


def end(agreement: Agreement, because: str) -> None:
    """It holds no longer for this place, and links to it do not work any more. What was signed stays."""
    agreement.ended_at, agreement.ended_because = clock.now(), because
    agreement.save(update_fields=["ended_at", "ended_because"])
    for request in agreement.requests.all():
        TokenLink.revoke_all(purpose=notices.SIGNING_LINK, target=request)


def _ask_for(new: Agreement, before: Agreement | None, manager: Contact | None) -> None:
    """By a link: the line manager for the employer, and for the host whoever was asked for it before."""
    if Signatory.EMPLOYER in new.signatories and manager and not same_address(manager.email, new.person.email):
        ask_contact(new, Signatory.EMPLOYER, manager)
    earlier = before.requested_of(Signatory.HOST) if before and before.host_id == new.host_id else None
    if new.template.host_signs and earlier:
        ask_contact(new, Signatory.HOST, Contact(earlier.name, earlier.email))


def ask_contact(agreement: Agreement, role: Signatory, contact: Contact) -> SigningRequest:
    """A link to whoever is to sign for the employer or the host; the link of whoever was asked before stops working."""
    request, _ = SigningRequest.objects.update_or_create(
        agreement=agreement,
        role=role,
        defaults={"name": contact.name, "email": contact.email, "asked_at": clock.now()},
    )
    notices.ask(request)
    return request


def ask_the_manager(enrolment: Enrolment) -> None:
    """Another line manager is asked for what has still to be signed for the employer, and not the one before."""
    manager = manager_of(enrolment)
    for agreement in Agreement.objects.to_sign(Signatory.EMPLOYER).filter(enrolment=enrolment).for_steps():
        if manager and not same_address(manager.email, agreement.person.email):
            ask_contact(agreement, Signatory.EMPLOYER, manager)
