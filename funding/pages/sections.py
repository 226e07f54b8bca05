"""What money says on pages that are built from sections. A line manager is told nothing of it."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Sum
from django.urls import reverse

from cohorts.extensions import Stand, Trouble, TroubleKind, not_asked_for_fee, paying_themselves
from cohorts.models import Cohort, Enrolment, Programme
from cohorts.queries import once_each, rules_shown
from cohorts.states import CohortStatus, EnrolmentStatus
from funding.models import FeeAgreement, FeeTerms, FundingSource, Invoice, LiabilityCase
from funding.permissions import MoneyPermission
from funding.queries import invoiced_of, money_of
from funding.rules import Payer
from funding.states import CaseStatus, Route
from funding.terms import asks_without_fee, payer_in_words, with_article
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import may_see
from steppingup.desk.story import Event
from steppingup.formats import english

Viewer = User | AnonymousUser


FREE = "nothing to pay, for you or your employer"
FREE_TO_THE_END = "nothing to pay, if you stay to the end"


UNPAID = TroubleKind("unpaid", "An invoice is not paid", 35)


def unpaid_of(people: Collection[Enrolment], viewer: User) -> list[Trouble]:
    """For whose place an invoice is overdue. They are told nothing of it here: whoever pays is reminded on the invoice's page."""
    own = {one.pk for one in people}
    late = Invoice.objects.visible_to(viewer).overdue().filter(agreement__enrolment__in=own).select_related("agreement")
    return [
        Trouble(
            one.agreement.enrolment_id or 0,
            UNPAID,
            f"invoice {one} was due on {english.day_date(one.due_on)}",
            one.due_on,
            "",
            reverse("admin:funding_invoice_change", args=[one.pk]),
            "See the invoice",
        )
        for one in late.order_by("due_on", "pk")
    ]


def cost_of_programme(*, subject: Programme, viewer: Viewer) -> dict[str, Any] | None:
    """The fee of the cohorts to come, and who else may pay (B36 to B38).

    Where the rules of a cohort say how it is funded, these words stand in place of ours about the funds."""
    coming = subject.cohorts.filter(status=CohortStatus.PUBLISHED, ends_on__gte=clock.today())
    cohorts = list(coming.order_by("starts_on"))
    said = once_each((name, rules.how_it_is_funded.strip()) for name, rules in rules_shown(subject, cohorts))
    unasked = {pk for found in not_asked_for_fee(cohorts) for pk in found} if cohorts else set()
    fees: dict[tuple[Decimal, Decimal, str, bool], list[str]] = {}
    every = FeeTerms.objects.filter(programme=subject).select_related("fund")
    own = {terms.cohort_id: terms for terms in every}
    for cohort in cohorts:
        cohort.programme = subject
        terms = own.get(cohort.pk) or own.get(None)
        payer = payer_in_words(cohort, terms) if terms else ""
        is_liable = terms is not None and asks_without_fee(terms, cohort.fee, cohort.cost)
        fees.setdefault((cohort.fee, cohort.cost, payer, is_liable), []).append(cohort.name)
    funds = list(FundingSource.objects.filter(programme=subject, is_open=True).prefetch_related("employers"))
    asked = {cohort.pk for cohort in cohorts} - unasked
    words = [{"text": text, "of": of} for text, of in said if text]
    if not fees and not funds and not words:
        return None
    themselves = [one for found in paying_themselves(cohorts) for one in found] if cohorts else []
    by_default = {one.payer for one in every if one.cohort_id in (None, *(cohort.pk for cohort in cohorts))}
    return {
        "themselves": f"{', '.join(themselves[:-1])} or {themselves[-1]}" if themselves[1:] else "".join(themselves),
        "all_themselves": by_default == {Payer.PERSON},
        "words": words,
        "tells_of_funds": not said or any(not text for text, _ in said),
        "provider": with_article(str(subject.provider)),
        "is_agreed_first": bool(asked) and any(fee and not payer for fee, _, payer, _ in fees),
        "is_liable": bool(asked) and any(is_liable for *_, is_liable in fees),
        "is_settled_later": not asked and any(fee and not payer or is_liable for fee, _, payer, is_liable in fees),
        "fees": [
            {
                "fee": fee,
                "cost": cost,
                "payer": payer,
                "is_liable": is_liable,
                "of": ", ".join(names) if len(fees) > 1 else "",
                "words": (
                    "for each participant"
                    if by_default == {Payer.PERSON}
                    else "for each participant, paid by the employer"
                )
                if fee and not payer
                else FREE_TO_THE_END
                if is_liable
                else FREE,
            }
            for (fee, cost, payer, is_liable), names in fees.items()
        ],
        "internal": [fund for fund in funds if fund.route == Route.INTERNAL],
        "bursaries": [fund for fund in funds if fund.route == Route.BURSARY],
    }


def own_fee(*, subject: Enrolment, viewer: Viewer) -> dict[str, Any] | None:
    """Who pays for the participant's place: for themselves, and for staff who see money."""
    if viewer != subject.participant and not may_see(viewer, subject, MoneyPermission.SEE_MONEY):
        return None
    # The participant's own page has it already (`shown_with_place`).
    agreement = getattr(subject, "fee_agreement", None)
    if not agreement or not (agreement.is_settled or subject.status == EnrolmentStatus.WITHDRAWN):
        return None
    case = None
    if subject.status == EnrolmentStatus.WITHDRAWN:  # one query, for those few
        case = agreement.liability_cases.exclude(status=CaseStatus.CLOSED).first()
    return (
        {"agreement": agreement, "case": case, "mine": viewer == subject.participant}
        if case or agreement.is_settled
        else None
    )


def cohort_money(*, subject: Cohort, viewer: Viewer) -> dict[str, Any] | None:
    """Money at a glance, for staff who see it."""
    if not may_see(viewer, subject, MoneyPermission.SEE_MONEY):
        return None
    return {"money": money_of(subject), "may_decide": may_see(viewer, subject, MoneyPermission.DECIDE_MONEY)}


def cohort_invoiced(*, subject: Cohort, viewer: Viewer) -> dict[str, Any] | None:
    """The four figures of a cohort's overview."""
    return {"money": invoiced_of(subject)} if may_see(viewer, subject, MoneyPermission.SEE_MONEY) else None


def story_of(person: User, viewer: Viewer) -> list[Event]:
    """Who agreed to pay for the person's places, for their page on the desk."""
    seen = FeeAgreement.objects.visible_to(viewer).filter(person=person, enrolment__isnull=False)
    return [
        Event(
            one.answered_at,
            f"Fee: {one.get_status_display().lower()}",
            str(one.cohort),
            reverse("admin:funding_feeagreement_change", args=[one.pk]),
        )
        for one in seen.select_related("cohort__programme")
    ]


def _set_aside(agreement: FeeAgreement) -> list[tuple[str, Decimal]]:
    """The funds and pots that have promised the place something, or had, and how much of it they do now."""
    rows = agreement.commitments.order_by("source").values_list("source__name").annotate(left=Sum("amount"))
    return [(name, left) for name, left in rows]


def stands_of(enrolment: Enrolment, viewer: Viewer) -> list[Stand]:
    """The fee, its invoice and what is owed for leaving, for the page before a step; for those who see money."""
    agreement = FeeAgreement.objects.filter(enrolment=enrolment).prefetch_related("invoices").order_by("-pk").first()
    if agreement is None or not may_see(viewer, enrolment.cohort, MoneyPermission.SEE_MONEY):
        return []
    said = agreement.get_status_display()
    if agreement.is_owed:
        said = f"{said}; {english.pounds(agreement.employer_pays)} for the employer, {english.pounds(agreement.fee)} in all"
    found = [Stand("Fee", said)]
    for name, left in _set_aside(agreement):
        found.append(Stand(f"From {name}", f"{english.pounds(left)} set aside or spent"))
    if invoice := agreement.billed:
        invoice.agreement = agreement
        paid = invoice.received - invoice.refunded
        words = f"{invoice}, {invoice.standing.lower()}; {english.pounds(invoice.outstanding)} outstanding"
        found.append(Stand("Invoice", f"{words}, {english.pounds(paid)} paid" if paid else words))
    if case := LiabilityCase.objects.filter(agreement=agreement).order_by("-pk").first():
        found.append(Stand("Owed for leaving", f"{english.pounds(case.owed)}: {case.get_status_display()}"))
    return found
