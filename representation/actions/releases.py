"""A snapshot is published: its numbers are rounded by lot, held against all that was published before, and frozen (R9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from representation.grids import top_of
from representation.measuring import counting
from representation.measuring.counting import EVERYBODY, Given, NothingFits, Row, Shape
from representation.models import (
    Characteristic,
    FigureRelease,
    HeadCount,
    Snapshot,
    Tier,
    Unit,
    tree,
)
from representation.permissions import RepresentationPermission
from representation.states import UnitKind
from steppingup.accounts.actors import Actor, person, require
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.steps.step import Weight, step

KEEP = RepresentationPermission.KEEP_PLAN
JOB = "representation.release"
SECRET = "workforce releases:"
#: Stands for a unit where several stand at the top: all of them.
WHOLE = 0


def _require_to_publish(snapshot: Snapshot) -> None:
    refuse_if(hasattr(snapshot, "corrected_by"), "These figures were corrected. Publish the correction.", "corrected")
    refuse_if(hasattr(snapshot, "release"), "These figures are published already.", "published")


@step(
    Snapshot,
    "Publish it",
    name="publish_snapshot",
    noun="snapshot",
    past="Being published",
    meaning="Numbers are rounded to a multiple of five, up or down at random, and groups of fewer than 15 people have none, so that nobody can be "
    "recognised. You see them in the grid, and whoever you show it to does. Nobody is told.",
    permission=KEEP,
    policy=_require_to_publish,
    weight=Weight.STRONG,
    final="What was published can be known, and later figures are held against it. To put something right, read in a correction and publish that.",
)
def publish_snapshot(*, snapshot: Snapshot, by: Actor) -> Job:
    """Have a worker publish it. Raises NotPossible for one that was corrected, or is published."""
    _require_to_publish(snapshot)
    return jobs.start(
        kind=JOB,
        title=f"Publish: {snapshot}",
        about=snapshot,
        by=by,
        total=1,
        key=str(snapshot.pk),
        provider=snapshot.provider,
    )


@transaction.atomic
def make_release(*, snapshot: Snapshot, by: Actor) -> FigureRelease:
    """What is shown of a snapshot from now on. Begun again after it has made one, it returns that.

    Raises NotAllowed; NotPossible for one that was corrected, for one without counts, and where no numbers are safe beside earlier ones."""
    require(by, KEEP, snapshot)
    about = _characteristic(snapshot)
    refuse_if(about is None, "There are no counts in these figures.", "no_rows")
    assert about is not None
    # One release of a characteristic at a time: each is held against those before.
    Characteristic.objects.select_for_update().get(pk=about.pk)
    if made := FigureRelease.objects.filter(snapshot=snapshot).first():
        return made
    _require_to_publish(Snapshot.objects.get(pk=snapshot.pk))
    units = list(Unit.objects.filter(provider=snapshot.provider_id).prefetch_related("versions"))
    tiers = list(Tier.objects.filter(provider=snapshot.provider_id))
    parts, without = counted_of(snapshot)
    refuse_if(
        not parts, "The source gives percentages without saying of how many, so nothing can be published.", "no_rows"
    )
    found = layers(units, snapshot.taken_on, frozenset(unit for unit, _ in parts), snapshot.provider.name)
    shape = Shape(
        [(one.pk, one.below) for one in found],
        [tier.pk for tier in tiers],
        frozenset(tier.pk for tier in tiers if tier.is_senior),
    )
    try:
        rows = counting.release(
            shape,
            parts,
            of_everybody(errors_before(about, units), found[0].pk),
            key=f"{about.pk} {snapshot.taken_on}",
            secret=SECRET + settings.SECRET_KEY,
        )
    except NothingFits:
        raise NotPossible(
            "No rounded numbers are safe beside those that were published before, so these figures cannot be.",
            "nothing_fits",
        ) from None
    return FigureRelease.objects.create(
        provider=snapshot.provider,
        snapshot=snapshot,
        characteristic=about,
        made_by=person(by),
        contents=_contents(snapshot, about, found, tiers, rows, len(without)),
    )


def _characteristic(snapshot: Snapshot) -> Characteristic | None:
    return Characteristic.objects.filter(
        pk__in=HeadCount.objects.filter(snapshot=snapshot).values("category__characteristic")[:1]
    ).first()


def counted_of(snapshot: Snapshot) -> tuple[dict[counting.Key, counting.Counted], set[counting.Key]]:
    """The people of each unit and tier; and where only percentages are known."""
    rows = HeadCount.objects.filter(snapshot=snapshot).values_list(
        "unit", "tier", "category__counts", "number", "percent", "of"
    )
    return counting.counted(
        Given(unit, tier or EVERYBODY, counts, number, percent, of)
        for unit, tier, counts, number, percent, of in rows.iterator(5_000)
    )


@dataclass(frozen=True)
class Layer:
    """A unit in the order of the tree, as it is published."""

    pk: int
    name: str
    depth: int
    kind: str
    below: frozenset[int]


def layers(units: Iterable[Unit], day: date, counted: frozenset[int], whole: str) -> list[Layer]:
    """The units that have counts, and those above them, as they lay on the day. Where several stand at the top, all of them are a layer
    of their own above (`WHOLE`), under this name."""
    there = [
        unit
        for unit in units
        if unit.pk in counted
        or ((unit.began_on is None or unit.began_on <= day) and (unit.ended_on is None or day <= unit.ended_on))
    ]
    placed = [one for one in tree(there, day) if one.below & counted]
    found = [Layer(one.unit.pk, one.name, one.depth, one.unit.kind, one.below & counted) for one in placed]
    if sum(one.depth == 0 for one in found) < 2:
        return found
    lower = [Layer(one.pk, one.name, one.depth + 1, one.kind, one.below) for one in found]
    return [Layer(WHOLE, whole, 0, UnitKind.ORGANISATION, counted), *lower]


def errors_before(about: Characteristic, units: Iterable[Unit]) -> counting.Errors:
    """By how much the true numbers lay above those of all earlier releases, by unit and tier; a unit that others were merged into has theirs.
    Those of everybody are under `WHOLE` too, whichever unit stood at the top on its day."""
    found = []
    for earlier in FigureRelease.objects.filter(characteristic=about).select_related("snapshot").order_by("pk"):
        shape = _shape_then(earlier)
        then = counting.errors(earlier.rows, shape, counted_of(earlier.snapshot)[0])
        everybody = {(WHOLE, tier): both for (unit, tier), both in then.items() if unit == top_of(earlier)}
        found.append(then | everybody)
    known = counting.together(found)
    became = {unit.pk: unit.became_id for unit in units if unit.became_id}
    handed = []
    for (unit, tier), both in known.items():
        at, seen = became.get(unit), {unit}
        while at is not None and at not in seen:
            handed.append({(at, tier): both})
            seen.add(at)
            at = became.get(at)
    return counting.together([known, *handed])


def of_everybody(errors: counting.Errors, top: int) -> counting.Errors:
    """The same, with those of everybody under the unit that stands at the top now."""
    return counting.together([errors, {(top, tier): both for (unit, tier), both in errors.items() if unit == WHOLE}])


def _shape_then(release: FigureRelease) -> Shape:
    """The units as they lay then, and which tiers were senior: what was changed since changes nothing of what was published."""
    contents = release.contents
    return Shape(
        [(pk, frozenset(below)) for pk, _, _, _, below in contents["units"]],
        [tier[0] for tier in contents["tiers"]],
        frozenset(tier[0] for tier in contents["tiers"] if tier[3]),
    )


def _contents(
    snapshot: Snapshot, about: Characteristic, found: Iterable[Layer], tiers: list[Tier], rows: list[Row], without: int
) -> dict[str, Any]:
    """Frozen under the names of the day."""
    answers: dict[str, list[str]] = {"group": [], "others": [], "unknown": []}
    used = HeadCount.objects.filter(snapshot=snapshot).values_list("category").distinct()
    for category in about.categories.filter(pk__in=used).order_by("pk"):
        answers[category.counts].append(category.name)
    return {
        "characteristic": about.name,
        "source": snapshot.source,
        "taken_on": snapshot.taken_on.isoformat(),
        "answers": answers,
        "units": [[one.pk, one.name, one.depth, one.kind, sorted(one.below)] for one in found],
        "tiers": [
            [tier.pk, tier.name, tier.track, tier.is_senior, tier.is_top]
            for tier in sorted(tiers, key=lambda one: (one.track, one.order, one.pk))
        ],
        "rows": [[*row.key, row.people, *([] if row.group is None else [row.group, row.unknown])] for row in rows],
        "without": without,
    }


def said_of(release: FigureRelease) -> str:
    """“1,204 people, 8 units”: for the job and the list."""
    units = len(release.contents["units"])
    return f"{english.counted(units, 'unit')} published, as far as there are people enough."
