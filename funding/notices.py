"""What money tells people: sponsors, applicants, finance officers and coordinators. Texts: templates/email/funding/."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohorts.models import Cohort
from cohorts.queries import staff_of
from funding import still
from funding.links import LINK_DAYS, new_sponsor_link, page_of_applicant
from funding.models import FeeAgreement, Invoice
from funding.models.payer_words import PAYER_WORDS
from funding.permissions import MoneyPermission
from funding.queries import pots_for
from steppingup import clock
from steppingup.accounts.roles import Permission
from steppingup.formats.english import day_date
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import MessageKind, add_message_kind
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus

APPLICANT = "The applicant"
SPONSOR = "The sponsor"
PAYER = "The finance contact, or the sponsor"
FINANCE = "The finance officers"
COORDINATORS = "The coordinators"
STAFF = (FINANCE, COORDINATORS)

PLACE = {
    "participant": "the name of the applicant",
    "programme": "the programme",
    "cohort": "the cohort",
    "employer": "the employer",
    "days": "the days of the programme, such as “18½ days”",
    "starts_on": "the first day",
    "ends_on": "the last day",
    "fee": "the fee in pounds",
    "cost": "what the place costs, in pounds",
    "what": "what is agreed to: “the fee”, or where there is none, “the terms”",
    "to_pay": "what the employer pays, in pounds",
    **{name: meaning for name, (meaning, _) in PAYER_WORDS.items()},
}
SPONSOR_WORDS = {"sponsor": "the sponsor's name"}
LINK = {"link": "the sponsor's own page"}
PAGE = {"page": "the applicant's own page"}
SAMPLES = {
    **{name: sample for name, (_, sample) in PAYER_WORDS.items()},
    "participant": "Amara Okafor",
    "sponsor": "Jo Harris",
    "employer": "Harbour Housing",
    "days": "12 days",
    "starts_on": "3 February 2020",
    "ends_on": "20 November 2020",
    "fee": "£1,200",
    "cost": "£1,200",
    "what": "the fee",
    "leaving": "If Amara Okafor leaves the programme once it has started, the fee is still owed. Harbour Housing pays £1,200.",
    "to_pay": "£1,200",
    "until": "12 December 2019",
    "answers": "agree or decline",
    "closing": "Applications close on 30 November 2019, 11:59pm. Please answer before then.",
    "reason": "Our training budget for this year is spent.",
    "invoice": "SU00017",
    "amount": "£1,200",
    "outstanding": "£1,200",
    "due_on": "4 March 2020",
    "purchase_order": "PO 4711",
    "bursary": "£800",
    "credit_note": "CN-2026-27-00003",
    "credited": "£300",
    "refund": "£100",
    "contact": "accounts@harbour.example",
    "proposal": "Write-off of £300, invoice SU-2026-27-00017",
    "settled": "£800 has gone back to Bursaries.",
    "next": "We will send you a credit note for it.",
    "stands": "What was agreed about the fee holds. Harbour Housing pays £1,200. We will send you the invoice.",
    "owed": "£970",
    "left_on": "4 May 2020",
    "why": "We have heard from the employer since.",
    "can": "tell us of circumstances",
    "who": "Amara Okafor",
    "decision": "Harbour Housing owes £400.",
    "waits": "Amara Okafor’s application cannot go ahead until you have answered.",
    "asks": "Amara Okafor of Harbour Housing would like to apply for Stepping Up (2020), and named you as the person who can agree the fee.",
    "invoiced": "which is invoiced only if Amara Okafor is offered a place and accepts it",
}


def kind_of_money(
    key: str, title: str, told: str, more: dict[str, str], *, link: str = "", button: str = ""
) -> MessageKind:
    """`link` names the secret link of the sponsor, `button` what the button leads to where that is no secret."""
    words = {**PLACE, **more}
    secret, leads_to = {link} if link else set(), link or button or None
    return add_message_kind(MessageKind(f"funding.{key}", title, told, words, secret, leads_to, {**SAMPLES}))


ANSWERS = {"answers": "what the sponsor can answer, such as “agree, ask whether a bursary is possible, or decline”"}
CLOSING = {"closing": "when applications close, or that they have, in sentences; nothing where that does not matter"}
WAITS = {"waits": "what waits for the answer, in a sentence; nothing where no answer helps any more"}
NEXT = {"next": "what can be done now, or need not be, in sentences"}
ASKED = kind_of_money(
    "asked",
    "A sponsor is asked to agree the fee",
    SPONSOR,
    {
        **SPONSOR_WORDS,
        **LINK,
        **CLOSING,
        **WAITS,
        **ANSWERS,
        "asks": "who asks for it, in a sentence",
        "invoiced": "when the fee is invoiced",
        "leaving": "what is owed if the participant leaves, in sentences",
        "until": "the last day on which the link works",
    },
    link="link",
)
ASKED_REMINDER = kind_of_money(
    "asked_reminder",
    "A sponsor has not answered",
    SPONSOR,
    {**SPONSOR_WORDS, **LINK, **CLOSING, **WAITS, **ANSWERS, "asked_on": "the day on which the sponsor was asked"},
    link="link",
)
CLOSING_MOVED = kind_of_money(
    "closing_moved",
    "The closing time has moved, and a sponsor has not answered",
    SPONSOR,
    {**SPONSOR_WORDS, **LINK, **CLOSING, **WAITS},
    link="link",
)
AGREED = kind_of_money(
    "agreed", "The employer has agreed the fee", APPLICANT, {**SPONSOR_WORDS, **PAGE, **NEXT}, button="page"
)
AGREED_COPY = kind_of_money(
    "agreed_copy",
    "A sponsor's copy of what was agreed",
    SPONSOR,
    {
        **SPONSOR_WORDS,
        "terms": "the terms, as they were read",
        "purchase_order": "the purchase order number",
        "billing_address": "where the invoice goes",
        "agreed_at": "when it was agreed",
    },
)
BURSARY_ASKED = kind_of_money(
    "bursary_asked",
    "The employer has asked for a bursary",
    APPLICANT,
    {**SPONSOR_WORDS, **PAGE, **NEXT},
    button="page",
)
BURSARY_TO_DECIDE = kind_of_money(
    "bursary_to_decide",
    "A bursary is waiting for a decision",
    FINANCE,
    {**SPONSOR_WORDS, "reason": "what the sponsor wrote", "page": "the page where it is decided"},
    button="page",
)
DECIDED = {"bursary": "pounds granted", "reason": "why, as the finance officer wrote it"}
BURSARY_GRANTED = kind_of_money(
    "bursary_granted", "A bursary was granted", APPLICANT, {**DECIDED, **PAGE, **NEXT}, button="page"
)
BURSARY_GRANTED_SPONSOR = kind_of_money(
    "bursary_granted_sponsor", "A bursary for the whole fee was granted", SPONSOR, {**SPONSOR_WORDS, **DECIDED}
)
BURSARY_PART = kind_of_money(
    "bursary_part", "A bursary pays part of the fee", APPLICANT, {**DECIDED, **PAGE, **NEXT}, button="page"
)
BURSARY_PART_SPONSOR = kind_of_money(
    "bursary_part_sponsor",
    "A bursary pays part, and the sponsor is asked for the rest",
    SPONSOR,
    {**SPONSOR_WORDS, **DECIDED, **LINK, **CLOSING, **WAITS},
    link="link",
)
REFUSED = {"reason": "why, as the finance officer wrote it"}
BURSARY_REFUSED = kind_of_money(
    "bursary_refused", "A bursary was refused", APPLICANT, {**REFUSED, **PAGE, **NEXT}, button="page"
)
BURSARY_REFUSED_SPONSOR = kind_of_money(
    "bursary_refused_sponsor",
    "A bursary was refused, and the sponsor is asked again",
    SPONSOR,
    {**SPONSOR_WORDS, **REFUSED, **LINK, **CLOSING, **WAITS},
    link="link",
)
DECLINED = kind_of_money(
    "declined",
    "The employer has declined the fee",
    APPLICANT,
    {**SPONSOR_WORDS, **PAGE, **NEXT, "reason": "why, as the sponsor wrote it"},
    button="page",
)
DECLINED_STAFF = kind_of_money(
    "declined_staff",
    "An employer has declined a fee",
    COORDINATORS,
    {**SPONSOR_WORDS, **NEXT, "reason": "why, as the sponsor wrote it", "page": "the fee agreement's page"},
    button="page",
)
NOT_NEEDED = kind_of_money(
    "not_needed",
    "A sponsor has nothing more to do",
    SPONSOR,
    {**SPONSOR_WORDS, "reason": "why"},
)
CAME_BACK = kind_of_money(
    "came_back",
    "A participant is back, and a letter about the fee was written when they left",
    PAYER,
    {**SPONSOR_WORDS, "stands": "who owes what now, in sentences"},
)
INVOICE_NOT_OWED = kind_of_money(
    "invoice_not_owed",
    "An invoice does not have to be paid any more",
    PAYER,
    {**SPONSOR_WORDS, "invoice": "its number", "reason": "why", "next": "what comes next: a credit note, a refund"},
)
SETTLED = kind_of_money(
    "settled",
    "What became of the money for a place that has ended",
    FINANCE,
    {"reason": "why it has ended", "settled": "what became of the money", "page": "the fee agreement's page"},
    button="page",
)
EMPLOYER_CHANGED = kind_of_money(
    "employer_changed",
    "A participant has another employer, and the former one agreed the fee",
    FINANCE,
    {
        "former": "the former employer",
        "now": "the new employer, or “Self-employed”",
        "works": "what they do now: “works for Harbour Housing”, or “is self-employed”",
        "stands": "what was agreed",
        "page": "the fee agreement's page",
    },
    button="page",
)
COHORT_SETTLED = add_message_kind(
    MessageKind(
        "funding.cohort_settled",
        "What became of the money for a cohort that was cancelled",
        FINANCE,
        {
            "programme": "the programme",
            "cohort": "the cohort",
            "settled": "a line for each place that money was promised to, or invoiced for",
            "page": "the fee agreements of the cohort",
        },
        button_placeholder="page",
        samples={"settled": "- Amara Okafor: £400 has gone back to Bursaries."},
    )
)


#: What each of these letters says next to the applicant; the others of the kind say that they can carry on.
SAYS_NEXT = {
    AGREED.key: still.after_agreeing,
    BURSARY_GRANTED.key: still.after_agreeing,
    BURSARY_REFUSED.key: still.after_refusing,
    DECLINED.key: still.after_declining,
}


def tell_applicant(kind: MessageKind, agreement: FeeAgreement, about: models.Model | None = None) -> None:
    words = {"page": page_of_applicant(agreement)}
    if "next" in kind.placeholders:
        words["next"] = SAYS_NEXT.get(kind.key, still.meanwhile)(agreement)
    send(Notice(kind, agreement.person, about or agreement, words, related=[agreement]))


def answers_to(agreement: FeeAgreement) -> str:
    """Only what is possible: a bursary where the programme has one that is open."""
    is_possible = pots_for(agreement).exists() and not agreement.bursary_amount
    return "agree, ask whether a bursary is possible, or decline" if is_possible else "agree or decline"


def tell_of_closing(agreement: FeeAgreement, closing: str) -> None:
    """A sponsor who has not answered is told that the closing time has moved, with a new link; and where it has passed by
    now, that no answer is needed. Whoever pays themselves is told by the application."""
    if agreement.self_paid:
        return
    said = closing if still.waits_for(agreement) else f"{closing} {still.too_late_for(agreement)}"
    tell_sponsor(CLOSING_MOVED, agreement, link=partial(new_sponsor_link, agreement), closing=said)


def to_sponsor(
    kind: MessageKind,
    agreement: FeeAgreement,
    about: models.Model | None = None,
    *,
    link: Callable[[], str] | None = None,
    **more: Any,
) -> Notice:
    """`link` issues the link that lets them in; it is called when the notice is written, and so is when an answer helps."""
    facts: dict[str, Callable[[FeeAgreement], str]] = {
        "closing": still.closing_of,
        "waits": still.waits_for,
        "answers": answers_to,
        "asks": still.who_asks,
        "invoiced": still.when_invoiced,
        "leaving": still.if_they_leave,
    }
    more = {name: fact(agreement) for name, fact in facts.items() if name in kind.placeholders} | more
    return Notice(
        kind,
        agreement.sponsor_email,
        about or agreement,
        more,
        (lambda: {"link": link()}) if link else {},
        name=agreement.sponsor_name,
        related=[agreement, agreement.person],
    )


def to_payer(kind: MessageKind, about: models.Model, agreement: FeeAgreement, **more: Any) -> Notice:
    """To the finance contact where one was named, else to the sponsor."""
    name, email = agreement.who_pays
    return replace(to_sponsor(kind, agreement, about, **more), to=email, name=name)


def tell_payer(kind: MessageKind, about: models.Model, agreement: FeeAgreement, **more: Any) -> None:
    if agreement.who_pays[1]:
        send(to_payer(kind, about, agreement, **more))


def tell_sponsor(kind: MessageKind, agreement: FeeAgreement, about: models.Model | None = None, **more: Any) -> None:
    """Nobody is told where no sponsor was named."""
    if agreement.sponsor_email:
        send(to_sponsor(kind, agreement, about, **more))


#: What whoever pays reads when a place ends.
OF_AN_ENDING = ("funding.still_owed", NOT_NEEDED.key, INVOICE_NOT_OWED.key)


def tell_of_coming_back(agreement: FeeAgreement) -> None:
    """Whoever was told what becomes of the fee, when the place ended, hears how it stands now that it is held again: the
    sponsor and the finance contact, each once, and nobody who was not written to."""
    about = {FeeAgreement: [agreement.pk], Invoice: [one.pk for one in agreement.invoices.all()]}
    of_it = Q(pk__in=[])
    for model, keys in about.items():
        of_it |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=keys)
    # Also what still waits: it leaves before this.
    written = Message.objects.filter(of_it, kind__in=OF_AN_ENDING)
    written = written.exclude(status=MessageStatus.STOPPED)
    told = set(written.values_list("to_email", flat=True))
    stands = still.for_payer(agreement)
    people = {agreement.sponsor_email: agreement.sponsor_name, agreement.finance_email: agreement.finance_name}
    for email, name in people.items():
        if email in told:
            send(replace(to_sponsor(CAME_BACK, agreement, stands=stands), to=email, name=name))


def ask_sponsor(agreement: FeeAgreement, link_days: int = LINK_DAYS) -> None:
    until = day_date(clock.today() + timedelta(days=link_days))
    tell_sponsor(ASKED, agreement, link=partial(new_sponsor_link, agreement, link_days), until=until)


def of_silence(agreement: FeeAgreement) -> Notice:
    """Reminds a sponsor who has not answered, with a new link."""
    asked_on = day_date(timezone.localtime(agreement.asked_at))
    return to_sponsor(ASKED_REMINDER, agreement, link=partial(new_sponsor_link, agreement), asked_on=asked_on)


def tell_staff(
    kind: MessageKind, permission: Permission, agreement: FeeAgreement, about: models.Model, **more: Any
) -> None:
    """Everybody who holds the permission for this cohort; nobody is told of their own place as staff."""
    page = {"page": address(f"admin:funding_{about._meta.model_name}_change", about.pk)}
    for person in staff_of(agreement.cohort, permission):
        if person != agreement.person:
            send(Notice(kind, person, about, page | more, related=[agreement]))


def tell_of_cancelled(cohort: Cohort, lines: list[str]) -> None:
    """One letter to each finance officer, however many places there were."""
    page = f"{address('admin:funding_feeagreement_changelist')}?cohort={cohort.pk}"
    context = {"settled": "\n".join(f"- {line}" for line in lines), "page": page}
    for person in staff_of(cohort, MoneyPermission.DECIDE_MONEY):
        send(Notice(COHORT_SETTLED, person, cohort, context))
