"""Counts of a workforce: a file is read in, somebody says what its columns are, and a worker makes a snapshot of it (R9)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.db import transaction

from representation.actions.units import make_unit
from representation.models import (
    Category,
    Characteristic,
    ColumnMemory,
    CountFile,
    HeadCount,
    Snapshot,
    Tier,
    Unit,
)
from representation.permissions import RepresentationPermission
from representation.reading.figures import ANSWER, ROLES, Count
from steppingup import clock
from steppingup.accounts.actors import Actor, person, require
from steppingup.accounts.models import Organisation
from steppingup.formats import english
from steppingup.formats.sameness import fold
from steppingup.history.lifecycle import refuse_if
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.steps.step import Weight, step

KEEP = RepresentationPermission.KEEP_PLAN
JOB = "representation.counts"
AT_A_TIME = 2_000
FORGOTTEN = timedelta(days=30)
Lines = list[tuple[int, list[str]]]


@transaction.atomic
def read_counts_file(
    *,
    provider: Organisation,
    name: str,
    digest: str,
    headings: Sequence[str],
    lines: Lines,
    taken_on: date,
    source: str,
    characteristic: Characteristic,
    by: Actor,
    corrects: Snapshot | None = None,
    why: str = "",
) -> CountFile:
    """Keep a file, to be looked at. Its columns begin as columns of these headings were said to be before.

    Raises NotAllowed, and NotPossible for what belongs to another provider, for a day to come, for a correction of what was corrected
    already, and where there is a snapshot of this day and source that it does not say it corrects."""
    require(by, KEEP, characteristic)
    mine = provider.pk
    refuse_if(
        characteristic.provider_id != mine,
        "Choose a characteristic of this provider.",
        "other_unit",
        field="characteristic",
    )
    refuse_if(taken_on > clock.today(), "Enter today or an earlier day.", "too_early", field="taken_on")
    if corrects is not None:
        refuse_if(corrects.provider_id != mine, "Choose figures of this provider.", "other_unit", field="corrects")
        refuse_if(
            hasattr(corrects, "corrected_by"), "These figures were corrected already.", "corrected", field="corrects"
        )
        refuse_if(not why.strip(), "Say what was corrected.", "required", field="why")
    file = CountFile(
        provider=provider, characteristic=characteristic, taken_on=taken_on, source=source.strip(), corrects=corrects
    )
    _require_new(file)
    return CountFile.objects.create(
        provider=provider,
        name=name[:200],
        digest=digest,
        taken_on=taken_on,
        source=source.strip(),
        characteristic=characteristic,
        corrects=corrects,
        why=why.strip(),
        headings=list(headings),
        lines=lines,
        roles=remembered(provider, characteristic, headings, taken_on),
        read_by=person(by),
    )


def remembered(provider: Organisation, characteristic: Characteristic, headings: Iterable[str], day: date) -> list[str]:
    """What columns of these headings were said to be; an answer that is used on the day, where the heading is its name; else nothing."""
    known = {
        fold(one.heading): one.role
        for one in ColumnMemory.objects.filter(provider=provider, characteristic=characteristic)
    }
    used = [one for one in characteristic.categories.all() if one.is_used_on(day)]
    answers = {fold(one.name): f"{ANSWER}{one.pk}" for one in used}
    there = {*ROLES, *answers.values()}
    before = ((known.get(fold(heading), ""), fold(heading)) for heading in headings)
    return [role if role in there else answers.get(heading, "") for role, heading in before]


@transaction.atomic
def say_columns(*, file: CountFile, roles: Sequence[str], by: Actor) -> CountFile:
    """Say what each column is, and remember it for the next file.

    Raises NotAllowed, and NotPossible once it is taken over, or for a column that is none."""
    require(by, KEEP, file)
    found = CountFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    _require_open(found)
    known = {*ROLES, *(f"{ANSWER}{key}" for key in found.called()), ""}
    refuse_if(len(roles) != len(found.headings) or not set(roles) <= known, "Choose what each column is.", "columns")
    found.roles = list(roles)
    found.save(update_fields=["roles"])
    # Of two columns with the same heading, the one that is something.
    for heading, role in sorted(zip(found.headings, roles, strict=True), key=lambda said: bool(said[1])):
        if fold(heading):
            ColumnMemory.objects.update_or_create(
                provider=found.provider,
                characteristic=found.characteristic,
                heading=heading[:200],
                defaults={"role": role},
            )
    return found


def _require_new(file: CountFile) -> None:
    """Figures of one day and source are read in once, and then corrected."""
    taken = CountFile.objects.filter(
        provider=file.provider_id,
        characteristic=file.characteristic_id,
        taken_on=file.taken_on,
        snapshot__isnull=False,
        snapshot__corrected_by=None,
    ).exclude(snapshot=file.corrects_id)
    refuse_if(
        any(fold(one.source) == fold(file.source) for one in taken.only("source")),
        f"Figures of {english.day_date(file.taken_on)} from “{file.source}” are here already. Say that these correct them, or name their source "
        "as it is.",
        "taken_over",
        field="source",
    )


def _require_open(file: CountFile) -> None:
    refuse_if(file.snapshot_id, "This file was taken over already.", "taken_over")


def _require_readable(file: CountFile) -> None:
    _require_open(file)
    refuse_if(file.why_not, file.why_not, "columns")
    _require_new(file)


def new_names(file: CountFile, counts: Iterable[Count]) -> tuple[list[str], list[str]]:
    """Units and tiers of the file that are not known on its day: they would be made."""
    units, tiers = file.units_by_name(), file.tiers_by_name()
    rows = list(counts)
    return (
        list({fold(one.unit): one.unit for one in rows if fold(one.unit) not in units}.values()),
        list({fold(one.tier): one.tier for one in rows if one.tier and fold(one.tier) not in tiers}.values()),
    )


def meaning(file: CountFile, **values: Any) -> str:
    """Said before it is done."""
    found = file.read()
    units, tiers = new_names(file, found.counts)
    said = [
        f"{english.counted(len(found.counts), 'count is', 'counts are')} taken over as figures of {english.day_date(file.taken_on)}."
    ]
    said += found.notes
    if found.problems:
        are = "is" if len(found.problems) == 1 else "are"
        said.append(
            f"{english.counted(len(found.problems), 'mistake')} {are} listed on the page of the file, and all counts of these units and tiers are left out."
        )
    for names, what in ((units, "unit"), (tiers, "tier")):
        if names:
            said.append(
                f"{english.counted(len(names), f'new {what}')}: {english.listed(names[:8])}{' and others' if len(names) > 8 else ''}."
            )
    if file.corrects:
        said.append(f"They take the place of “{file.corrects}”, which stays as it is.")
    return " ".join([*said, "Nobody is told, and nothing is published by this."])


@step(
    CountFile,
    "Take the counts over",
    name="take_counts",
    noun="file",
    past="Counts being taken over",
    meaning=meaning,
    permission=KEEP,
    policy=_require_readable,
    weight=Weight.STRONG,
    final="Figures are kept as they were given. To put something right, read in a correction: it takes the place of these.",
)
def take_counts(*, file: CountFile, by: Actor) -> Job:
    """Have a worker make a snapshot of it. Raises NotPossible while its columns do not belong together, and once it is taken over."""
    _require_readable(file)
    return jobs.start(
        kind=JOB,
        title=f"Figures of {english.day_date(file.taken_on)}: {file.source}",
        about=file,
        by=by,
        total=len(file.lines),
        key=str(file.pk),
        provider=file.provider,
    )


def forget_files() -> int:
    """Remove files that nobody took over in thirty days, as they hold numbers that nobody is to look up. Returns how many."""
    old = CountFile.objects.filter(snapshot=None, read_at__lt=clock.now() - FORGOTTEN)
    return old.delete()[1].get(CountFile._meta.label, 0)


def make_snapshot(*, file: CountFile, by: Actor, progress: Callable[[int], None] = lambda done: None) -> Snapshot:
    """All counts of the file, or none. Begun again after it has made one, it returns that.

    Raises NotAllowed and NotPossible as `take_counts`."""
    require(by, KEEP, file)
    if file.snapshot:
        return file.snapshot
    found = file.read()
    first = f" {found.problems[0].sentence}" if found.problems else ""
    refuse_if(not found.counts, f"There is nothing in it that could be taken over.{first}", "no_rows")
    with transaction.atomic():
        locked = CountFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
        if locked.snapshot_id:
            return Snapshot.objects.get(pk=locked.snapshot_id)
        # Two files of the same day and source wait for one another here.
        Characteristic.objects.select_for_update().get(pk=file.characteristic_id)
        _require_new(file)
        units, tiers = _known_and_new(file, found.counts)
        categories = {fold(one.name): one for one in _used(file)}
        made = Snapshot.objects.create(
            provider=file.provider,
            taken_on=file.taken_on,
            source=file.source,
            corrects=file.corrects,
            why=file.why,
            rows=len(found.counts),
            read_by=person(by),
        )
        done = 0
        rows = iter(_rows(made, found.counts, units, tiers, categories))
        while some := list(islice(rows, AT_A_TIME)):
            HeadCount.objects.bulk_create(some)
            done += len(some)
            progress(done)
        locked.snapshot, locked.lines = made, []
        locked.save(update_fields=["snapshot", "lines"])
    return made


def _used(file: CountFile) -> list[Category]:
    return [one for one in file.characteristic.categories.all() if one.is_used_on(file.taken_on)]


def _known_and_new(file: CountFile, counts: Sequence[Count]) -> tuple[dict[str, Unit], dict[str, Tier]]:
    """Every unit and tier of the file by its name; those that are new are made, in the order of the file."""
    units, tiers = file.units_by_name(), file.tiers_by_name()
    more_units, more_tiers = new_names(file, counts)
    for name in more_units:
        units[fold(name)] = make_unit(provider=file.provider, name=name)
    last = max((one.order for one in tiers.values()), default=0)
    for order, name in enumerate(more_tiers, last + 1):
        tiers[fold(name)] = Tier.objects.create(provider=file.provider, order=order, name=name)
    return units, tiers


def _rows(
    made: Snapshot,
    counts: Iterable[Count],
    units: dict[str, Unit],
    tiers: dict[str, Tier],
    categories: dict[str, Category],
) -> Iterable[HeadCount]:
    for one in counts:
        yield HeadCount(
            snapshot=made,
            unit=units[fold(one.unit)],
            tier=tiers[fold(one.tier)] if one.tier else None,
            category=categories[fold(one.answer)],
            number=one.number,
            percent=one.percent,
            of=one.of if one.percent is not None else None,
        )
