"""Where money plugs into the platform and into the pages of cohorts: its cards, its menu, what waits, a programme's file."""

from cohorts import readiness
from cohorts.extensions import (
    against_transferring,
    fee_agreed,
    hanging_on_employer,
    plan_agreed,
    shown_with_place,
    stands,
    stuck,
    when_back,
    when_cancelled,
    when_copied,
    when_employer_changes,
    when_transferred,
    when_withdrawn,
)
from cohorts.programme_files.loading import add_loader
from cohorts.programme_files.writing import add_writer
from funding import desk, refusals, reminders, retention
from funding.actions.employers import of_the_employer, on_another_employer
from funding.actions.endings import on_cancelling, on_coming_back, on_leaving, on_transferring, why_not_transferred
from funding.copying import copy_terms
from funding.loading import load_money
from funding.models import Adjustment, BursaryRequest, FeeAgreement, Invoice, LiabilityCase
from funding.pages.sections import (
    cohort_invoiced,
    cohort_money,
    cost_of_programme,
    own_fee,
    stands_of,
    story_of,
    unpaid_of,
)
from funding.pages.topics import TOPICS
from funding.permissions import MoneyPermission
from funding.readiness import of_finance, of_money
from funding.terms import days_promised, fee_promised
from funding.writing import write_money
from steppingup.accounts.actions import merging
from steppingup.accounts.roles import SENSITIVE
from steppingup.desk import menu, story, workspace
from steppingup.desk.searching import search_in
from steppingup.desk.waiting import show_on_first_page
from steppingup.site.sections import Section, add_sections
from steppingup.site.topics import add_topics

__all__ = ["desk", "refusals", "reminders", "retention"]  # they register themselves where they are imported

SENSITIVE.add(MoneyPermission.DECIDE_MONEY)
FOLDER = "funding/sections"
add_sections(
    Section("programme", "money", 20, f"{FOLDER}/programme.html", cost_of_programme, "How it is funded"),
    Section("participant", "money", 80, f"{FOLDER}/participant.html", own_fee, topic="money"),
    Section("cohort_admin", "money", 60, f"{FOLDER}/cohort_admin.html", cohort_money, "Money"),
    Section("cohort_overview", "money", 60, f"{FOLDER}/cohort_overview.html", cohort_invoiced, "Money"),
)
add_topics(*TOPICS)
stuck.add(unpaid_of)
readiness.add("money", of_money)
readiness.add("people", of_finance)
menu.add_groups(Money=60)
menu.add_menu_item(
    menu.Item(
        "Money",
        "Money by cohort",
        "account_balance",
        "admin:funding_feeagreement_cohorts",
        -1,
        MoneyPermission.SEE_MONEY,
    )
)
menu.add_lists(
    "Money",
    "funding",
    MoneyPermission.SEE_MONEY,
    ("Fee agreements", "handshake", "feeagreement"),
    ("Owed after leaving", "logout", "liabilitycase"),
    ("Bursary requests", "volunteer_activism", "bursaryrequest"),
    ("Funds and pots", "savings", "fundingsource"),
    ("Invoices", "receipt_long", "invoice"),
    ("Payments", "payments", "payment"),
    ("Credit notes", "undo", "creditnote"),
    ("Write-offs and refunds", "currency_exchange", "adjustment"),
    ("Invoice numbers", "tag", "invoiceseries"),
    ("Fee terms", "gavel", "feeterms"),
)
menu.keep_in_sight(menu.ALL_COHORTS, "admin:funding_feeagreement_cohorts", "admin:funding_invoice_changelist", start=10)
search_in(
    Invoice,
    "Invoices",
    "receipt_long",
    40,
    lambda one: one.bill_to,
    name=lambda one: one.reference,
    code="reference",
    digits=True,
)
see = MoneyPermission.SEE_MONEY
lists = (
    ("Fee agreements", "feeagreement"),
    ("Owed after leaving", "liabilitycase"),
    ("Bursary requests", "bursaryrequest"),
    ("Invoices", "invoice"),
    ("Payments", "payment"),
    ("Credit notes", "creditnote"),
    ("Write-offs and refunds", "adjustment"),
)
waits = (
    "funding.BursaryRequest",
    "funding.LiabilityCase",
    "funding.FeeAgreement",
    "funding.Adjustment",
    "funding.Invoice",
)
workspace.add_tabs(workspace.Tab("money", "Money", 80, see, ("funding_",), sections=("money",), models=waits))
workspace.add_ways(
    workspace.Way("money", "At a glance", lambda cohort: workspace.address_of(cohort, "money"), see),
    *(workspace.Way("money", title, workspace.narrowed(f"funding_{model}"), see) for title, model in lists),
)
story.add(story_of)
show_on_first_page("money", "Money", 60, BursaryRequest, LiabilityCase, FeeAgreement, Adjustment, Invoice)
shown_with_place.update(("fee_agreement__employer", "fee_agreement__source"))
add_loader(10, load_money)
add_writer(10, write_money)
when_copied.add(copy_terms)
when_withdrawn.add(on_leaving)
stands.add(stands_of)
when_back.add(on_coming_back)
when_transferred.add(on_transferring)
against_transferring.add(why_not_transferred)
when_cancelled.add(on_cancelling)
when_employer_changes.add(on_another_employer)
hanging_on_employer.add(of_the_employer)
fee_agreed.add(fee_promised)
plan_agreed.add(days_promised)

recorded = (
    *(
        "Commitment.by",
        "BursaryRequest.proposed_by",
        "BursaryRequest.decided_by",
        "LiabilityCase.decided_by",
        "LiabilityCase.appeal_decided_by",
        "Statement.by",
        "Invoice.issued_by",
        "Invoice.quiet_by",
    ),
    *(
        "Payment.recorded_by",
        "Allocation.by",
        "CreditNote.issued_by",
        "Adjustment.proposed_by",
        "Adjustment.decided_by",
    ),
)
merging.becomes(
    {
        "funding.FeeAgreement.person": merging.Relation(
            merging.Fate.MOVES, "fee agreement", "fee agreements", once_in="cohort"
        ),
        **{f"funding.{name}": merging.Relation(merging.Fate.STAYS) for name in recorded},
    }
)
