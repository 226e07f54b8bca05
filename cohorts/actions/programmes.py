"""Programmes from files: one begins as another is, or as a file says, and a file changes what is there (R8)."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.text import slugify

from cohorts.actions import plans
from cohorts.actions.programme_forms import StartForm, UploadForm
from cohorts.addresses import WORDS
from cohorts.extensions import against_reach, rules_to_change, when_rules_changed
from cohorts.models import Aim, Barrier, Component, Plan, Programme, RuleSet
from cohorts.permissions import CohortPermission
from cohorts.programme_files import writing
from cohorts.programme_files.keeping import Keeper
from cohorts.programme_files.loading import DATA, PARTS, about_programme, load, read, tables_of_rules
from cohorts.programme_files.tables import Table, Unreadable, key_of
from steppingup.accounts.actors import Actor, NotAllowed, OwnRecord, holds_everywhere
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import contests_of
from steppingup.formats import english
from steppingup.formats.prefixes import from_name
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.history.previews import note
from steppingup.steps.step import Weight, step

EDIT = CohortPermission.EDIT_PROGRAMMES
#: So many mistakes of a file are said at once.
SAID = 12


def guard(by: Actor, provider: Organisation) -> None:
    """Raises NotAllowed for whoever keeps the programmes of some cohorts only."""
    if not isinstance(by, User) or not holds_everywhere(by, EDIT, provider.pk):
        raise NotAllowed(f"{by} does not keep all programmes of {provider}.")


def _guard_upload(by: Actor, programme: Programme) -> None:
    guard(by, programme.provider)
    open_ones = {one.cohort for one in contests_of(by) if one.is_open}
    if open_ones & set(programme.cohorts.values_list("pk", flat=True)):
        raise OwnRecord("You have applied for a place yourself, so a colleague makes changes here.")


def _read(text: str) -> Table:
    try:
        return read(text)
    except Unreadable as wrong:
        raise NotPossible(str(wrong), "file", field="text") from wrong


def _load(programme: Programme, data: Table, keep: Keeper) -> None:
    """Raises NotPossible with what is wrong in the file, each with its place."""
    try:
        load(programme, data, keep)
    except Unreadable as wrong:
        raise NotPossible(_in_words(wrong.problems), "file", field="text") from wrong


def _in_words(problems: list[str]) -> str:
    more = len(problems) - SAID
    rest = f" And {english.counted(more, 'more mistake', 'more mistakes')}." if more > 0 else ""
    return " ".join(problems[:SAID]) + rest


# -- a new programme -----------------------------------------------------------------------------------


def _require_provider(provider: Organisation) -> None:
    refuse_if(not provider.is_provider, "This organisation does not run programmes here.", "no_provider")


@step(
    Organisation,
    "Start a programme",
    name="start_programme",
    noun="provider",
    past="Programme started",
    meaning="Texts, admission rules, plans of days, terms and cohorts are copied, on dates that are moved with the start. People "
    "and sessions are not. Nobody but you and your colleagues sees the programme until you publish it.",
    permission=EDIT,
    guard=guard,
    policy=_require_provider,
    form=StartForm,
    weight=Weight.STRONG,
)
def start(
    *,
    provider: Organisation,
    text: str,
    name: str,
    starts_on: date,
    by: Actor,
    slug: str = "",
    is_shipped: bool = False,
) -> Programme:
    """A programme that is not public, with what the file says of one, under another name. Its first cohort starts on this day,
    and all other dates are moved as far. `is_shipped`: the files that it names are those that come with the product.

    Raises NotPossible when the file says something that cannot be, or the address is taken."""
    data = _read(text)
    slug = slug or slugify(name)
    refuse_if(
        not slug or slug in WORDS or Programme.objects.filter(provider=provider, slug=slug).exists(),
        f"{provider} has a programme at the address “{slug}” already, or nothing can stand there. Enter another address.",
        "name_taken",
        field="slug",
    )
    keep = Keeper(by=by, folder=DATA if is_shipped else None)
    theirs = data.get("provider", Table({}))
    is_own = theirs.get("slug") == provider.slug
    keep.own = {str(theirs.get("slug")): provider}
    with suppress(Unreadable):  # said with all the rest
        _begin_on(data, starts_on)
    if not is_own:
        _leave_what_is_theirs(data)
    about = {
        "name": name,
        "slug": slug,
        "provider": provider,
        "is_published": False,
        "reference_prefix": from_name(name),
    }
    said = about_programme(data)
    values = {key: value for key, value in said.items() if key not in about}
    list(theirs)  # whose programme it was decides nothing more
    try:
        programme = keep.row(
            Programme,
            {"provider": provider, "slug": slug},
            Table({**values, **about} | {"provider": provider}, "programme"),
        )
    except Unreadable as wrong:
        raise NotPossible(_in_words(wrong.problems), "file", field="text") from wrong
    _load(programme, data, keep)
    for cohort in programme.cohorts.order_by("starts_on"):
        days = f"{english.day_date(cohort.starts_on)} to {english.day_date(cohort.ends_on)}"
        note(f"Its cohort {cohort.name} runs from {days}, for {english.counted(cohort.capacity, 'person', 'people')}.")
    if not is_own:
        whose = f" of {theirs['name']}" if "name" in theirs else ""
        note(f"The texts are those{whose}. Read them, and say it in your own words; enter how people reach you.")
    _note_all(keep)
    return programme


def _begin_on(data: Table, starts_on: date) -> None:
    """Move the dates of the cohorts, so that the first one starts on this day. An only cohort is called by its month."""
    cohorts = data.get("cohorts", [])
    first = min((one["starts_on"] for one in cohorts if isinstance(one["starts_on"], date)), default=starts_on)
    shift = timedelta(days=(starts_on - first).days)
    for one in cohorts:
        window = one.get("window", Table({}))
        for table, names in ((one, ("starts_on", "ends_on")), (window, ("opens_at", "closes_at"))):
            for moved in names:
                if isinstance(table.get(moved), date):  # a moment is one too
                    table[moved] += shift
    if len(cohorts) == 1:
        cohorts[0]["name"] = f"{starts_on:%B %Y}"
        cohorts[0]["slug"] = slugify(cohorts[0]["name"])


def _leave_what_is_theirs(data: Table) -> None:
    """Addresses, partners and venues are those of whoever ran it."""
    said = data.get("programme", Table({}))
    for name in ("contact_email", "contact_phone", "region"):
        said.pop(name, None)
    data.pop("partners", None)
    for cohort in data.get("cohorts", []):
        cohort.pop("venue", None)


def _note_all(keep: Keeper) -> None:
    for sentence in keep.notes:
        note(sentence)


# -- a file for a programme that is there ---------------------------------------------------------------


@dataclass
class _Change:
    """What becomes of the rules and plans that a file names."""

    rules: dict[RuleSet, RuleSet] = field(default_factory=dict)
    plans: dict[Plan, Plan] = field(default_factory=dict)
    removed: int = 0

    def unchanged(self) -> set[tuple[str, str]]:
        """Those of which the next version is the same as the one that stands."""
        same_rules = {("rule_sets", old.name) for old, new in self.rules.items() if old != new and _same(old, new)}
        return same_rules | {("plans", old.name) for old, new in self.plans.items() if old != new and _same(old, new)}


def _same(old: Any, new: Any) -> bool:
    write: Any = writing.rule_set if isinstance(old, RuleSet) else writing.plan
    return bool(write(old) == write(new))


@step(
    Programme,
    "Change it by a file",
    name="upload",
    past="Changed by a file",
    meaning="What the file says of texts, admission rules, plans, money and themes holds from now on. A set of rules, or a plan, is "
    "as the file has it: what is not in it is removed. Whoever has begun keeps what they began with. Cohorts that are there stay "
    "as they are.",
    permission=EDIT,
    guard=_guard_upload,
    form=UploadForm,
)
def upload(*, programme: Programme, text: str, by: Actor) -> Programme:
    """Let the programme be as the file says. Rules and plans that people have begun with get their next version, and drafts
    go on with it and are told. The address, whether it is public, and cohorts that are there are not changed by a file.

    Raises NotPossible when the file says something that cannot be, or nothing new."""
    data = _read(text)
    _leave_what_stays(programme, data)
    for table, name in _try(programme, data, by):
        data[table] = [one for one in data[table] if one["name"] != name]
    keep, change = _change(programme, data, by)
    refuse_if(
        not (keep.made or keep.changed or change.removed),
        "Everything in the file is here already, so nothing would change.",
        "same",
        field="text",
    )
    for old, new in change.rules.items():
        if old != new:
            note(f"“{old.name}” becomes version {new.version}, for cohorts that nobody has applied for yet.")
            when_rules_changed(old, new, by)
    for plan, newer in change.plans.items():
        if plan != newer:
            note(f"“{plan.name}” becomes version {newer.version}, for cohorts without participants.")
    _note_all(keep)
    return programme


def _leave_what_stays(programme: Programme, data: Table) -> None:
    list(data.get("provider", Table({})))
    said = data.get("programme", Table({}))
    for name in ("slug", "is_published"):
        said.pop(name, None)
    reach = said.get("reach", programme.reach)
    if isinstance(reach, int) and reach > programme.reach:
        found = [words for words in against_reach(programme, reach) if words]
        refuse_if(bool(found), f"“reach” would rule out {english.listed(found)}.", "reach", field="text")
    there = set(programme.cohorts.values_list("slug", flat=True))
    stay = [one for one in data.get("cohorts", []) if one.get("slug") in there]
    if stay:
        note(
            f"{english.counted(len(stay), 'cohort stays as it is', 'cohorts stay as they are')}: change them on their own pages."
        )
        data["cohorts"] = [one for one in data["cohorts"] if one not in stay]


def _try(programme: Programme, data: Table, by: Actor) -> set[tuple[str, str]]:
    """The rules and plans that people have begun with and that the file leaves as they are: found by changing them, and
    undoing it."""
    with transaction.atomic():
        _, change = _change(programme, data, by)
        found = change.unchanged()
        transaction.set_rollback(True)
    return found


def _change(programme: Programme, data: Table, by: Actor) -> tuple[Keeper, _Change]:
    keep = Keeper(update=True, by=by)
    keep.own = {str(data.get("provider", Table({})).get("slug")): programme.provider}
    change = _Change()
    rules = {one.name: one for one in programme.rule_sets.current()}
    for name, table in tables_of_rules(programme, data):
        if old := rules.get(name):
            change.rules[old] = _rules_to_change(old, table, by)
    named = {one.name: one for one in Plan.objects.current().filter(programme=programme)}
    for table in data.get("plans", []):
        if old_plan := named.get(table.get("name")):
            is_frozen = Plan.held(old_plan.pk).is_frozen
            change.plans[old_plan] = plans.revise(plan=old_plan, by=by)[0] if is_frozen else old_plan
    if "programme" in data:
        with keep.reading(data["programme"]):
            keep.row(Programme, {"id": programme.pk}, about_programme(data))
    _load(programme, data, keep)
    for row in (*change.rules.values(), *change.plans.values()):
        row.refresh_from_db()  # what the file says of the set of rules or the plan itself
    change.removed = _remove(keep, [*change.rules.values()], [*change.plans.values()])
    return keep, change


def _rules_to_change(old: RuleSet, table: Table, by: Actor) -> RuleSet:
    """The version that the file changes. What applicants wrote about rows that it will not have stays with those."""
    removed: list[models.Model] = []
    for name, model in PARTS.items():
        kept = {key_of(one) for one in table.get(name, [])}
        rows: Any = model._default_manager
        removed += rows.filter(rule_set=old).exclude(key__in=kept)
    [new] = rules_to_change(old, removed, by)
    return new


def _remove(keep: Keeper, rules: Iterable[RuleSet], changed: Iterable[Plan]) -> int:
    """Remove what rules and plans have and the file does not. Gives how many rows."""
    parts: list[tuple[Any, dict[str, Any]]] = [
        *((model, {"rule_set": one}) for one in rules for model in PARTS.values()),
        *((model, {"plan": one}) for one in changed for model in (Component, Aim, Barrier)),
    ]
    removed = 0
    for model, where in parts:
        kept = [pk for row, pk in keep.read if row is model]
        for row in model._default_manager.filter(**where).exclude(pk__in=kept):
            removed += 1
            try:
                with transaction.atomic():
                    row.delete()
            except ProtectedError as wrong:
                held = english.listed(sorted({str(one._meta.verbose_name_plural) for one in wrong.protected_objects}))
                raise NotPossible(
                    f"The file does not have “{row}”, which {held} name. Remove those first, or leave it in the file.",
                    "named",
                    field="text",
                ) from wrong
    return removed
