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
from funding.letter_words import (
    APPLICANT,
    CLOSES,
    OF_CANCELLED,
    OF_COHORT,
    OF_PLACE,
    PAYER,
    SPONSOR,
    TO_COORDINATORS,
    TO_DECIDE,
    TO_FINANCE,
    WORDS,
)
from funding.links import LINK_DAYS, new_sponsor_link, page_of_applicant
from funding.models import FeeAgreement, Invoice
from funding.permissions import MoneyPermission
from funding.queries import pots_for
from steppingup import clock
from steppingup.accounts.roles import Permission
from steppingup.formats.english import day_date
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import MessageKind
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus

SPONSOR_SAYS = ("sponsor", "closing", "waits")
DECLINES = ("why, as the sponsor wrote it", "Our training budget for this year is spent.")
#: What a bursary of a part leaves.
A_PART = {"bursary": "£800", "to_pay": "£400", "reason": "The pot pays two thirds of the fee for a small charity."}
REFUSED = {"reason": "The pot is spent for this year."}
FEE_STANDS = (
    "What was agreed about the fee still holds. You do not need to answer again. Harbour Housing pays £1,200. Invoice SU-2019-20-00017 "
    "stands: £1,200 is to be paid by 4 March 2020."
)
ASKED = OF_PLACE.add(
    "asked",
    "A sponsor is asked to agree the fee",
    SPONSOR,
    *(*SPONSOR_SAYS, "answers", "asks", "invoiced", "leaving"),
    own={"until": ("the last day on which the link works", "27 December 2019")},
)
ASKED_REMINDER = OF_PLACE.add(
    "asked_reminder", "A sponsor has not answered", SPONSOR, *SPONSOR_SAYS, "answers", "asked_on"
)
CLOSING_MOVED = OF_PLACE.add(
    "closing_moved",
    "The closing time has moved, and a sponsor has not answered",
    SPONSOR,
    *SPONSOR_SAYS,
    samples={
        "closing": "Applications now close on Saturday 7 December 2019, 11:59pm. Before, they were to close on Saturday 30 November "
        "2019, 11:59pm."
    },
)
AGREED = OF_PLACE.add(
    "agreed",
    "The employer has agreed the fee",
    APPLICANT,
    *("sponsor", "next"),
    samples={
        "next": f"This part of your application is finished. You can submit it as soon as the rest is ready. {CLOSES}"
    },
)
AGREED_COPY = OF_PLACE.add(
    "agreed_copy",
    "A sponsor's copy of what was agreed",
    SPONSOR,
    *("sponsor", "terms", "purchase_order", "billing_address", "agreed_at"),
    link=False,
)
BURSARY_ASKED = OF_PLACE.add("bursary_asked", "The employer has asked for a bursary", APPLICANT, "sponsor", "next")
BURSARY_TO_DECIDE = OF_PLACE.add(
    "bursary_to_decide",
    "A bursary is waiting for a decision",
    TO_DECIDE,
    "sponsor",
    own={"reason": ("what the sponsor wrote", "We are a small charity without a training budget.")},
)
BURSARY_GRANTED = OF_PLACE.add(
    "bursary_granted",
    "A bursary was granted",
    APPLICANT,
    *("bursary", "reason", "next"),
    samples={
        "next": f"This part of your application is finished. You can submit it as soon as the rest is ready. {CLOSES}"
    },
)
BURSARY_GRANTED_SPONSOR = OF_PLACE.add(
    "bursary_granted_sponsor",
    "A bursary for the whole fee was granted",
    SPONSOR,
    *("sponsor", "bursary", "reason"),
    link=False,
)
BURSARY_PART = OF_PLACE.add(
    "bursary_part",
    "A bursary pays part of the fee",
    APPLICANT,
    *("bursary", "reason", "next"),
    samples=A_PART,
)
BURSARY_PART_SPONSOR = OF_PLACE.add(
    "bursary_part_sponsor",
    "A bursary pays part, and the sponsor is asked for the rest",
    SPONSOR,
    *(*SPONSOR_SAYS, "bursary", "reason"),
    samples=A_PART,
)
BURSARY_REFUSED = OF_PLACE.add(
    "bursary_refused",
    "A bursary was refused",
    APPLICANT,
    *("reason", "next"),
    samples={
        **REFUSED,
        "next": "Harbour Housing can still agree to pay the fee of £1,200; we have asked again. You can ask somebody else at Harbour "
        f"Housing from your application. {CLOSES}",
    },
)
BURSARY_REFUSED_SPONSOR = OF_PLACE.add(
    "bursary_refused_sponsor",
    "A bursary was refused, and the sponsor is asked again",
    SPONSOR,
    *(*SPONSOR_SAYS, "reason"),
    samples=REFUSED,
)
DECLINED = OF_PLACE.add(
    "declined",
    "The employer has declined the fee",
    APPLICANT,
    *("sponsor", "next"),
    own={"reason": DECLINES},
    samples={
        "next": "This does not have to be the end. Jo Harris can still change this answer. You can ask somebody else at Harbour Housing "
        f"from your application. {CLOSES} {still.WRITE_TO_US}"
    },
)
DECLINED_STAFF = OF_PLACE.add(
    "declined_staff",
    "An employer has declined a fee",
    TO_COORDINATORS,
    *("sponsor", "next"),
    own={"reason": DECLINES},
    samples={
        "next": "They can ask somebody else. Jo Harris can still change this answer. You do not need to do anything, but a word with "
        "Harbour Housing may help."
    },
)
NOT_NEEDED = OF_PLACE.add(
    "not_needed",
    "A sponsor has nothing more to do",
    SPONSOR,
    "sponsor",
    link=False,
    own={"reason": ("why", "Somebody else has been asked.")},
)
CAME_BACK = OF_PLACE.add(
    "came_back",
    "A participant is back, and a letter about the fee was written when they left",
    PAYER,
    "sponsor",
    link=False,
    own={"stands": ("who owes what now, in sentences", FEE_STANDS)},
)
INVOICE_NOT_OWED = OF_PLACE.add(
    "invoice_not_owed",
    "An invoice does not have to be paid any more",
    PAYER,
    "sponsor",
    link=False,
    own={
        "invoice": ("its number", WORDS["invoice"][1]),
        "reason": ("why", "Stepping Up 2020 has been cancelled."),
        "next": ("what comes next: a credit note, a refund", "We will send you a credit note for it."),
    },
)
SETTLED = OF_PLACE.add(
    "settled",
    "What became of the money for a place that has ended",
    TO_FINANCE,
    own={
        "reason": ("why it has ended", "Amara Okafor has left the programme."),
        "settled": ("what became of the money", "£800 has gone back to Bursaries."),
    },
)
EMPLOYER_CHANGED = OF_PLACE.add(
    "employer_changed",
    "A participant has another employer, and the former one agreed the fee",
    TO_FINANCE,
    own={
        "former": ("the former employer", "Harbour Housing"),
        "now": ("the new employer, or “Self-employed”", "Avon Museums"),
        "works": (
            "what they do now: “works for Harbour Housing”, or “is self-employed”",
            "works for Avon Museums",
        ),
        "stands": (
            "what was agreed",
            "Harbour Housing agreed to pay £1,200. That stays with them.\nInvoice SU-2019-20-00017 over £1,200: £1,200 of it is still "
            "owed, and Jo Harris goes on being reminded.",
        ),
    },
)
COHORT_SETTLED = OF_COHORT.add(
    "cohort_settled",
    "What became of the money for a cohort that was cancelled",
    OF_CANCELLED,
    own={
        "settled": (
            "a line for each place that money was promised to, or invoiced for",
            "- Amara Okafor: £400 has gone back to Bursaries.\n- Ben Okri: Invoice SU-2019-20-00018 over £1,200 is no longer owed: issue a "
            "credit note.",
        )
    },
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
