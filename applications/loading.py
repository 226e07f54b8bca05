"""Applications' part of a programme's file: eligibility questions, criteria, windows and what holds for employers."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from applications.form.usual import contradiction
from applications.models import (
    Criterion,
    EligibilityQuestion,
    EmployerRule,
    FormPart,
    Grade,
    Question,
    Reason,
    StandingRule,
    Window,
)
from cohorts.models import Cohort, Programme, RuleSet
from cohorts.models.rules import PartOfRules
from cohorts.programme_files.keeping import Keeper
from cohorts.programme_files.loading import chosen_from, rule_sets_of, with_order
from cohorts.programme_files.tables import Table, Unreadable, key_of
from funding.loading import fund_named
from funding.rules import Payer
from steppingup.accounts.models import Organisation

#: What belongs to a set of rules, by the name of its tables in a file.
KINDS: dict[str, type[PartOfRules]] = {
    "eligibility": EligibilityQuestion,
    "grades": Grade,
    "criteria": Criterion,
    "parts": FormPart,
    "questions": Question,
    "standings": StandingRule,
    "reasons": Reason,
}


def load_applications(programme: Programme, data: Table, keep: Keeper) -> None:
    """Load what the file says; funds and organisations are there already."""
    for rules, of_rules in rule_sets_of(programme, data, keep):
        with keep.reading(of_rules):
            _load_rules(rules, of_rules, keep)
    for cohort in data.get("cohorts", []):
        if "window" in cohort:
            with keep.reading(cohort["window"]):
                _load_window(Cohort.objects.get(programme=programme, slug=cohort["slug"]), cohort["window"], keep)


def _load_rules(rules: RuleSet, data: Table, keep: Keeper) -> None:
    """What one set of rules asks. The parts of the application are those that the file lists, where it lists any; so are the
    reasons for turning somebody down, which stay where it lists none, as files of before do not."""
    if "reasons" not in data:
        keep.read |= {(Reason, pk) for pk in rules.reasons.values_list("pk", flat=True)}
    for name in ("parts", "reasons"):
        if name in data and not rules.is_frozen:
            _leave_out_unlisted(KINDS[name], rules, data[name], keep)
    for name, model in KINDS.items():
        for order, row in enumerate(data.get(name, [])):
            with keep.reading(row):
                key = {"rule_set": rules, "key": key_of(row)}
                keep.row(model, key, with_order(row, order), whole=True)
    kinds = set(rules.form_parts.values_list("kind", flat=True))
    if wrong := contradiction(kinds, checks=rules.eligibility_questions.filter(is_active=True).exists()):
        raise Unreadable(data.said(wrong))


def _leave_out_unlisted(model: type[PartOfRules], rules: RuleSet, listed: list[Table], keep: Keeper) -> None:
    """Without the rows that the file does not have; and where it is not to update any, without the usual ones, in whose place
    its own are."""
    manager: Any = model._default_manager
    rows = manager.filter(rule_set=rules)
    if keep.update:
        gone, _ = rows.exclude(key__in=[row.get("key", row.get("kind")) for row in listed]).delete()
        keep.changed += gone
    else:
        rows.delete()


def _moment(value: datetime) -> datetime:
    """A moment of the file; without an offset it is London's time."""
    return timezone.make_aware(value) if timezone.is_naive(value) else value


def _load_window(cohort: Cohort, data: Table, keep: Keeper) -> None:
    values = {name: data[name] for name in Window.RULES if name in data}
    values |= {"opens_at": _moment(data["opens_at"]), "closes_at": _moment(data["closes_at"])}
    window = keep.row(Window, {"cohort": cohort}, values)
    for rule in data.get("employer_rules", []):
        with keep.reading(rule):
            _load_employer_rule(cohort, window, rule, keep)


def _load_employer_rule(cohort: Cohort, window: Window, rule: Table, keep: Keeper) -> None:
    whose: dict[str, Any] = {"kind": chosen_from(Organisation.Kind, rule, "kind")} if "kind" in rule else {}
    given = fund_named(cohort.programme, rule, "funded_by") if "funded_by" in rule else None
    payer = chosen_from(Payer, rule, "payer") if "payer" in rule else Payer.FUND if given else ""
    said = {"approval_needed": rule.get("approval_needed", True), "payer": payer, "funded_by": given}
    if "employer" in rule:
        employer = keep.organisation(rule["employer"])
        if employer is None:
            return
        whose |= {"employer": employer}
    keep.row(EmployerRule, {"window": window, **whose}, said)
