"""Applications' part of a programme's file: eligibility questions, criteria, windows and what holds for employers."""

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone

from applications.models import Criterion, EligibilityQuestion, EmployerRule, FormPart, Grade, Question, Window
from cohorts.loading import Keeper, rule_sets_of
from cohorts.models import Cohort, Programme, RuleSet
from funding.models import FundingSource
from funding.rules import Payer
from steppingup.accounts.models import Organisation

#: What belongs to a set of rules, and the name of its tables in a file.
KINDS: tuple[tuple[type[Model], str], ...] = (
    (EligibilityQuestion, "eligibility"),
    (Grade, "grades"),
    (Criterion, "criteria"),
    (FormPart, "parts"),
    (Question, "questions"),
)


def load_applications(programme: Programme, data: dict[str, Any], keep: Keeper) -> None:
    """Load what the file says; funds and organisations are there already. Raises DoesNotExist when one is named that is not."""
    for rules, of_rules in rule_sets_of(programme, data, keep):
        _load_rules(rules, of_rules, keep)
    for cohort in data.get("cohorts", []):
        if "window" in cohort:
            _load_window(Cohort.objects.get(programme=programme, slug=cohort["slug"]), cohort["window"], keep)


def _load_rules(rules: RuleSet, data: dict[str, Any], keep: Keeper) -> None:
    """What one set of rules asks. The parts of the application are those that the file lists, where it lists any."""
    if "parts" in data and not rules.is_frozen:
        rules.form_parts.all().delete()  # the usual ones, or those that are to be updated
    for model, name in KINDS:
        for order, row in enumerate(data.get(name, [])):
            key = row.get("key") or row["kind"]
            values = {name: value for name, value in row.items() if name != "key"}
            keep.row(model, {"rule_set": rules, "key": key}, {**values, "order": order})


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
        whose: dict[str, Any] = {"kind": Organisation.Kind(rule["kind"])} if "kind" in rule else {}
        if "employer" in rule:
            whose |= {"employer": Organisation.objects.get(slug=rule["employer"])}
        payer = Payer(rule["payer"]) if "payer" in rule else Payer.FUND if fund else ""
        said = {"approval_needed": rule.get("approval_needed", True), "payer": payer, "funded_by": fund}
        keep.row(EmployerRule, {"window": window, **whose}, said)
