"""The words that a sponsor agrees to: the programme's terms with this person's names, days and pounds in them (B36)."""

import re
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from funding.models import FeeAgreement, FeeTerms
from funding.models.source import PLACEHOLDER
from steppingup.formats.english import day_date, days_counted, pounds

DEFAULT = Path(settings.BASE_DIR) / "templates" / "funding" / "default_terms.md"
DEFAULT_INVOICED_WHEN = "We send the invoice when the place has been accepted."
# What somebody typed as a name must not become a link or a heading.
MARKS = re.compile(r"[\[\]<>`*_#\\\r\n]+")


def default_text() -> str:
    """What a programme's terms begin with; a coordinator edits them in the admin."""
    return DEFAULT.read_text(encoding="utf-8").strip()


def invoiced_when(agreement: FeeAgreement) -> str:
    """When the invoice comes, in a sentence."""
    terms = FeeTerms.objects.filter(programme=agreement.cohort.programme_id).first()
    return terms.invoiced_when if terms else DEFAULT_INVOICED_WHEN


def place_words(agreement: FeeAgreement, fee: Decimal | None = None, bursary: Decimal | None = None) -> dict[str, str]:
    """The place in words, for terms, emails and pages. Pounds are those given, or those of the agreement,
    or the cohort's fee."""
    cohort = agreement.cohort
    fee = fee if fee is not None else agreement.amount if agreement.amount is not None else cohort.fee
    bursary = agreement.bursary_amount if bursary is None else bursary
    return {
        "participant": str(agreement.person),
        "employer": agreement.employer_display or "the employer",
        "programme": cohort.programme.name,
        "cohort": cohort.name,
        "days": days_counted(cohort.plan.days),
        "starts_on": day_date(cohort.starts_on),
        "ends_on": day_date(cohort.ends_on),
        "fee": pounds(fee),
        "to_pay": pounds(fee - bursary),
    }


def _who_pays(agreement: FeeAgreement, fee: Decimal, bursary: Decimal, fund: str = "") -> str:
    employer = agreement.employer_display or "The employer"
    if fund:
        return f"It is paid from the {fund}. {employer} pays nothing."
    if bursary >= fee:
        return f"A bursary pays it. {employer} pays nothing."
    if bursary:
        return f"A bursary pays {pounds(bursary)} of it, and {employer} pays {pounds(fee - bursary)}."
    return f"{employer} pays it."


def terms_of(agreement: FeeAgreement, fee: Decimal, bursary: Decimal = Decimal(0), fund: str = "") -> str:
    """The full text, as Markdown. It is stored when the sponsor is asked, and frozen when they agree.

    `fund` names an internal fund that pays the whole fee."""
    row = FeeTerms.objects.filter(programme=agreement.cohort.programme_id).first()
    values = {
        **place_words(agreement, fee, bursary),
        "provider": str(agreement.provider),
        "who_pays": _who_pays(agreement, fee, bursary, fund),
        "invoiced_when": row.invoiced_when if row else DEFAULT_INVOICED_WHEN,
    }
    text = row.text if row else default_text()
    return PLACEHOLDER.sub(lambda found: MARKS.sub(" ", values.get(found[1], "")).strip(), text).strip()
