"""The words that a sponsor agrees to: the programme's terms with this person's names, days and pounds in them (B36)."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from cohorts.models import Cohort
from funding.models import FeeAgreement, FeeTerms
from funding.models.agreement import PLACE
from funding.models.terms import PLACEHOLDER
from funding.rules import AfterLeaving, OwedOf, Payer
from steppingup.formats import english
from steppingup.formats.english import counted, pounds
from steppingup.site.sections import once

FOLDER = Path(settings.BASE_DIR) / "templates" / "funding"
DEFAULT, OF_ONESELF = FOLDER / "default_terms.md", FOLDER / "own_terms.md"
#: What is kept with an agreement of the terms' rules for who leaves.
RULES_OF_LEAVING = ("after_leaving", "owed_of", "circumstances_days", "appeal_days")
DEFAULT_INVOICED_WHEN = "We send the invoice when the place has been accepted."
# What somebody typed as a name must not become a link or a heading.
#: Names that stand with “the”: funds, academies, trusts.
ARTICLE = re.compile(r"\b(fund|pot|academy|trust|foundation|budget|scheme|university)\b", re.IGNORECASE)
MARKS = re.compile(r"[\[\]<>`*_#\\\r\n]+")


def fee_promised(cohort: Cohort) -> str:
    """For the page on which the fee is changed: who keeps what they were asked for or signed (B36)."""
    sums = FeeAgreement.objects.filter(cohort=cohort).sums_promised()
    if not sums:
        return ""
    number = sum(count for _, count in sums)
    each = english.listed([f"{pounds(amount)} ({count})" for amount, count in sums])
    keeps = "keeps its amount and terms" if number == 1 else "keep their amount and terms"
    return (
        f"{english.counted(number, 'fee agreement')} asked for or signed, at {each}, {keeps}. A new fee holds only for "
        "sponsors who are asked from now on."
    )


def days_promised(cohort: Cohort) -> str:
    """For the page on which the plan is changed: who was asked to release somebody for so many days (B2, B36)."""
    asked = FeeAgreement.objects.filter(cohort=cohort).days_promised()
    if not asked:
        return ""
    number = sum(count for _, count in asked)
    each = asked[0][0] if len(asked) == 1 else english.listed([f"{days} ({count})" for days, count in asked])
    return (
        f"For {cohort.name}, {english.counted(number, 'sponsor has', 'sponsors have')} been asked to release somebody for "
        f"{each}. What they read or signed goes on saying so: if that number changes, tell them."
    )


def default_text() -> str:
    """What a programme's terms begin with; a coordinator edits them in the admin."""
    return DEFAULT.read_text(encoding="utf-8").strip()


def text_for(agreement: FeeAgreement, terms: FeeTerms) -> str:
    """What is read by whoever agrees: somebody at the employer, or the person who pays themselves."""
    if not agreement.self_paid:
        return terms.text
    return terms.text_for_oneself or OF_ONESELF.read_text(encoding="utf-8").strip()


def terms_for(cohort: Cohort) -> FeeTerms:
    """The terms that hold for whoever is asked now: the cohort's own, its programme's, or what holds where none were written."""
    written = once(("fee terms", cohort.pk), lambda: FeeTerms.objects.of(cohort))
    return written or FeeTerms(programme=cohort.programme, text=default_text(), invoiced_when=DEFAULT_INVOICED_WHEN)


def payer_in_words(cohort: Cohort, terms: FeeTerms) -> str:
    """Who pays for a place instead of the employer, by the cohort's terms: “the Corporate Fund”, “the NHS Leadership Academy”; empty where
    the employer does."""
    if terms.payer == Payer.FUND:
        return with_article(str(terms.fund))
    return with_article(str(cohort.programme.provider)) if terms.payer == Payer.PROVIDER else ""


def with_article(name: str) -> str:
    """In a sentence: “the Corporate Fund”, “Bristol City Council”."""
    return name if name[:4] in ("the ", "The ") or not ARTICLE.search(name) else f"the {name}"


def _who_pays(agreement: FeeAgreement, fee: Decimal, bursary: Decimal, instead: str = "") -> str:
    employer = agreement.employer_display or "The employer"
    if instead and fee:
        return f"It is paid by {instead}. {employer} pays nothing."
    if instead:
        return f"The cost of the place, {pounds(agreement.cohort.cost)}, is paid by {instead}. {employer} pays nothing."
    if bursary >= fee:
        return f"A bursary pays it. {employer} pays nothing."
    if bursary:
        return f"A bursary pays {pounds(bursary)} of it, and {employer} pays {pounds(fee - bursary)}."
    return f"{employer} pays it."


def asks_without_fee(terms: FeeTerms, fee: Decimal, cost: Decimal) -> bool:
    """Does an employer with nothing to pay owe something if the participant leaves, so that somebody there has to agree to it (N13)?"""
    return not fee and cost > 0 and terms.owed_of == OwedOf.COST and terms.after_leaving != AfterLeaving.NOTHING


def if_they_leave(who: str, employer: str, terms: FeeTerms, most: Decimal) -> str:
    """The sentence for a place that is given up, with the pounds: read by whoever agrees to it, and by whoever has the place. `most` is
    what the employer owes then; 0 where it agrees to nothing."""
    what = "the cost of the place" if terms.owed_of == OwedOf.COST else "the fee"
    is_all = f" {employer} pays {pounds(most)}." if most else ""
    said = {
        AfterLeaving.NOTHING: f"If {who} leaves the programme, nothing more is owed, and what was paid is returned.",
        AfterLeaving.ONCE_STARTED: f"If {who} leaves the programme once it has started, {what} is still owed.{is_all}",
        AfterLeaving.SHARE: f"If {who} leaves the programme before its end, a share of {what} is owed, by how many of its days "
        f"have passed.{f' {employer} pays up to {pounds(most)}.' if most else ''}",
        AfterLeaving.WHOLE: f"If {who} leaves the programme after taking up the place, {what} is still owed.{is_all}",
    }[AfterLeaving(terms.after_leaving)]
    if terms.after_leaving == AfterLeaving.NOTHING or not most:
        return said
    people = who if who == employer else f"{who} or {employer}"
    hearing = (
        f"Within {counted(terms.circumstances_days, 'day')} of leaving, {people} can ask us to take account of "
        f"extenuating circumstances, and within {counted(terms.appeal_days, 'day')} of our decision can appeal."
    )
    return f"{said} {hearing}"


def _if_they_leave(agreement: FeeAgreement, terms: FeeTerms, fee: Decimal, bursary: Decimal, cost: Decimal) -> str:
    most = cost if terms.owed_of == OwedOf.COST else fee - bursary
    who, employer = str(agreement.person), agreement.employer_display or "The employer"
    return if_they_leave(who, employer, terms, most)


def terms_of(
    agreement: FeeAgreement, fee: Decimal, bursary: Decimal = Decimal(0), instead: str = "", cost: Decimal | None = None
) -> dict[str, Any]:
    """The columns that say what the sponsor reads: the full text, as Markdown, the place and the rule for who leaves that it
    speaks of. They are stored when the sponsor is asked, and frozen when they agree: later changes are for whoever comes later.

    `instead` names who pays in place of the employer. `cost` is what the place costs; as it was said before, where nothing is given."""
    own = terms_for(agreement.cohort)
    cost = agreement.place_costs if cost is None else cost
    invoiced_when = own.invoiced_when
    if not fee:
        instead = instead or payer_in_words(agreement.cohort, own) or with_article(str(agreement.provider))
        invoiced_when = "There is nothing to invoice for the place itself."
    values = {
        **agreement.facts_with(fee, bursary),
        "cost": pounds(cost),
        "provider": str(agreement.provider),
        "who_pays": _who_pays(agreement, fee, bursary, instead),
        "invoiced_when": invoiced_when,
        "after_leaving": _if_they_leave(agreement, own, fee, bursary, cost),
    }
    # Nobody owes by a rule that they did not read.
    text = text_for(agreement, own)
    is_said = "after_leaving" in PLACEHOLDER.findall(text) or own.after_leaving == AfterLeaving.NOTHING
    text = text if is_said else f"{text.rstrip()}\n\n{{{{ after_leaving }}}}"
    # A word that the terms do not know stands for nothing: FeeTerms.clean() refuses it when it is typed.
    words = PLACEHOLDER.sub(lambda found: MARKS.sub(" ", values.get(found[1], "")).strip(), text).strip()
    promised = {name: values[name] for name in PLACE}
    promised["after_leaving"] = values["after_leaving"]
    return {
        "terms": words,
        "promised": promised,
        "cost": cost,
        **{name: getattr(own, name) for name in RULES_OF_LEAVING},
    }
