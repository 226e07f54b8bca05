"""Where money plugs into the platform and into the pages of cohorts: its cards, its menu, what waits, a programme's file."""

from cohorts import loading
from funding.loading import load_money
from funding.models import BursaryRequest, FeeAgreement, Invoice
from funding.pages.sections import cohort_money, cost_of_programme, own_fee
from funding.permissions import MoneyPermission
from steppingup.desk import menu
from steppingup.desk.waiting import show_on_first_page
from steppingup.site import sections
from steppingup.site.sections import Section

SECTIONS = (
    Section("programme", "money", 20, "funding/sections/programme.html", cost_of_programme, "How it is funded"),
    Section("participant", "money", 80, "funding/sections/participant.html", own_fee, "How it is funded"),
    Section("cohort_admin", "money", 60, "funding/sections/cohort_admin.html", cohort_money, "Money"),
)
MENU = (
    ("Fee agreements", "handshake", "feeagreement"),
    ("Bursary requests", "volunteer_activism", "bursaryrequest"),
    ("Funds and pots", "savings", "fundingsource"),
    ("Invoices", "receipt_long", "invoice"),
    ("Invoice numbers", "tag", "invoiceseries"),
    ("Fee terms", "gavel", "feeterms"),
)


def plug_in() -> None:
    for section in SECTIONS:
        sections.add_section(section)
    menu.add_groups(Money=60)
    for order, (title, icon, model) in enumerate(MENU, 1):
        address = f"admin:funding_{model}_changelist"
        menu.add_menu_item(menu.Item("Money", title, icon, address, order * 10, MoneyPermission.SEE_MONEY))
    show_on_first_page("money", "Money", 60, BursaryRequest, FeeAgreement, Invoice)
    loading.add_loader(10, load_money)
