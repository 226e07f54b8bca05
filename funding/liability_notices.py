"""What people are told of what is owed as somebody has left. Texts: templates/email/funding/."""

from functools import partial
from typing import Any

from cohorts.queries import staff_of
from funding.letter_words import OF_PLACE, PARTICIPANT, SPONSOR
from funding.letter_words import TO_DECIDE as DECIDES
from funding.links import new_case_link
from funding.models import FeeAgreement, LiabilityCase, Statement
from funding.models.payer_words import words_of
from funding.notices import to_sponsor
from funding.permissions import MoneyPermission
from funding.states import CaseStatus, InvoiceStatus
from steppingup.formats.english import day_date, pounds
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import MessageKind

UNTIL = {"until": ("the last day to tell of circumstances, or to appeal", "18 May 2020")}
APPEAL_UNTIL = {"until": (UNTIL["until"][0], "8 June 2020")}
OWED = ("owed", "left_on", "until")
OF_CASE = ("owed", "left_on")
AGAIN = {
    "why": (
        "why it is looked at again, in a sentence; nothing where it is not",
        "We are looking at it again, as we did not know everything when we decided.",
    )
}
OPENED_SPONSOR = OF_PLACE.add(
    "still_owed",
    "A participant has left, and something is owed by the terms",
    SPONSOR,
    *("sponsor", *OF_CASE),
    own={
        **UNTIL,
        **AGAIN,
        "next": (
            "the invoice that was sent already; nothing where there is none",
            "You have invoice SU-2019-20-00017 already. We do not remind you of it until this is settled.",
        ),
    },
)
OPENED = OF_PLACE.add(
    "liability_opened",
    "Your employer owes something as you left",
    PARTICIPANT,
    *OF_CASE,
    own={**UNTIL, **AGAIN},
)
REMINDER_SPONSOR = OF_PLACE.add(
    "liability_reminder_sponsor",
    "The days to tell of circumstances, or to appeal, end soon (sponsor)",
    SPONSOR,
    *("sponsor", *OF_CASE, "can"),
    own=UNTIL,
)
REMINDER = OF_PLACE.add(
    "liability_reminder",
    "The days to tell of circumstances, or to appeal, end soon",
    PARTICIPANT,
    *(*OF_CASE, "can"),
    own=UNTIL,
)
TO_DECIDE = OF_PLACE.add(
    "liability_to_decide",
    "Circumstances or an appeal after leaving are to be decided",
    DECIDES,
    *(*OF_CASE, "who"),
    own={
        **UNTIL,
        "waits": (
            "what waits, in a sentence",
            "Amara Okafor asks us to take account of extenuating circumstances.",
        ),
    },
)
DECIDED = {
    **APPEAL_UNTIL,
    "reason": ("why, as it was written", "What happened could not have been foreseen in February."),
}
DECIDED_SPONSOR = OF_PLACE.add(
    "liability_decided_sponsor",
    "It was decided what is owed after leaving (sponsor)",
    SPONSOR,
    *("sponsor", *OF_CASE, "decision"),
    own=DECIDED,
)
DECIDED_PERSON = OF_PLACE.add(
    "liability_decided",
    "It was decided what is owed after leaving",
    PARTICIPANT,
    *(*OF_CASE, "decision"),
    own=DECIDED,
)
ENDED = {
    **APPEAL_UNTIL,
    "stands": (
        "what is owed in the end, and why, in sentences",
        "Harbour Housing owes £400. The reason: What happened could not have been foreseen in February.",
    ),
    "next": ("what comes next", "Invoice SU-2019-20-00017 is put right where it is over another amount."),
}
ENDED_SPONSOR = OF_PLACE.add(
    "liability_ended_sponsor",
    "It is settled what is owed after leaving (sponsor)",
    SPONSOR,
    *("sponsor", *OF_CASE),
    own=ENDED,
)
ENDED_PERSON = OF_PLACE.add(
    "liability_ended", "It is settled what is owed after leaving", PARTICIPANT, *OF_CASE, own=ENDED
)


def page_of(case: LiabilityCase) -> str:
    return address("funding:own_case", case.pk)


def _to_person(kind: MessageKind, case: LiabilityCase, **more: Any) -> Notice:
    agreement = case.agreement
    return Notice(kind, agreement.person, case, {"page": page_of(case), **more}, related=[agreement])


def _to_employer(kind: MessageKind, case: LiabilityCase, **more: Any) -> Notice:
    return to_sponsor(kind, case.agreement, case, link=partial(new_case_link, case), **more)


def has_sponsor(case: LiabilityCase) -> bool:
    """Is there somebody at an employer who hears of it too? Not where the participant pays themselves."""
    return bool(case.agreement.sponsor_email) and not case.agreement.self_paid


def _tell_both(sponsors: MessageKind, persons: MessageKind, case: LiabilityCase, **more: Any) -> None:
    if has_sponsor(case):
        send(_to_employer(sponsors, case, **more))
    send(_to_person(persons, case, **{name: more[name] for name in more if name in persons.placeholders}))


def _of_invoice(invoice: Any) -> str:
    """What whoever has it already need not do for now; nothing where there is none."""
    if invoice is None:
        return ""
    if invoice.outstanding > 0:
        return f"You have invoice {invoice} already. We do not remind you of it until this is settled."
    return f"You have paid invoice {invoice} already. If less is owed in the end, we return the rest."


def tell_of_opening(case: LiabilityCase, why: str = "") -> None:
    said = _of_invoice(case.agreement.billed)
    agreement = case.agreement
    if has_sponsor(case):
        # About the agreement: whoever pays hears of that how it stands, when the participant is back.
        facts = {name: case.message_facts[name] for name in OWED}
        link = partial(new_case_link, case)
        send(to_sponsor(OPENED_SPONSOR, agreement, link=link, why=why, next=said, **facts))
    send(_to_person(OPENED, case, why=" ".join(filter(None, (why, said if agreement.self_paid else "")))))


def can_do(case: LiabilityCase) -> str:
    return "appeal" if case.status == CaseStatus.DECIDED else "tell us of circumstances"


def reminders_of(case: LiabilityCase) -> list[Notice]:
    """To both, while they can still do something."""
    said = {"can": can_do(case)}
    found = [_to_person(REMINDER, case, **said)]
    return [*found, _to_employer(REMINDER_SPONSOR, case, **said)] if has_sponsor(case) else found


def tell_of_statement(case: LiabilityCase, statement: Statement) -> None:
    """To everybody who may decide, and not what was said: that is on a page that only they open."""
    is_appeal = statement.kind == Statement.Kind.APPEAL
    who = f"{statement.name}, for {case.agreement.employer_display}" if statement.by_employer else statement.name
    asks = f"{who}," if statement.by_employer else who
    waits = (
        f"{asks} appeals. Somebody else than {case.decided_by} decides."
        if is_appeal
        else f"{asks} asks us to take account of extenuating circumstances."
    )
    page = address("admin:funding_liabilitycase_change", case.pk)
    for officer in staff_of(case.agreement.cohort, MoneyPermission.DECIDE_MONEY):
        if officer == case.agreement.person or (is_appeal and officer == case.decided_by):
            continue
        send(Notice(TO_DECIDE, officer, case, {"who": who, "waits": waits, "page": page}, related=[case.agreement]))


def tell_of_decision(case: LiabilityCase) -> None:
    decision = f"{_owes(case)} {pounds(case.owed)}."
    _tell_both(DECIDED_SPONSOR, DECIDED_PERSON, case, decision=decision)


def _owes(case: LiabilityCase) -> str:
    """“Harbour Housing owes”, “You owe”."""
    found = words_of(case.agreement)["who_owes"]
    return f"{found[:1].upper()}{found[1:]}"


def _next(agreement: FeeAgreement, owed: Any) -> str:
    invoice = agreement.billed
    if not owed:
        return "You do not need to do anything."
    if invoice is None:
        return "We send the invoice to whoever pays it."
    if invoice.status == InvoiceStatus.PAID and invoice.amount == owed:
        return f"Invoice {invoice} has been paid, so there is nothing more to do."
    return f"Invoice {invoice} is put right where it is over another amount."


def tell_of_end(case: LiabilityCase) -> None:
    """Waived, or owed for good."""
    reason = case.appeal_reason or case.reason
    because = f" The reason: {reason}" if reason else ""
    if case.status == CaseStatus.WAIVED:
        stands = f"Nothing is owed.{because}"
    else:
        told = "" if reason else f" Nobody told us of circumstances by {day_date(case.ask_until)}."
        stands = f"{_owes(case)} {pounds(case.owed)}.{because}{told}"
    _tell_both(ENDED_SPONSOR, ENDED_PERSON, case, stands=stands, next=_next(case.agreement, case.owed))
