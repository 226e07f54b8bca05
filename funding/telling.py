"""Who is told what about a fee. The same list is shown before a button is pressed and sent when it was (design rule 10)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from cohorts.access import staff_of
from funding import messages as kinds
from funding.hooks import applicant_page
from funding.models import BursaryRequest, FeeAgreement, Invoice
from funding.states import AgreementStatus
from funding.terms import place_words
from steppingup.accounts.models import Organisation, TokenLink, User
from steppingup.accounts.roles import Permission
from steppingup.formats.english import day_date, pounds, when
from steppingup.messaging.actions import MessagePreview, preview, send_as
from steppingup.messaging.kinds import MessageKind

AGREEMENT_LINK = "fee-agreement"
INVOICE_LINK = "invoice"
#: How many days a link works where nobody said otherwise.
LINK_DAYS = 60


@dataclass(frozen=True)
class Notice:
    """One email. `secrets` is called only when it is really sent: a token link is issued then."""

    kind: MessageKind
    to: User | str
    about: models.Model
    scopes: Sequence[models.Model]
    context: dict[str, Any]
    name: str = ""
    secrets: Callable[[], dict[str, Any]] | None = None
    related: Sequence[models.Model] = field(default=())
    provider: Organisation | None = None
    reply_to: str = ""


def previews(notices: Iterable[Notice]) -> list[MessagePreview]:
    """For `components/told.html`. Links are masked."""
    return [
        preview(kind=n.kind.key, to=n.to, name=n.name, scopes=n.scopes, context=n.context, provider=n.provider)
        for n in notices
    ]


def send_all(notices: Iterable[Notice]) -> None:
    """Write them into the outbox, in the caller's transaction."""
    for n in notices:
        send_as(
            kind=n.kind.key,
            to=n.to,
            name=n.name,
            about=n.about,
            related=n.related,
            scopes=n.scopes,
            context=n.context,
            secrets=n.secrets() if n.secrets else None,
            provider=n.provider,
            reply_to=n.reply_to,
        )


def _answers_go_to(agreement: FeeAgreement) -> str:
    return agreement.cohort.programme.contact_email


def address(name: str, raw: str) -> str:
    """The full address of a page behind a token link."""
    return settings.SITE_URL.rstrip("/") + reverse(f"funding:{name}", args=[raw])


def new_link(agreement: FeeAgreement, days: int = LINK_DAYS) -> str:
    """Issue the sponsor's link anew; earlier ones stop working. Returns the address."""
    TokenLink.revoke_all(purpose=AGREEMENT_LINK, target=agreement)
    _, raw = TokenLink.issue(purpose=AGREEMENT_LINK, target=agreement, email=agreement.sponsor_email, days=days)
    return address("support", raw)


def new_invoice_link(invoice: Invoice, days: int = 365) -> str:
    TokenLink.revoke_all(purpose=INVOICE_LINK, target=invoice)
    email = invoice.agreement.sponsor_email
    _, raw = TokenLink.issue(purpose=INVOICE_LINK, target=invoice, email=email, days=days)
    return address("invoice", raw)


def _applicant(kind: MessageKind, agreement: FeeAgreement, **more: Any) -> Notice:
    context = {**place_words(agreement), "page": applicant_page.of(agreement), **more}
    return Notice(
        kind,
        agreement.person,
        agreement,
        agreement.message_scopes,
        context,
        provider=agreement.provider,
        reply_to=_answers_go_to(agreement),
    )


def _sponsor(kind: MessageKind, agreement: FeeAgreement, *, link_days: int = 0, **more: Any) -> Notice:
    """With `link_days`, a new link is issued when it is sent."""
    return Notice(
        kind,
        agreement.sponsor_email,
        agreement,
        agreement.message_scopes,
        {**place_words(agreement), "sponsor": agreement.sponsor_name, **more},
        name=agreement.sponsor_name,
        secrets=(lambda: {"link": new_link(agreement, link_days)}) if link_days else None,
        related=(agreement.person,),
        provider=agreement.provider,
        reply_to=_answers_go_to(agreement),
    )


def of_asking(agreement: FeeAgreement, link_days: int = LINK_DAYS) -> list[Notice]:
    until = day_date(timezone.localdate() + timedelta(days=link_days))
    return [_sponsor(kinds.ASKED, agreement, link_days=link_days, until=until)]


def of_silence(agreement: FeeAgreement, asked_on: str) -> Notice:
    """A reminder, with a new link."""
    return _sponsor(kinds.ASKED_REMINDER, agreement, link_days=LINK_DAYS, asked_on=asked_on)


def of_agreeing(agreement: FeeAgreement) -> list[Notice]:
    """Expects the name, order number and address as they will be written."""
    copy = _sponsor(
        kinds.AGREED_COPY,
        agreement,
        terms=agreement.terms,
        purchase_order=agreement.purchase_order or "none was given",
        billing_address=", ".join(line.strip() for line in agreement.billing_address.splitlines() if line.strip()),
        agreed_at=when(agreement.answered_at or timezone.now()),
    )
    return [_applicant(kinds.AGREED, agreement, sponsor=agreement.sponsor_name), copy]


def _staff(kind: MessageKind, permission: Permission, agreement: FeeAgreement, **more: Any) -> list[Notice]:
    """To everybody who holds the permission for this cohort; nobody is told of their own place as staff."""
    context = {**place_words(agreement), "sponsor": agreement.sponsor_name, **more}
    return [
        Notice(kind, person, agreement, agreement.message_scopes, context, provider=agreement.provider)
        for person in staff_of(agreement.cohort, permission)
        if person != agreement.person
    ]


def as_sponsors_see(notices: Iterable[Notice], agreement: FeeAgreement) -> list[MessagePreview]:
    """The same list for somebody without an account: nobody's address but their own. Staff stand in it as their
    organisation, once for each text."""
    shown: dict[tuple[str, str], MessagePreview] = {}
    for notice in notices:
        is_staff = notice.kind.told in kinds.STAFF
        seen = previews([replace(notice, name=str(agreement.provider)) if is_staff else notice])[0]
        own = seen.to_email == agreement.sponsor_email
        shown.setdefault(
            (notice.kind.key, "" if is_staff else seen.to_email),
            seen if own or not seen.to_name else replace(seen, to_email=""),
        )
    return list(shown.values())


def of_asking_for_bursary(agreement: FeeAgreement, reason: str) -> list[Notice]:
    page = settings.SITE_URL.rstrip("/") + reverse("admin:funding_bursaryrequest_changelist")
    decide = _staff(kinds.BURSARY_TO_DECIDE, Permission.DECIDE_MONEY, agreement, reason=reason, page=page)
    return [_applicant(kinds.BURSARY_ASKED, agreement, sponsor=agreement.sponsor_name), *decide]


def of_declining(agreement: FeeAgreement, reason: str) -> list[Notice]:
    page = settings.SITE_URL.rstrip("/") + reverse("admin:funding_feeagreement_change", args=[agreement.pk])
    return [
        _applicant(kinds.DECLINED, agreement, sponsor=agreement.sponsor_name, reason=reason),
        *_staff(kinds.DECLINED_STAFF, Permission.DECIDE_APPLICATIONS, agreement, reason=reason, page=page),
    ]


def of_granting(request: BursaryRequest, amount: Any, reason: str) -> list[Notice]:
    """The whole fee, or a part of it, with a new link for the sponsor to answer about the rest."""
    agreement = request.agreement
    fee = agreement.amount if agreement.amount is not None else agreement.cohort.fee
    more: dict[str, Any] = {"bursary": pounds(amount), "reason": reason, "to_pay": pounds(fee - amount)}
    if amount >= fee:
        return [
            _applicant(kinds.BURSARY_GRANTED, agreement, **more),
            _sponsor(kinds.BURSARY_GRANTED_SPONSOR, agreement, **more),
        ]
    return [
        _applicant(kinds.BURSARY_PART, agreement, **more),
        _sponsor(kinds.BURSARY_PART_SPONSOR, agreement, link_days=LINK_DAYS, **more),
    ]


def of_refusing(request: BursaryRequest, reason: str) -> list[Notice]:
    return [
        _applicant(kinds.BURSARY_REFUSED, request.agreement, reason=reason),
        _sponsor(kinds.BURSARY_REFUSED_SPONSOR, request.agreement, link_days=LINK_DAYS, reason=reason),
    ]


def of_ending(agreement: FeeAgreement, reason: str) -> list[Notice]:
    """To a sponsor who was asked: there is nothing more to do."""
    return [_sponsor(kinds.NOT_NEEDED, agreement, reason=reason)] if agreement.sponsor_email else []


def would_end(agreement: FeeAgreement | None, reason: str) -> list[MessagePreview]:
    """Who would be told if the agreement ended now: nobody where nothing is promised and nobody is being asked."""
    quiet = (AgreementStatus.DRAFT, AgreementStatus.DECLINED, AgreementStatus.RELEASED)
    return [] if agreement is None or agreement.status in quiet else previews(of_ending(agreement, reason))


def of_invoice(invoice: Invoice, kind: MessageKind = kinds.INVOICE, **more: Any) -> Notice:
    """The invoice by a link. In a preview it may be one that has not been issued and has no number yet."""
    agreement = invoice.agreement
    context = {
        **place_words(agreement),
        "sponsor": agreement.sponsor_name,
        "invoice": invoice.reference if invoice.number else "(next number)",
        "amount": pounds(invoice.amount),
        "due_on": day_date(invoice.due_on),
        "purchase_order": invoice.purchase_order or "none was given",
        **more,
    }
    return Notice(
        kind,
        agreement.sponsor_email,
        invoice,
        agreement.message_scopes,
        context,
        name=agreement.sponsor_name,
        secrets=lambda: {"link": new_invoice_link(invoice)},
        related=(agreement, agreement.person),
        provider=agreement.provider,
        reply_to=_answers_go_to(agreement),
    )
