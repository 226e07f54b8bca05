"""Applications' part of a programme's file: eligibility questions, criteria, windows and what holds for employers."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from applications.models import Criterion, EligibilityQuestion, EmployerRule, Window
from cohorts.loading import Keeper
from cohorts.models import Cohort, Programme, RuleSet
from funding.models import FundingSource
from steppingup.accounts.models import Organisation


def load_applications(programme: Programme, data: dict[str, Any], keep: Keeper) -> None:
    """Load what the file says; funds and organisations are there already. Raises DoesNotExist when one is named that is not."""
    rules = RuleSet.objects.of(programme)
    for model, key in ((EligibilityQuestion, "eligibility"), (Criterion, "criteria")):
        for order, row in enumerate(data.get(key, [])):
            values = {name: value for name, value in row.items() if name != "key"}
            keep.row(model, {"rule_set": rules, "key": row["key"]}, {**values, "order": order})
    for cohort in data.get("cohorts", []):
        if "window" in cohort:
            _load_window(Cohort.objects.get(programme=programme, slug=cohort["slug"]), cohort["window"], keep)


def _moment(value: datetime) -> datetime:
    """A moment of the file; without an offset it is London's time."""
    return timezone.make_aware(value) if timezone.is_naive(value) else value


def _load_window(cohort: Cohort, data: dict[str, Any], keep: Keeper) -> None:
    values = {name: data[name] for name in Window.RULES if name in data}
    values |= {"opens_at": _moment(data["opens_at"]), "closes_at": _moment(data["closes_at"])}
    window = keep.row(Window, {"cohort": cohort}, values)
    for rule in data.get("employer_rules", []):
        fund = None
        if "funded_by" in rule:
            fund = FundingSource.objects.get(programme=cohort.programme_id, key=rule["funded_by"])
        keep.row(
            EmployerRule,
            {"window": window, "employer": Organisation.objects.get(slug=rule["employer"])},
            {"approval_needed": rule.get("approval_needed", True), "funded_by": fund},
        )
