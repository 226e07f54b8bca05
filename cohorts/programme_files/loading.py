"""Programmes as data: what a TOML file says becomes rows.

A file of `cohorts/data/` is loaded once: what a coordinator then renames, takes off the site or removes stays so. Each app
registers a loader for its part of the file in its `wiring`:

    add_loader(20, load_windows_and_criteria)      # called as load(programme, data, keep)
"""

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import models, transaction

from cohorts.agreements import problems
from cohorts.models import (
    AgreementTemplate,
    Aim,
    Barrier,
    Cohort,
    CompletionRule,
    Component,
    DestinationMoment,
    NextProgramme,
    Partner,
    Plan,
    Programme,
    RuleSet,
    ShippedFile,
    TargetGroup,
)
from cohorts.models.cohort import CARRIED_OVER
from cohorts.models.plan import ASKED_BY
from cohorts.models.rules import TEXTS, USUAL, PartOfRules
from cohorts.programme_files.keeping import Keeper, columns_said
from cohorts.programme_files.tables import Absent, Table, Unreadable
from cohorts.states import (
    COHORT,
    AimKind,
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
from steppingup.formats import english

DATA = Path(__file__).parent.parent / "data"
Loader = Callable[[Programme, Table, Keeper], None]
_loaders: list[tuple[int, Loader]] = []


def add_loader(order: int, loader: Loader) -> None:
    """Add a loader; lower orders run first. cohorts' own is 0, funding's 10, applications' 20."""
    if (order, loader) not in _loaders:
        _loaders.append((order, loader))


#: The parts of a set of rules, by what the file calls their tables; other apps add theirs (`add_part_of_rules`).
PARTS: dict[str, type[PartOfRules]] = {"target_groups": TargetGroup, "agreements": AgreementTemplate}


def add_part_of_rules(table: str, model: type[PartOfRules]) -> None:
    """Read rows of a set of rules from the tables of this name, each under its `key`, or else what `kind` it is."""
    PARTS[table] = model


def organisation(keep: Keeper, data: dict[str, Any]) -> Organisation:
    """An organisation from its table in the file; `part_of` names the slug of its parent."""
    values = {k: v for k, v in data.items() if k not in ("slug", "policy", "part_of")}
    if "part_of" in data:
        values["parent"] = Organisation.objects.get(slug=data["part_of"])
    return keep.row(Organisation, {"slug": data["slug"]}, values)


def read(text: str) -> Table:
    """The tables of a file. Raises Unreadable when it is no TOML."""
    try:
        return Table(tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as wrong:
        raise Unreadable(f"The file cannot be read: {wrong}.") from wrong


def load(programme: Programme, data: Table, keep: Keeper) -> None:
    """Let all apps read their part of the file for a programme that is there. Raises Unreadable, with every problem of the
    file, when it says something that cannot be; then the transaction that it is read in has to be undone."""
    for _, loader in sorted(_loaders, key=lambda pair: pair[0]):
        with keep.reading(data):
            loader(programme, data, keep)
    if found := [*keep.problems, *data.left_over()] or keep.absent:
        raise Unreadable(*found)


def load_file(path: Path, *, update: bool = False) -> tuple[Programme | None, Keeper]:
    """Load one programme with everything that the apps read from its file, in one transaction; once, unless it is to
    `update`. Gives no programme where it was loaded before.

    Raises Unreadable when the file does not say what it must; then nothing is changed."""
    data = read(path.read_text(encoding="utf-8"))
    keep = Keeper(update=update, folder=path.parent)
    with transaction.atomic():
        at = {"provider__slug": data["provider"]["slug"], "slug": data["programme"]["slug"]}
        known = Programme.objects.filter(**at).exists()  # loaded before we kept a list
        _, is_new = ShippedFile.objects.get_or_create(name=path.name)
        if not update and (known or not is_new):
            return None, keep
        provider = organisation(keep, {**data["provider"], "is_provider": True})
        lookup = {"provider": provider, "slug": data["programme"]["slug"]}
        programme = keep.row(Programme, lookup, {**about_programme(data), "provider": provider})
        load(programme, data, keep)
    return programme, keep


def shipped() -> dict[str, Path]:
    """The files that come with the product, by name."""
    return {path.stem: path for path in sorted(DATA.glob("*.toml"))}


def tables_of_rules(programme: Programme, data: Table) -> list[tuple[str, Table]]:
    """The sets of admission rules that the file names, each with its part of the file; where it names none, the programme's
    usual one, with all of it, if it says anything of rules."""
    if "rule_sets" in data:
        return [(str(one.get("name", "")), one) for one in data["rule_sets"]]
    if not any(name in data for name in (*PARTS, "selection")) and not texts_of_all(data):
        return []
    usual = RuleSet.objects.filter(programme=programme).usual()
    return [(usual.name if usual else USUAL, data)]


def rule_sets_of(programme: Programme, data: Table, keep: Keeper) -> list[tuple[RuleSet, Table]]:
    """As rows, which are made where they are missing."""
    given = {"programme": programme, "replaced_at": None}
    found = []
    for name, table in tables_of_rules(programme, data):
        with keep.reading(table):
            if "rule_sets" in data:
                name = table["name"]
            # What the file says of the way to choose, it says whole.
            values = texts_of_all(data) | _selection(table)
            row = keep.row(RuleSet, {**given, "name": name}, values, whole="selection" in table)
            found.append((row, table))
    return found


def _selection(data: Table) -> dict[str, Any]:
    """Raises ValueError for a way to choose that is not known."""
    chosen = {"selection": chosen_from(Selection, data, "selection")} if "selection" in data else {}
    own = ("hold_days", "closes_when_full", "is_offered", *TEXTS)
    return {**chosen, **{name: data[name] for name in own if name in data}}


def texts_of_all(data: Table) -> dict[str, Any]:
    """What the table of the programme says for every set of rules that does not say it itself."""
    about = data.get("programme", Table({}))
    return {name: about[name] for name in TEXTS if name in about}


def about_programme(data: Table) -> Table:
    """The table of the programme, with what is its own."""
    about = data.get("programme", Table({}, "programme"))
    return Table({name: value for name, value in about.items() if name not in TEXTS}, about.where)


def chosen_from(choices: type[models.TextChoices], data: Table, name: str) -> models.TextChoices:
    """What the file chose. Raises Unreadable, with what there is to choose from."""
    try:
        return choices(data[name])
    except ValueError as wrong:
        offered = ", ".join(f"“{one}”" for one in choices.values if one)
        raise Unreadable(data.said(f"“{name}” cannot be “{data[name]}”. Choose one of {offered}.")) from wrong


def load_cohorts(programme: Programme, data: Table, keep: Keeper) -> None:
    """Target groups, plans with their components, cohorts with their completion rules, and partners."""
    for rules, of_rules in rule_sets_of(programme, data, keep):
        for order, group in enumerate(of_rules.get("target_groups", [])):
            with keep.reading(group):
                keep.row(TargetGroup, {"rule_set": rules, "key": group["key"]}, with_order(group, order), whole=True)
        _load_agreements(rules, of_rules.get("agreements") or data.get("agreements", []), keep)
    for plan_data in data.get("plans", []) if keep.is_upload else data["plans"]:
        with keep.reading(plan_data):
            _load_plan(programme, plan_data, data, keep)
    for cohort_data in data.get("cohorts", []):
        with keep.reading(cohort_data):
            _load_cohort(programme, cohort_data, keep)
    load_next(programme, data, keep)
    for moment in data.get("destinations", []):
        with keep.reading(moment):
            keep.row(DestinationMoment, {"programme": programme, "months": moment["months"]}, {})
    for partner in data.get("partners", []):
        with keep.reading(partner):
            _load_partner(programme, partner, keep)


def with_order(table: Table, order: int) -> Table:
    """The table, with its place among its like for the `order` of the row."""
    values = Table({**table, "order": order}, table.where)
    values.pop("key", None)
    return values


def _load_partner(programme: Programme, partner: Table, keep: Keeper) -> None:
    values = {"pledged_on": partner.get("pledged_on"), "policy": partner.get("policy", "")}
    found = keep.organisation(partner["slug"]) if keep.is_upload else organisation(keep, partner)
    if found:
        keep.row(Partner, {"programme": programme, "organisation": found}, values)


def _load_plan(programme: Programme, table: Table, data: Table, keep: Keeper) -> None:
    """A plan with its parts. What it is to achieve and works on, it says itself, or the file for all its plans (N9, N10, L1)."""
    asked = {name: table[name] for name in ASKED_BY if name in table}
    usual = {one.name: one.get_default() for one in columns_said(Plan) if one.name in ASKED_BY}
    lookup = {"programme": programme, "name": table["name"], "replaced_at": None}
    plan = keep.row(Plan, lookup, Table({**usual, **asked}, table.where))
    lists: tuple[tuple[str, Any], ...] = (("aims", Aim), ("barriers", Barrier))
    for name, model in lists:
        for order, row in enumerate(table.get(name) or data.get(name, [])):
            with keep.reading(row):
                if "kind" in row:
                    chosen_from(AimKind, row, "kind")
                keep.row(model, {"plan": plan, "key": row["key"]}, with_order(row, order), whole=True)
    for order, component in enumerate(table["components"]):
        with keep.reading(component):
            said = with_order(_component(component), order)
            require_barriers(plan, component)
            keep.row(Component, {"plan": plan, "key": component["key"]}, said, whole=True)


def require_barriers(plan: Plan, table: Table) -> None:
    """Raise Absent where something works on a barrier that the plan does not have."""
    there = set(plan.barriers.values_list("key", flat=True)) if "works_on" in table else set()
    for key in table.get("works_on", []):
        if key not in there:
            raise Absent(table.said(f"“works_on” names “{key}”, which is no barrier of the plan."))


def load_next(programme: Programme, data: Table, keep: Keeper) -> None:
    """What comes after it. Run again once all files are loaded: one may name another that comes later."""
    for order, after in enumerate(data.get("next", [])):
        with keep.reading(after):
            _load_next(programme, after, order, keep)


def _load_next(programme: Programme, after: Table, order: int, keep: Keeper) -> None:
    """A programme that comes next, named as in its address. One that is not there, or not on the site, is left out."""
    path, words = str(after["programme"]), after.get("words", "")
    found = Programme.objects.at(path).first()
    if found is None or found == programme or (keep.is_upload and not found.is_published):
        keep.note(f"There is no other programme at “{path}” on the site, so it was left out of what comes next.")
        return
    keep.row(NextProgramme, {"programme": programme, "to": found}, {"words": words, "order": order})


def _load_agreements(rules: RuleSet, asked: list[Table], keep: Keeper) -> None:
    """What is signed by these rules, or by all that the file names: `signed_by` lists who signs."""
    for order, one in enumerate(asked):
        with keep.reading(one):
            _load_agreement(rules, one, order, keep)


def _load_agreement(rules: RuleSet, one: Table, order: int, keep: Keeper) -> None:
    """Raises Unreadable or ValueError for a text or a signatory that cannot be."""
    if found := problems(one["text"]):
        raise Unreadable(one.said(found[0]))
    signs = {f"{role}_signs": role in [Signatory(each) for each in one["signed_by"]] for role in Signatory}
    values = {name: value for name, value in one.items() if name not in ("key", "signed_by")}
    if "needed" in values:
        values["needed"] = chosen_from(SignedBefore, one, "needed")
    said = Table({**values, **signs, "order": order}, one.where)
    keep.row(AgreementTemplate, {"rule_set": rules, "key": one["key"]}, said, whole=True)


#: How the days of a part came about when its kind said so, in files of before.
BY_KIND = {"stretch": Recording.HOST, "mentoring": Recording.PAIR}


def _component(data: Table) -> Table:
    """A part of a plan from its table in the file. `days` is short for so many days, no less and no more. Raises Unreadable for
    words that are not known, and without an amount."""
    values = Table({name: value for name, value in data.items() if name != "days"}, data.where)
    if "days" in data:
        values["most"] = data["days"]
    if "most" not in values:
        raise Unreadable(data.said("It says neither “days” nor “most”."))
    values.setdefault("least", values["most"])
    values.setdefault("recording", BY_KIND.get(data["kind"], Recording.REGISTER))
    values.setdefault("in_groups", data["kind"] == ComponentKind.PEER)
    known: dict[str, type[models.TextChoices]] = {
        "kind": ComponentKind,
        "recording": Recording,
        "unit": Unit,
        "mode": ComponentMode,
        "counterpart": Counterpart,
    }
    for name, choices in known.items():
        if name in values:
            values[name] = chosen_from(choices, values, name)
    for name in AMOUNTS & values.keys():
        values[name] = Decimal(str(values[name]))
    return values


AMOUNTS = {"least", "most", "days_each", "week_least", "week_most"}
COHORT_FIELDS = ("name", "starts_on", "ends_on", *CARRIED_OVER)


def _load_cohort(programme: Programme, data: Table, keep: Keeper) -> None:
    plan = _named(Plan, programme, data, "plan")
    values = {field: data[field] for field in COHORT_FIELDS if field in data}
    existing = Cohort.objects.filter(programme=programme, slug=data["slug"]).exists()
    if "rules" in data:
        values["rule_set"] = _named(RuleSet, programme, data, "rules")
    publishes = data.get("published") and not keep.is_upload  # a person publishes on its page, once all is there
    cohort = keep.row(Cohort, {"programme": programme, "slug": data["slug"]}, {**values, "plan": plan})
    for rule in data.get("completion", []):
        component = _part_of(plan, rule) if "component" in rule else None
        # Without a number: as much as the plan says at least. Files of before speak of “minimum_days”.
        minimum = rule.get("minimum", rule.get("minimum_days"))
        given = minimum if minimum is None else Decimal(str(minimum))
        keep.row(CompletionRule, {"cohort": cohort, "component": component}, {"minimum": given})
    if publishes and not existing and cohort.status == CohortStatus.DRAFT:
        COHORT.move(cohort, "publish")


def _named(model: Any, programme: Programme, data: Table, name: str) -> Any:
    """The plan or the rules that a cohort's table names."""
    found = model.objects.current().filter(programme=programme, name=data[name]).first()
    if found is None:
        raise Absent(data.said(f"“{name}” names “{data[name]}”, which the file does not have."))
    return found


def _part_of(plan: Plan, rule: Table) -> Component:
    found = plan.components.filter(key=rule["component"]).first()
    if found is None:
        parts = english.listed([f"“{key}”" for key in plan.components.values_list("key", flat=True)])
        raise Absent(rule.said(f"The plan has no part “{rule['component']}”. It has {parts}."))
    return found


add_loader(0, load_cohorts)
