"""Agreements about a place are signed: by the participant and the line manager on their own pages, by a link for the employer or
the host, by staff for the provider. What is signed is never taken back; another text asks for new signatures."""

from typing import Any

from django import forms

from cohorts import agreement_notices as notices
from cohorts.actions.arranging import Contact, arrange_for, ask_contact, manager_of
from cohorts.agreements import digest_of, placement_of, templates_of, text_of
from cohorts.extensions import when_agreements_change
from cohorts.models import Agreement, AgreementTemplate, Cohort, Enrolment, RuleSet, Signature, SigningRequest
from cohorts.models.agreements import fingerprint
from cohorts.permissions import CohortPermission
from cohorts.states import Signatory, SignedHow
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed, require_colleague
from steppingup.accounts.models import TokenLink, User
from steppingup.accounts.naming import is_own_address
from steppingup.formats import english
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.behalf import asked
from steppingup.steps.step import StepForm, Waiting, Weight, step

RUN, EDIT = CohortPermission.RUN_COHORTS, CohortPermission.EDIT_PROGRAMMES
WHOLE_NAME = "Enter your full legal name: your first name and your last name."
STAYS = "What somebody has signed stays as they signed it. Another text, or another party, asks for new signatures."
BY_LINK = (Signatory.EMPLOYER, Signatory.HOST)


def is_part_of_name(name: str, known: str) -> bool:
    """Is a name of one word too little to sign with? Some people have only one name."""
    return len(name.split()) < min(2, len(known.split()) or 2)


def role_of(by: Actor, agreement: Agreement) -> Signatory | None:
    """As what this person signs it: the participant, the line manager for the employer, or whoever holds a link to it."""
    if isinstance(by, LinkHolder):
        request: Any = by.link.target if by.link.purpose == notices.SIGNING_LINK else None
        of_it = isinstance(request, SigningRequest) and request.agreement_id == agreement.pk
        return Signatory(request.role) if of_it else None
    if not isinstance(by, User):
        return None
    if by.pk == agreement.person_id:
        return Signatory.PARTICIPANT if agreement.template.participant_signs else None
    is_manager = agreement.enrolment is not None and agreement.enrolment.line_manager_id == by.pk
    return Signatory.EMPLOYER if is_manager and Signatory.EMPLOYER in agreement.signatories else None


def require_signatory(by: Actor, agreement: Agreement) -> None:
    """Raises NotAllowed for whoever is no party to it."""
    if role_of(by, agreement) is None:
        raise NotAllowed(f"{by} does not sign {agreement}.")


def require_live(agreement: Agreement) -> None:
    refuse_if(agreement.ended_at, "This agreement does not hold any more, so it need not be signed.", "ended")
    refuse_if(not agreement.is_live, "They are not on the programme, so there is nothing to sign any more.", "state")


def _lock(agreement: Agreement) -> Agreement:
    """As it is now, with what is signed and asked; nobody else signs it meanwhile."""
    Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    return Agreement.objects.for_steps().get(pk=agreement.pk)


def _known_name(by: Actor) -> str:
    if isinstance(by, LinkHolder):
        request: Any = by.link.target
        return str(request.name)
    return by.full_name if isinstance(by, User) else ""


def _write(agreement: Agreement, role: Signatory, name: str, by: Actor) -> Signature:
    text = text_of(agreement)
    account = by if isinstance(by, User) else None
    by_whom = SignedHow.ACCOUNT if account else SignedHow.LINK
    organisation = agreement.organisation_of[role]
    return Signature.objects.create(
        agreement=agreement,
        role=role,
        organisation=str(organisation) if organisation else "",
        name=name,
        email=account.email if account else str(by),
        how=SignedHow.STAFF if asked() else by_whom,
        signed_by=account,
        text=text,
        digest=fingerprint(text),
    )


@step(
    Agreement,
    "Sign the agreement",
    name="sign",
    past="Signed",
    story="You signed an agreement",
    guard=require_signatory,
    policy=require_live,
    final=STAYS,
    weight=Weight.STRONG,
)
def sign(*, agreement: Agreement, name: str, by: Actor, digest: str | None = None, known: str = "") -> Agreement:
    """Whoever is a party to it signs it with their name. Signing again changes nothing. `digest` is digest_of() what was read;
    `known` is what they called themselves elsewhere, where their account does not say.

    Raises NotAllowed for others; NotPossible without the whole name, when the text is another, when it has ended or they
    have left, and by a link that does not work any more."""
    agreement = _lock(agreement)
    require_live(agreement)
    refuse_if(
        isinstance(by, LinkHolder) and not asked() and not TokenLink.objects.usable().filter(pk=by.link.pk).exists(),
        "This link has been replaced or has expired. Please use the link in our latest email.",
        "link",
    )
    role = role_of(by, agreement)
    if role is None or agreement.signed_by(role):
        return agreement
    refuse_if(
        digest is not None and digest != digest_of(agreement),
        "The agreement was changed after you opened it. Please read it again, then sign.",
        "text_changed",
    )
    name = " ".join(required(name, "Enter your full legal name to sign the agreement.", "name").split())
    refuse_if(is_part_of_name(name, known or _known_name(by)), WHOLE_NAME, "name", field="name")
    signature = _write(agreement, role, name, by)
    return _tell(agreement, signature, by)


def _tell(agreement: Agreement, signature: Signature, by: Actor) -> Agreement:
    """Whoever signed by a link has a copy; the participant hears of the others."""
    agreement = Agreement.objects.for_steps().get(pk=agreement.pk)
    request = agreement.requested_of(Signatory(signature.role)) if isinstance(by, LinkHolder) else None
    if request is not None and request.email:
        notices.send_copy(request, signature)
    if signature.role != Signatory.PARTICIPANT:
        notices.tell_signed(agreement, signature)
    return agreement


# -- for the provider ------------------------------------------------------------------------------


class CountersignForm(StepForm):
    name = NameInput(
        label="Your full name",
        help_text="It stands under the agreement, for the provider.",
        max_length=150,
        error_messages={"required": "Enter your full name to sign."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].initial = getattr(self.by, "full_name", "")


def _require_provider_missing(agreement: Agreement) -> None:
    require_live(agreement)
    refuse_if(
        Signatory.PROVIDER not in agreement.template.signatories, "The provider does not sign this agreement.", "nobody"
    )
    refuse_if(agreement.signed_by(Signatory.PROVIDER), "It is signed for the provider already.", "signed")


@step(
    Agreement,
    "Sign for the provider",
    past="Signed for the provider",
    meaning="Your name, the time and the text as it stands are kept under it. The participant is told.",
    permission=RUN,
    guard=lambda by, agreement: require_colleague(
        by, agreement.person, "You cannot sign your own agreement for the provider. Ask a colleague."
    ),
    policy=_require_provider_missing,
    done=lambda agreement: agreement.signed_by(Signatory.PROVIDER) is not None,
    form=CountersignForm,
    final=STAYS,
    bulk=True,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.to_sign(Signatory.PROVIDER),
        "agreement is to be signed for the provider",
        "agreements are to be signed for the provider",
        order=36,
    ),
)
def countersign(*, agreement: Agreement, name: str, by: User) -> Agreement:
    """A member of staff signs for the provider. Raises NotPossible where it is signed, has ended, or asks for no such signature."""
    agreement = _lock(agreement)
    _require_provider_missing(agreement)
    name = " ".join(required(name, "Enter your full name to sign.", "name").split())
    refuse_if(is_part_of_name(name, by.full_name), WHOLE_NAME, "name", field="name")
    return _tell(agreement, _write(agreement, Signatory.PROVIDER, name, by), by)


# -- by a link -------------------------------------------------------------------------------------


def to_ask(agreement: Agreement) -> list[Signatory]:
    """Who can be asked by a link, as their signature is missing."""
    return [role for role in agreement.missing if role in BY_LINK]


def _require_to_ask(agreement: Agreement) -> None:
    require_live(agreement)
    refuse_if(not to_ask(agreement), "Nobody has still to sign it for the employer or the host.", "signed")


class AskForm(StepForm):
    """Begins with whoever was asked last; for the employer with the line manager, for the host with its contact."""

    role = forms.ChoiceField(label="For whom do they sign?", widget=forms.RadioSelect)
    name = NameInput(label="Name", max_length=150, error_messages={"required": "Enter the name of whoever is to sign."})
    email = AddressInput(
        label="Email address", error_messages={"required": "Enter the email address of whoever is to sign."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = to_ask(self.subject)
        self.fields["role"].choices = [(role, role.label) for role in roles]  # type: ignore[attr-defined]
        first = roles[0] if roles else None
        name, email = _suggested(self.subject, first) if first else ("", "")
        self.initial = {"role": first, "name": name, "email": email, **self.initial}


def _suggested(agreement: Agreement, role: Signatory) -> tuple[str, str]:
    if request := agreement.requested_of(role):
        return request.name, request.email
    if role == Signatory.EMPLOYER:
        manager = manager_of(agreement.enrolment) if agreement.enrolment else None
        return (manager.name, manager.email) if manager else ("", "")
    placement = placement_of(agreement)
    return (placement.host_contact if placement else "", "")


@step(
    Agreement,
    "Ask for a signature",
    name="ask_to_sign",
    past="Asked for a signature",
    meaning="They get a link by email, and need no account. A link that somebody had before stops working.",
    permission=RUN,
    guard=lambda by, agreement: require_colleague(
        by, agreement.person, "You cannot choose who signs your own agreement. Ask a colleague."
    ),
    policy=_require_to_ask,
    form=AskForm,
    waiting=Waiting(
        lambda rows: rows.waits_for_nobody(),
        "agreement waits for an employer or a host, and nobody is asked",
        "agreements wait for an employer or a host, and nobody is asked",
        order=37,
    ),
)
def ask_to_sign(*, agreement: Agreement, role: str, name: str, email: str, by: Actor) -> SigningRequest:
    """Somebody at the employer or the host is asked to sign, by a link.

    Raises NotPossible where that role has signed or does not sign, without an address, and for the participant's own."""
    agreement = _lock(agreement)
    _require_to_ask(agreement)
    refuse_if(role not in to_ask(agreement), "Choose for whom they sign.", "role", field="role")
    name = required(name, "Enter the name of whoever is to sign.", "name")
    email = required(email, "Enter the email address of whoever is to sign.", "email")
    refuse_if(
        is_own_address(agreement.person, email),
        "A participant cannot sign for their employer or host. Enter somebody else’s address.",
        "own_address",
        field="email",
    )
    return ask_contact(agreement, Signatory(role), Contact(name, email))


# -- another text ----------------------------------------------------------------------------------


def _newest(cohort: Cohort) -> RuleSet:
    return (cohort.agreement_rules or cohort.rule_set).newest()


def newer_agreements(cohort: Cohort) -> tuple[RuleSet, list[AgreementTemplate]]:
    """The newest version of the rules whose agreements the cohort has, and what has to be signed anew by it."""
    newest = _newest(cohort)
    here = {one.key: one for one in templates_of(cohort)}
    changed = [
        one for one in newest.agreement_templates.all() if one.key not in here or not one.is_same_as(here[one.key])
    ]
    return newest, changed


def _on_it(cohort: Cohort) -> Any:
    return Enrolment.objects.on_the_programme().filter(cohort=cohort)


def _require_newer(cohort: Cohort) -> None:
    refuse_if(
        _newest(cohort).pk == (cohort.agreement_rules_id or cohort.rule_set_id),
        "Nobody has changed the agreements of this cohort’s rules, so there is nothing new to sign.",
        "same",
    )


def _who_signs_anew(cohort: Cohort, **given: Any) -> str:
    _, changed = newer_agreements(cohort)
    if not changed:
        return "No text is another, so nobody has to sign anything. Agreements that are no longer asked for end."
    titles = english.listed([f"“{one}”" for one in changed])
    people = english.counted(_on_it(cohort).count(), "person", "people")
    return (
        f"{people} on the programme will be asked to sign {titles}, and so will everybody else who signs it. What they "
        "signed before stays on record. Whoever has completed or left is not asked."
    )


@step(
    Cohort,
    "Ask for the new agreements",
    name="adopt_agreements",
    past="New agreements asked for",
    meaning=_who_signs_anew,
    permission=EDIT,
    policy=_require_newer,
    number=lambda cohort, **given: _on_it(cohort).count(),
)
def adopt_agreements(*, cohort: Cohort, by: Actor) -> Cohort:
    """The agreements of the newest version of its rules hold for everybody who is on the cohort, or about to be: whoever has
    not signed such a text is asked to. All else of the rules stays as it was.

    Raises NotPossible when there is no newer version."""
    cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    _require_newer(cohort)
    cohort.agreement_rules = _newest(cohort)
    cohort.save(update_fields=["agreement_rules"])
    for enrolment in _on_it(cohort).order_by("pk"):
        Enrolment.objects.locked(enrolment.pk)
        arrange_for(enrolment)
    when_agreements_change(cohort)
    return cohort
