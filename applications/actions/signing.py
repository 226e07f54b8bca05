"""What the rules ask to be signed between an offer and the place (N12)."""

from applications.models import Application, Offer
from applications.states import OfferStatus
from cohorts.actions.agreements import WHOLE_NAME, is_part_of_name, sign
from cohorts.actions.arranging import Contact, arrange
from cohorts.agreements import Unsigned, digest_of, unsigned_before_place
from cohorts.models import Agreement, Cohort
from cohorts.models.agreements import fingerprint
from cohorts.states import Signatory
from steppingup.accounts.actors import Actor
from steppingup.history.lifecycle import refuse_if
from steppingup.messaging.addresses import address


def to_sign(application: Application) -> list[Agreement]:
    """What the applicant has to sign before they take the place that is offered; not saved yet, where they were offered it before
    the rules asked for it."""
    person, cohort = application.applicant, application.cohort
    has_one = application.has_employer
    found = unsigned_before_place(person=person, cohort=cohort, role=Signatory.PARTICIPANT, has_employer=has_one)
    if not found:
        return []
    there = {one.template.key: one for one in Agreement.objects.of_place(person, cohort).for_steps()}
    return [
        own if (own := there.get(template.key)) and own.template.is_same_as(template)
        else Agreement(template=template, person=person, cohort=cohort, employer=application.employer, without_employer=not has_one)
        for template, _ in found
    ]  # fmt: skip


def others_to_sign(application: Application) -> list[Unsigned]:
    """What others have to sign before they can take it."""
    found = unsigned_before_place(
        person=application.applicant, cohort=application.cohort, has_employer=application.has_employer
    )
    others = [Unsigned(one, tuple(role for role in roles if role != Signatory.PARTICIPANT)) for one, roles in found]
    return [one for one in others if one.roles]


def digest_of_texts(application: Application) -> str:
    """A fingerprint of all that they have to sign: what somebody has read is what they sign."""
    return fingerprint("\n".join(digest_of(one) for one in to_sign(application)))


def ask_for_signatures(application: Application, *, told: bool = False) -> None:
    """What has to be signed before the place is taken is asked for. The offer tells the applicant, unless they are `told` now."""
    manager = Contact(application.manager_name, application.manager_email) if application.manager_email else None
    arrange(
        person=application.applicant,
        cohort=application.cohort,
        employer=application.employer,
        manager=manager,
        told=told,
        has_employer=application.has_employer,
    )


def ask_those_with_an_offer(cohort: Cohort) -> None:
    """Other agreements hold for the cohort: whoever has an open offer is asked for these."""
    for offer in Offer.objects.filter(application__cohort=cohort, status=OfferStatus.MADE).order_by("pk"):
        application = Application.objects.for_steps().select_for_update(of=("self",)).get(pk=offer.application_id)
        application.cohort = cohort
        ask_for_signatures(application, told=True)


def page_of_offer(agreement: Agreement) -> str:
    """Where the place is taken for which this is signed; nothing once it is, or while none is offered."""
    found = Offer.objects.filter(
        application__applicant=agreement.person_id, application__cohort=agreement.cohort_id, status=OfferStatus.MADE
    ).first()
    return address("applications:offer", found.application_id) if found else ""


def require_read(application: Application, legal_name: str, texts: str | None) -> None:
    """Raises NotPossible for a text that is another than was read, or without the whole name where there is something to sign."""
    refuse_if(
        texts is not None and texts != digest_of_texts(application),
        "What you sign was changed after you opened it. Please read it again, then accept.",
        "text_changed",
    )
    refuse_if(
        to_sign(application) and lacks_part_of_name(legal_name, application), WHOLE_NAME, "name", field="legal_name"
    )


def lacks_part_of_name(legal_name: str, application: Application) -> bool:
    """Is a name of one word too little to sign with? Some people have only one name, and apply with it."""
    return is_part_of_name(legal_name, application.full_name or application.applicant.full_name)


def sign_all(application: Application, legal_name: str, by: Actor) -> None:
    """Under one name, by the applicant."""
    ask_for_signatures(application)  # again, as the rules may ask for more by now
    for one in to_sign(application):
        sign(agreement=one, name=legal_name, by=by, known=application.full_name)
