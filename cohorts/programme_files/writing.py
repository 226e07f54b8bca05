"""A programme as a TOML file that can be read again: here, or where somebody else runs it. Nobody's name is in it.

Each app registers a writer for its part in its `wiring`, as it does a loader:

    add_writer(20, write_windows)      # called as write(programme, cohorts, data)
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

import tomli_w
from django.db import models

from cohorts.models import (
    AgreementTemplate,
    Cohort,
    CompletionRule,
    Component,
    DestinationMoment,
    NextProgramme,
    Partner,
    Plan,
    Programme,
    RuleSet,
)
from cohorts.models.cohort import CARRIED_OVER
from cohorts.models.rules import PartOfRules
from cohorts.programme_files.keeping import NOT_SAID, columns_said
from cohorts.programme_files.loading import PARTS
from cohorts.states import COHORT_OVER, Signatory
from steppingup.accounts.models import User

Tables = dict[str, Any]
Writer = Callable[[Programme, Sequence[Cohort], Tables], None]
_writers: list[tuple[int, Writer]] = []
ABOUT = "# {name}: a programme as a file of Stepping Up. Change what you like, and upload it again.\n\n"


def add_writer(order: int, writer: Writer) -> None:
    """Add a writer; lower orders come first, in the order of the loaders."""
    if (order, writer) not in _writers:
        _writers.append((order, writer))


def said(row: models.Model, *leave: str) -> Tables:
    """What a row says, as a file has it: only what differs from what it would be anyway."""
    found = {}
    for field in columns_said(type(row)):
        value = field.value_from_object(row)
        if field.name not in (*leave, *NOT_SAID) and value is not None and value != field.get_default():
            found[field.name] = plain(value)
    return found


def plain(value: Any) -> Any:
    """A number without zeros that say nothing: 10 and not 10.00."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return value


def keyed(row: Any, *leave: str) -> Tables:
    return {"key": row.key, **said(row, *leave)}


def rule_set(rules: RuleSet) -> Tables:
    """A set of admission rules with all its parts, those that it has."""
    parts = {name: [_part(row) for row in _rows(rules, model)] for name, model in PARTS.items()}
    found = {name: rows for name, rows in parts.items() if rows}
    return {"name": rules.name, "selection": rules.selection, **said(rules, "name", "selection"), **found}


def _rows(rules: RuleSet, model: type[PartOfRules]) -> Iterable[Any]:
    rows: Any = model._default_manager
    return rows.filter(rule_set=rules).order_by("order", "pk")


def _part(row: Any) -> Tables:
    if isinstance(row, AgreementTemplate):
        signs = [str(role) for role in Signatory if getattr(row, f"{role}_signs")]
        return {**keyed(row, *(f"{role}_signs" for role in Signatory)), "signed_by": signs}
    return keyed(row)


def plan(of: Plan) -> Tables:
    """A plan of days with its parts, its aims and the barriers that it works on, those that it has."""
    lists = {"aims": of.aims.order_by("order", "pk"), "barriers": of.barriers.order_by("order", "pk")}
    found = {name: [keyed(row) for row in rows] for name, rows in lists.items() if rows}
    known = {row["key"] for row in found.get("barriers", [])}
    parts = [_component(one, known) for one in of.components.order_by("order", "pk")]
    return {"name": of.name, **said(of, "name", "is_offered"), "components": parts, **found}


def _component(one: Component, barriers: Collection[str]) -> Tables:
    """What a part is and how it is recorded is always said: a file of before has other usual values. Of the barriers that it
    works on, those that the plan still has."""
    one.works_on = [key for key in one.works_on if key in barriers]
    usual = {"kind": one.kind, "recording": one.recording, "in_groups": one.in_groups, "most": plain(one.most)}
    return {**keyed(one), **usual, "least": plain(one.least)}


def programme(of: Programme, by: User | None = None) -> Tables:
    """All that the file of a programme says: its texts, admission rules, plans, money, themes, qualifications, and the cohorts
    that are not over as a pattern for others; `by` whom: those that this person sees."""
    every: Any = of.cohorts.visible_to(by) if by else of.cohorts.all()
    going_on = list(every.exclude(status__in=COHORT_OVER).order_by("starts_on", "pk"))
    cohorts = going_on or list(every.order_by("-starts_on", "-pk")[:1])
    data: Tables = {"provider": {"slug": of.provider.slug, **said(of.provider, "is_provider", "logo", "slug")}}
    data["programme"] = {"slug": of.slug, **said(of, "slug")}
    for _, write in sorted(_writers, key=lambda pair: pair[0]):
        write(of, cohorts, data)
    return {name: value for name, value in data.items() if value != []}


def write_cohorts(of: Programme, cohorts: Sequence[Cohort], data: Tables) -> None:
    """Admission rules, plans, cohorts with their completion rules, and partners."""
    used = {"rules": {one.rule_set.newest().pk for one in cohorts}, "plans": {one.plan.newest().pk for one in cohorts}}
    sets = of.rule_sets.current().filter(models.Q(is_offered=True) | models.Q(pk__in=used["rules"]))
    plans = Plan.objects.current().filter(models.Q(is_offered=True) | models.Q(pk__in=used["plans"]), programme=of)
    data["rule_sets"] = [rule_set(one) for one in sets.order_by("name")]
    data["plans"] = [plan(one) for one in plans.order_by("name")]
    data["cohorts"] = [_cohort(one) for one in cohorts]
    partners = Partner.objects.filter(programme=of).select_related("organisation")
    data["next"] = [
        {"programme": one.to.path, **said(one)}
        for one in NextProgramme.objects.filter(programme=of).select_related("to__provider").order_by("order", "pk")
    ]
    data["destinations"] = [{"months": one.months} for one in DestinationMoment.objects.filter(programme=of)]
    data["partners"] = [{"slug": one.organisation.slug, **said(one)} for one in partners]


def _cohort(one: Cohort) -> Tables:
    names = ("name", "starts_on", "ends_on", *CARRIED_OVER)
    given = {name: plain(value) for name in names if (value := getattr(one, name)) not in (None, "")}
    rules = CompletionRule.objects.filter(cohort=one).select_related("component").order_by("pk")
    completion = [
        {
            **({"component": rule.component.key} if rule.component else {}),
            **({} if rule.minimum is None else {"minimum": plain(rule.minimum)}),
        }
        for rule in rules
    ]
    named = {"plan": one.plan.newest().name, "rules": one.rule_set.newest().name}
    return {"slug": one.slug, **given, **named, **({"completion": completion} if completion else {})}


def as_text(tables: Tables, name: str) -> str:
    """The file."""
    return ABOUT.format(name=name) + tomli_w.dumps(tables, multiline_strings=True)


add_writer(0, write_cohorts)
