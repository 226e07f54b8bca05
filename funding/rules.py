"""Rules of money that know no database: what becomes of it when a place ends, numbers by year, and VAT."""

from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from django.db import models


class AfterLeaving(models.TextChoices):
    """What the employer, or the fund, still owes when a participant leaves. It stands in the terms and is kept with them."""

    NOTHING = "nothing", "Nothing is owed, and what was paid is returned"
    ONCE_STARTED = "once_started", "The fee is owed by whoever leaves after the first day of the cohort"
    SHARE = "share", "A share is owed, by how many of the cohort's days have passed"
    WHOLE = "whole", "The fee is owed in full once the place has been taken up"


class OwedOf(models.TextChoices):
    """Of what the rule for who leaves speaks (N13, N15)."""

    FEE = "fee", "Of the fee"
    COST = "cost", "Of what the place costs"


class Payer(models.TextChoices):
    """Who pays for a place, where nothing else is agreed for the person (B36, B37, N11)."""

    EMPLOYER = "employer", "The employer"
    FUND = "fund", "An internal fund"
    PROVIDER = "provider", "The provider"
    PERSON = "person", "The participant"


def paid_instead(fee: Decimal, cost: Decimal) -> Decimal:
    """Pounds that a fund, or the provider, pays for a place in place of the employer: the fee; and where there is none, what the
    place costs."""
    return fee or cost


class Ending(StrEnum):
    """Why a place ends."""

    NOT_TAKEN_UP = "not_taken_up"  # turned down, declined, withdrawn, expired: nobody had the place
    LEFT = "left"  # the participant gave it up
    CANCELLED = "cancelled"  # the provider does not run the cohort


def owed_after(
    ending: Ending, *, after_leaving: str, whole: Decimal, starts_on: date, ends_on: date, left_on: date
) -> Decimal:
    """Pounds of the `whole` that are owed although the place has ended on `left_on`, the last day of whoever left.

    Whoever never had the place owes nothing, nor does anybody owe for what the provider cancels. Who leaves owes what the
    terms said that were agreed to (N13): all of it, all of it once the cohort has begun, or a share for its days that had
    passed by then, the first and the last day of the cohort among them and the day of leaving too. A share is rounded down
    to a penny, and the rest is what is not owed, so that the two always make the whole."""
    if ending is not Ending.LEFT or after_leaving == AfterLeaving.NOTHING:
        return Decimal(0)
    if after_leaving == AfterLeaving.WHOLE:
        return whole
    if left_on < starts_on:
        return Decimal(0)
    if after_leaving == AfterLeaving.ONCE_STARTED:
        return whole
    days = (ends_on - starts_on).days + 1
    passed = min((left_on - starts_on).days + 1, days)
    return (whole * passed / days).quantize(Decimal("0.01"), rounding=ROUND_DOWN)


class NumberYear(models.TextChoices):
    """When the numbers of invoices and credit notes begin again at 1."""

    FINANCIAL = "financial", "Financial year, April to March"
    CALENDAR = "calendar", "Calendar year, January to December"


def year_of(day: date, kind: str) -> str:
    """What the year is called in a number: “2026-27” from 1 April 2026 to 31 March 2027, or “2026”."""
    if kind == NumberYear.CALENDAR:
        return str(day.year)
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


class VatTreatment(models.TextChoices):
    """How the fee stands to VAT. Which of them is right, the provider's accountant says."""

    EXEMPT = "exempt", "Exempt from VAT"
    OUTSIDE = "outside", "Outside the scope of VAT (not a business activity)"
    STANDARD = "standard", "Standard rate"


#: What is printed where the provider has not written their own sentence.
VAT_SENTENCES = {
    VatTreatment.EXEMPT: "Exempt from VAT: education and vocational training by an eligible body "
    "(VAT Act 1994, Schedule 9, Group 6).",
    VatTreatment.OUTSIDE: "Outside the scope of VAT: this is not a business activity.",
    VatTreatment.STANDARD: "The amount includes VAT at the standard rate.",
}


def vat_in(total: Decimal, rate: Decimal | None) -> Decimal:
    """The VAT that `total` pounds include at `rate` per cent.

    Worked out once for the whole document and rounded down to a penny, as VAT Notice 700, paragraph 17.5, allows."""
    if not rate:
        return Decimal("0.00")
    return (total * rate / (100 + rate)).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
