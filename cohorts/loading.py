"""Programmes as data: what a TOML file in `cohorts/data/` says becomes rows.

A file is loaded once: what a coordinator then renames, takes off the site or removes stays so. `update=True` writes the
file's values over what is there, but for rules that people were judged by. Each app registers a loader for its part of the file in its `wiring`:

    add_loader(20, load_windows_and_criteria)      # called as load(programme, data, keep)
"""

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from django.db import models, transaction

from cohorts.agreements import problems
from cohorts.keys import Keyed
from cohorts.models import (
    AgreementTemplate,
    Cohort,
    CompletionRule,
    Component,
    Partner,
    Plan,
    Programme,
    RuleSet,
    ShippedFile,
    TargetGroup,
)
from cohorts.models.cohort import CARRIED_OVER
from cohorts.models.rules import USUAL
from cohorts.states import (
    COHORT,
    CohortStatus,
    ComponentKind,
    ComponentMode,
    Counterpart,
    Recording,
    Selection,
    Signatory,
    SignedBefore,
    Unit,
)
from steppingup.accounts.models import Organisation
from steppingup.history.versions import Versioned

DATA = Path(__file__).parent / "data"
M = TypeVar("M", bound=models.Model)


def _is_frozen(row: models.Model) -> bool:
    """Whether people were judged by it: then a coordinator makes the next version, and no file does."""
    if isinstance(row, CompletionRule):
        return row.cohort.completion_settled_at is not None
    whole = getattr(row, row.key_within) if isinstance(row, Keyed) else row
    return isinstance(whole, Versioned) and whole.is_frozen


class Keeper:
    """Makes rows that are missing; changes those that exist only when told to update, and nobody was judged by them. Counts
    what it did."""

    def __init__(self, *, update: bool = False) -> None:
        self.update, self.made, self.changed = update, 0, 0

    def row(self, model: type[M], key: dict[str, Any], values: dict[str, Any] | None = None) -> M:
        """The row with this key, made with `values` if it is not there."""
        manager = model._base_manager
        found, made = manager.get_or_create(**key, defaults=values or {})
        different = [name for name, value in (values or {}).items() if getattr(found, name) != value]
        if self.update and different and not made and not _is_frozen(found):
            manager.filter(pk=found.pk).update(**{name: (values or {})[name] for name in different})
            found.refresh_from_db()
            self.changed += 1
        self.made += made
        return found


Loader = Callable[[Programme, dict[str, Any], Keeper], None]
_loaders: list[tuple[int, Loader]] = []


def add_loader(order: int, loader: Loader) -> None:
    """Add a loader; lower orders run first. cohorts' own is 0, funding's 10, applications' 20."""
    if (order, loader) not in _loaders:
        _loaders.append((order, loader))


def organisation(keep: Keeper, data: dict[str, Any]) -> Organisation:
    """An organisation from its table in the file; `part_of` names the slug of its parent."""
    values = {k: v for k, v in data.items() if k not in ("slug", "policy", "part_of")}
    if "part_of" in data:
        values["parent"] = Organisation.objects.get(slug=data["part_of"])
    return keep.row(Organisation, {"slug": data["slug"]}, values)


def load_file(path: Path, *, update: bool = False) -> tuple[Programme | None, Keeper]:
    """Load one programme with everything that the apps read from its file, in one transaction; once, unless it is to
    `update`. Gives no programme where it was loaded before.

    Raises KeyError, ValueError or IntegrityError when the file does not say what it must; then nothing is changed."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    keep = Keeper(update=update)
    with transaction.atomic():
        known = Programme.objects.filter(slug=data["programme"]["slug"]).exists()  # loaded before we kept a list
        _, is_new = ShippedFile.objects.get_or_create(name=path.name)
        if not update and (known or not is_new):
            return None, keep
        provider = organisation(keep, {**data["provider"], "is_provider": True})
        programme = keep.row(
            Programme, {"slug": data["programme"]["slug"]}, {**data["programme"], "provider": provider}
        )
        for _, loader in sorted(_loaders, key=lambda pair: pair[0]):
            loader(programme, {**data, "folder": path.parent}, keep)
    return programme, keep


def rule_sets_of(programme: Programme, data: dict[str, Any], keep: Keeper) -> list[tuple[RuleSet, dict[str, Any]]]:
    """The sets of admission rules that the file names, each with its part of the file; where it names none, the programme's
    usual one, with all of it."""
    given = {"programme": programme, "replaced_at": None}
    if "rule_sets" not in data:
        usual = RuleSet.objects.filter(programme=programme).usual()
        name = usual.name if usual else USUAL
        return [(keep.row(RuleSet, {**given, "name": name}, _selection(data)), data)]
    return [(keep.row(RuleSet, {**given, "name": one["name"]}, _selection(one)), one) for one in data["rule_sets"]]


def _selection(data: dict[str, Any]) -> dict[str, Any]:
    """Raises ValueError for a way to choose that is not known."""
    chosen = {"selection": Selection(data["selection"])} if "selection" in data else {}
    return {**chosen, **{name: data[name] for name in ("hold_days", "closes_when_full") if name in data}}


def load_cohorts(programme: Programme, data: dict[str, Any], keep: Keeper) -> None:
    """Target groups, plans with their components, cohorts with their completion rules, and partners."""
    for rules, of_rules in rule_sets_of(programme, data, keep):
        for order, group in enumerate(of_rules.get("target_groups", [])):
            keep.row(TargetGroup, {"rule_set": rules, "key": group["key"]}, {**group, "order": order})
        _load_agreements(rules, of_rules.get("agreements") or data.get("agreements", []), keep)
    for plan_data in data["plans"]:
        plan = keep.row(Plan, {"programme": programme, "name": plan_data["name"], "replaced_at": None})
        for order, component in enumerate(plan_data["components"]):
            keep.row(Component, {"plan": plan, "key": component["key"]}, {**_component(component), "order": order})
    for cohort_data in data.get("cohorts", []):
        _load_cohort(programme, cohort_data, keep)
    for partner in data.get("partners", []):
        values = {"pledged_on": partner.get("pledged_on"), "policy": partner.get("policy", "")}
        keep.row(Partner, {"programme": programme, "organisation": organisation(keep, partner)}, values)


def _load_agreements(rules: RuleSet, asked: list[dict[str, Any]], keep: Keeper) -> None:
    """What is signed by these rules, or by all that the file names: `signed_by` lists who signs. Raises ValueError for a text or a signatory that cannot be."""
    for order, one in enumerate(asked):
        if found := problems(one["text"]):
            raise ValueError(f"{one['key']}: {found[0]}")
        signs = {f"{role}_signs": role in [Signatory(each) for each in one["signed_by"]] for role in Signatory}
        values = {name: value for name, value in one.items() if name not in ("key", "signed_by")}
        if "needed" in values:
            values["needed"] = SignedBefore(values["needed"])
        keep.row(AgreementTemplate, {"rule_set": rules, "key": one["key"]}, {**values, **signs, "order": order})


#: How the days of a part came about when its kind said so, in files of before.
BY_KIND = {"stretch": Recording.HOST, "mentoring": Recording.PAIR}


def _component(data: dict[str, Any]) -> dict[str, Any]:
    """A part of a plan from its table in the file. `days` is short for so many days, no less and no more. Raises ValueError for
    words that are not known, and without an amount."""
    values = {name: value for name, value in data.items() if name != "days"}
    if "days" in data:
        values["most"] = data["days"]
    if "most" not in values:
        raise ValueError(f"The part “{data['key']}” says neither “days” nor “most”.")
    values.setdefault("least", values["most"])
    values.setdefault("recording", BY_KIND.get(data["kind"], Recording.REGISTER))
    values.setdefault("in_groups", data["kind"] == ComponentKind.PEER)
    known = {
        "kind": ComponentKind,
        "recording": Recording,
        "unit": Unit,
        "mode": ComponentMode,
        "counterpart": Counterpart,
    }
    for name, choices in known.items():
        if name in values:
            values[name] = choices(values[name])
    for name in AMOUNTS & values.keys():
        values[name] = Decimal(str(values[name]))
    return values


AMOUNTS = {"least", "most", "days_each", "week_least", "week_most"}
COHORT_FIELDS = ("name", "starts_on", "ends_on", *CARRIED_OVER)


def _load_cohort(programme: Programme, data: dict[str, Any], keep: Keeper) -> None:
    plan = Plan.objects.current().get(programme=programme, name=data["plan"])
    values = {field: data[field] for field in COHORT_FIELDS if field in data}
    existing = Cohort.objects.filter(programme=programme, slug=data["slug"]).exists()
    if "rules" in data:
        values["rule_set"] = RuleSet.objects.current().get(programme=programme, name=data["rules"])
    cohort = keep.row(Cohort, {"programme": programme, "slug": data["slug"]}, {**values, "plan": plan})
    for rule in data.get("completion", []):
        component = plan.components.get(key=rule["component"]) if "component" in rule else None
        # Without a number: as much as the plan says at least. Files of before speak of “minimum_days”.
        minimum = rule.get("minimum", rule.get("minimum_days"))
        given = minimum if minimum is None else Decimal(str(minimum))
        keep.row(CompletionRule, {"cohort": cohort, "component": component}, {"minimum": given})
    if data.get("published") and not existing and cohort.status == CohortStatus.DRAFT:
        COHORT.move(cohort, "publish")


add_loader(0, load_cohorts)
