"""What agreements about a place say to whom: who is asked to sign, by a link or on their own page, and what has been signed."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cohorts.extensions import where_taken
from cohorts.models import Agreement, Signature, SigningRequest
from cohorts.states import Signatory
from steppingup import clock
from steppingup.accounts.actions.token_links import issue_link
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

SIGNING_LINK = "sign-agreement"
#: How many days such a link works; the reminder brings a new one.
LINK_DAYS = 60
PARTICIPANT = Told("The participant", "the page where it can be read and signed")
SIGNATORY = Told(
    "Whoever signs for the employer or the host", "their own page for signing it", lets_in=True, called="Jo Harris"
)
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "participant": ("the participant's name", "Amara Okafor"),
    "agreement": ("what the agreement is called", "Learning contract"),
    "signs_for": ("for whom they sign", "the employer, Harbour Housing"),
    "before": ("what it has to be signed before", "before the programme starts"),
    "until": ("the last day on which the link works", "12 April 2020"),
    "asked_on": ("the day on which they were asked", "12 February 2020"),
    "signed_by": ("who has signed", "Jo Harris for the employer, Harbour Housing"),
    "signed_at": ("when", "12 February 2020, 10:42am"),
    "text": ("the text, as it was signed", "You take part in the whole programme."),
    "digest": ("the SHA-256 hash of the text", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    "then": ("what happens then, in a sentence", "Everybody has signed it now."),
}
KINDS = Kinds("cohorts", WORDS, ("programme", "cohort", "participant", "agreement"))

TO_SIGN = KINDS.add("agreement_to_sign", "An agreement is to be signed", PARTICIPANT, "before")
TO_SIGN_REMINDER = KINDS.add(
    "agreement_reminder", "An agreement has not been signed", PARTICIPANT, "before", "asked_on"
)
ASKED = KINDS.add(
    "agreement_asked",
    "Somebody is asked to sign for the employer or the host",
    SIGNATORY,
    *("signs_for", "before", "until"),
)
ASKED_REMINDER = KINDS.add(
    "agreement_asked_reminder",
    "Nobody has signed for the employer or the host yet",
    SIGNATORY,
    *("signs_for", "before", "until", "asked_on"),
)
COPY = KINDS.add(
    "agreement_copy",
    "A copy of what was signed for the employer or the host",
    SIGNATORY,
    *("signs_for", "signed_at", "text", "digest"),
    link=False,
)
SIGNED = KINDS.add("agreement_signed", "Somebody else has signed an agreement", PARTICIPANT, "signed_by", "then")


def before(agreement: Agreement) -> str:
    """“before the programme starts”; nothing where it need not be signed."""
    label = agreement.template.get_needed_display()
    return f"{label[:1].lower()}{label[1:]}"


def for_whom(agreement: Agreement, role: str) -> str:
    """“the employer, Harbour Housing”."""
    role = Signatory(role)
    organisation = agreement.organisation_of[role]
    return f"{role.in_sentence}, {organisation}" if organisation else role.in_sentence


def to_participant(kind: MessageKind, agreement: Agreement, **more: str) -> Notice:
    """The button leads to where the place is taken, while it is offered; else to the page of the agreement."""
    known = {"before": before(agreement), "asked_on": english.day_date(timezone.localtime(agreement.asked_at)), **more}
    context = {name: value for name, value in known.items() if name in kind.placeholders}
    link = next(filter(None, where_taken(agreement)), "") or address("cohorts:sign", agreement.pk)
    return Notice(kind, agreement.person, agreement, {"link": link, **context}, related=_related(agreement))


def tell_participant(kind: MessageKind, agreement: Agreement, **more: str) -> None:
    send(to_participant(kind, agreement, **more))


def _related(agreement: Agreement) -> list[Any]:
    return [one for one in (agreement.enrolment, agreement.cohort, agreement.person) if one is not None]


def new_link(request: SigningRequest) -> str:
    """Issue the link anew; earlier ones stop working. Returns the address."""
    raw = issue_link(purpose=SIGNING_LINK, target=request, email=request.email, days=LINK_DAYS)
    return address("cohorts:sign_by_link", raw)


def to_signatory(kind: MessageKind, request: SigningRequest, **more: str) -> Notice:
    agreement = request.agreement
    known = {
        "signs_for": for_whom(agreement, request.role),
        "before": before(agreement),
        "until": english.day_date(clock.today() + timedelta(days=LINK_DAYS)),
        "asked_on": english.day_date(timezone.localtime(request.asked_at)),
        **more,
    }
    return Notice(
        kind,
        request.email,
        agreement,
        {name: value for name, value in known.items() if name in kind.placeholders},
        (lambda: {"link": new_link(request)}) if kind.button_placeholder else {},
        name=request.name,
        related=_related(agreement),
    )


def ask(request: SigningRequest) -> None:
    send(to_signatory(ASKED, request))


def send_copy(request: SigningRequest, signature: Signature) -> None:
    """What they signed, as it is kept, with a link to it."""
    more = {
        "signed_at": english.when(signature.signed_at),
        "text": english.plain(signature.text),
        "digest": signature.digest,
    }
    send(to_signatory(COPY, request, **more))


def tell_signed(agreement: Agreement, signature: Signature) -> None:
    """The participant hears who else has signed, and what it still waits for."""
    missing = english.listed([role.in_sentence for role in agreement.missing])
    then = f"It still has to be signed by {missing}." if missing else "Everybody has signed it now."
    if not missing and agreement.enrolment is None:
        then = "Everybody has signed it now, so you can take your place."
    signed_by = f"{signature.name} for {for_whom(agreement, signature.role)}"
    tell_participant(SIGNED, agreement, signed_by=signed_by, then=then)
