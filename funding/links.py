"""Where emails about money lead to: the sponsor's page and the invoice, each by a link that lets its holder in, and the
applicant's own page, which belongs to the app above."""

from collections.abc import Callable

from django.conf import settings
from django.db import models

from funding.models import FeeAgreement, Invoice, LiabilityCase
from steppingup.accounts.actions.token_links import issue_link
from steppingup.messaging.addresses import address

AGREEMENT_LINK = "fee-agreement"
INVOICE_LINK = "invoice"
CASE_LINK = "liability-case"
#: How many days a sponsor's link works where nobody said otherwise.
LINK_DAYS = 60
INVOICE_LINK_DAYS = 365

_pages_of_applicants: list[Callable[[FeeAgreement], str | None]] = []


def _issue(page: str, purpose: str, target: models.Model, email: str, days: int) -> str:
    return address(page, issue_link(purpose=purpose, target=target, email=email, days=days))


def new_sponsor_link(agreement: FeeAgreement, days: int = LINK_DAYS) -> str:
    """Issue the sponsor's link anew; earlier ones stop working. Returns the address."""
    return _issue("funding:support", AGREEMENT_LINK, agreement, agreement.sponsor_email, days)


def new_invoice_link(invoice: Invoice) -> str:
    """The same for an invoice."""
    return _issue("funding:invoice", INVOICE_LINK, invoice, invoice.agreement.who_pays[1], INVOICE_LINK_DAYS)


def new_case_link(case: LiabilityCase) -> str:
    """The same for what is owed as somebody has left."""
    return _issue("funding:case", CASE_LINK, case, case.agreement.sponsor_email, LINK_DAYS)


def lead_applicants_to(find: Callable[[FeeAgreement], str | None]) -> None:
    """`find(agreement)` gives the address of the page on which an applicant reads about the fee, or None where this person
    has no such page. The app that has it says so when it is ready."""
    _pages_of_applicants.append(find)


def page_of_applicant(agreement: FeeAgreement) -> str:
    """The address of that page; the site's first page where there is none."""
    return next(filter(None, (find(agreement) for find in _pages_of_applicants)), settings.SITE_URL)
