"""Agreements about places, named after moments of signing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import factory
import pgtrigger
from django.urls import reverse
from factory.django import DjangoModelFactory

from cohorts.actions.agreements import sign
from cohorts.actions.arranging import arrange, arrange_for
from cohorts.agreement_notices import SIGNING_LINK
from cohorts.agreements import text_of, unsigned_before_place
from cohorts.models import Agreement, AgreementTemplate, Cohort, Enrolment, RuleSet, Signature, SigningRequest
from cohorts.models.agreements import fingerprint
from cohorts.states import Signatory, SignedBefore, SignedHow
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink, User
from steppingup.history.versions import next_version

TEXT = "You take part in the whole programme."


class AgreementTemplateFactory(DjangoModelFactory):
    """What the participant signs before they take a place."""

    class Meta:
        model = AgreementTemplate

    key = factory.Sequence(lambda n: f"agreement-{n}")
    title = "Learning agreement"
    text = TEXT
    participant_signs = True
    needed = SignedBefore.PLACE


def asked_by(cohort: Cohort, needed: str = SignedBefore.PLACE, **fields: Any) -> AgreementTemplate:
    """The rules of the cohort ask for it."""
    return AgreementTemplateFactory(rule_set=cohort.rule_set, needed=needed, **fields)


def sign_before_place(person: User, cohort: Cohort, *, has_employer: bool = True) -> None:
    """Whatever has to be signed before a place on the cohort is taken is signed, by everybody."""
    if not unsigned_before_place(person=person, cohort=cohort, has_employer=has_employer):
        return
    arrange(person=person, cohort=cohort, employer=None, told=False, has_employer=has_employer)
    for agreement in Agreement.objects.of_place(person, cohort).for_steps():
        for role in agreement.missing if agreement.template.is_required else ():
            write_signature(agreement, role)


def write_signature(agreement: Agreement, role: Signatory, name: str = "Amara Okafor", text: str = "") -> Signature:
    text = text or text_of(agreement)
    return Signature.objects.create(
        agreement=agreement,
        role=role,
        name=name,
        how=SignedHow.ACCOUNT,
        signed_by=agreement.person if role == Signatory.PARTICIPANT else None,
        text=text,
        digest=fingerprint(text),
    )


@contextmanager
def anew(cohort: Cohort, key: str = "") -> Iterator[AgreementTemplate]:
    """An agreement (by its key, or the first) of the next version of the cohort's rules, which is changed inside."""
    new, _ = next_version(cohort.rule_set.newest())
    template = new.agreement_templates.filter(**({"key": key} if key else {})).first()
    yield template
    template.save()


def signed(enrolment: Enrolment, name: str = "Amara Okafor", text: str = TEXT) -> Signature:
    """What a participant signed when they took their place; the rules need not ask for it any more."""
    rules = enrolment.cohort.rule_set
    template = rules.agreement_templates.filter(needed=SignedBefore.PLACE).first()
    if template is None:
        with pgtrigger.ignore():  # others may have applied by them already
            template = AgreementTemplateFactory(rule_set=rules, text=text, is_required=False)
    agreement = Agreement.objects.create(
        template=template, person=enrolment.participant, cohort=enrolment.cohort, enrolment=enrolment
    )
    return write_signature(agreement, Signatory.PARTICIPANT, name, text)


def link_for(agreement: Agreement, role: Signatory = Signatory.EMPLOYER) -> LinkHolder:
    """Whoever was asked to sign, with the link from the latest email."""
    request = SigningRequest.objects.get(agreement=agreement, role=role)
    links = TokenLink.objects.usable().filter(purpose=SIGNING_LINK, object_id=request.pk)
    return LinkHolder(links.latest("created_at"))


def page_of_link(agreement: Agreement, role: Signatory = Signatory.EMPLOYER, days: int = 9) -> str:
    """The address of a link like the one that was sent, whose secret nobody keeps."""
    request = SigningRequest.objects.get(agreement=agreement, role=role)
    raw = TokenLink.issue(purpose=SIGNING_LINK, target=request, email=request.email, days=days)[1]
    return reverse("cohorts:sign_by_link", args=[raw])


# -- a small world ---------------------------------------------------------------------------------


def three_texts(rules: RuleSet) -> None:
    """Something before the place, before the programme starts, and before the assignment begins."""
    AgreementTemplateFactory(rule_set=rules, key="commitment", title="Commitment", text="{{ participant }} takes part.")
    AgreementTemplateFactory(
        rule_set=rules, key="contract", title="Learning contract", text="{{ employer }} and {{ provider }} agree.",
        employer_signs=True, provider_signs=True, needed=SignedBefore.START,
    )  # fmt: skip
    AgreementTemplateFactory(
        rule_set=rules, key="training", title="Training contract", text="{{ host }} takes part.", participant_signs=False,
        host_signs=True, needed=SignedBefore.ASSIGNMENT, is_required=False,
    )  # fmt: skip


def agreements_of(enrolment: Enrolment) -> dict[str, Any]:
    """By what they are called there: the commitment is signed, and the line manager is asked to sign the contract."""
    of_place = Agreement.objects.of_place(enrolment.participant, enrolment.cohort)
    contract = of_place.get(template__key="contract")
    request = contract.requests.get()
    token = TokenLink.issue(purpose=SIGNING_LINK, target=request, email=request.email, days=9)[1]
    return {
        "commitment": of_place.get(template__key="commitment"),
        "contract": contract,
        "signing_request": request,
        "signing_token": token,
    }


def signed_by_a_link(enrolment: Enrolment) -> str:
    """The employer has signed the contract; the secret of the link, which still works."""
    contract = arrange_for(enrolment)[0]
    request = contract.requests.get()
    link, raw = TokenLink.issue(purpose=SIGNING_LINK, target=request, email=request.email, days=9)
    sign(agreement=contract, name="Mo Manager", by=LinkHolder(link))
    return raw
