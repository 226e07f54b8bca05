"""A target of the whole is divided among the units below it (R12)."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal

from representation.grids import became, top_of
from representation.measuring import grid
from representation.measuring.shares import rounded
from representation.models import FigureRelease, Target, TargetStep, Unit
from representation.permissions import RepresentationPermission
from representation.trajectories import latest_releases, row_of, way_of
from steppingup.accounts.actors import Actor
from steppingup.formats import english
from steppingup.history.lifecycle import refuse_if
from steppingup.history.previews import note as say_before
from steppingup.steps.step import step

KEEP = RepresentationPermission.KEEP_PLAN
TENTH = Decimal("0.1")


def units_below(target: Target, release: FigureRelease) -> list[int]:
    """Directly below its unit in the figures; where several stand at the top, all of these."""
    units = release.contents["units"]
    top = target.unit_id if target.unit_id is not None else top_of(release)
    at = next((place for place, unit in enumerate(units) if unit[0] == top), None)
    if at is None:
        return []
    depth, found = units[at][2], []
    for pk, _, deep, *_ in units[at + 1 :]:
        if deep <= depth:
            break
        if deep == depth + 1:
            found.append(pk)
    return found


def fair_rise(parts: Sequence[tuple[int, Decimal]], wanted: Decimal) -> Decimal:
    """By how many points all who lie below the wanted share have to rise, so that together they reach it: the same for each, in tenths.
    `parts` are people with their share."""
    people = sum(of for of, _ in parts)

    def reach(rise: Decimal) -> Decimal:
        risen = (of * (min(Decimal(100), share + rise) if share < wanted else share) for of, share in parts)
        return sum(risen, Decimal(0))

    low, high = 0, 1_000
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reach(middle * TENTH) >= people * wanted else (middle + 1, high)
    return low * TENTH


def _require_divisible(target: Target) -> None:
    last = target.last
    refuse_if(last is None, "Add a step first: a share, and the day by which it is wanted.", "no_steps")
    release = latest_releases([target]).get(target.characteristic_id)
    refuse_if(release is None, "There are no published figures of these people yet.", "no_figures")
    assert release is not None
    assert last is not None
    refuse_if(
        last.due_on <= release.taken_on,
        f"Its last day is over, and the figures are of {english.day_date(release.taken_on)}.",
        "target_over",
    )
    refuse_if(not units_below(target, release), "There are no figures of units below this one.", "nothing_below")


@step(
    Target,
    "Divide it among the units below",
    name="divide_target",
    noun="target",
    past="Divided among the units below",
    meaning="Each unit directly below gets a target of its own, from the latest figures: all of them that lie below the wanted share rise by as "
    "many points as it takes together, and the others stay as they are. You can change each of them afterwards. Nobody is told.",
    permission=KEEP,
    policy=_require_divisible,
)
def divide_target(*, target: Target, by: Actor) -> list[Target]:
    """Make the targets of the units below that have a number and no target yet (R12).

    Raises NotPossible without a step, without figures, after its last day, and where there is no unit below or none has a number."""
    _require_divisible(target)
    release, merged = latest_releases([target])[target.characteristic_id], became()
    done = {part.unit_id for part in target.parts.all()}
    rows, without = [], 0
    for pk in units_below(target, release):
        one = Target(unit_id=pk, characteristic_id=target.characteristic_id, tiers=target.tiers, tier=target.tier)
        row = row_of(one, release, merged)
        share = grid.share_of(row) if row else None
        if share is None:
            without += 1
            continue
        rows.append((one, share))
    refuse_if(
        not any(one.unit_id not in done for one, _ in rows),
        "Each unit below with a number has its target.",
        "all_divided",
    )
    shares = [(share.of, share.percent) for _, share in rows]
    rises = {due: fair_rise(shares, due.percent) for due in target.in_order if due.due_on > release.taken_on}
    made = []
    for one, share in rows:
        if one.unit_id in done:
            continue
        begins = share.percent.quantize(TENTH)
        one.provider, one.part_of = target.provider, target
        one.begins_on, one.begins_at, one.source = release.taken_on, begins, f"Divided from: {target.source}"[:300]
        one.watched_from, one.watched_until = target.watched_from, target.watched_until
        one.save()
        for due, rise in rises.items():
            percent = min(Decimal(100), share.percent + rise) if share.percent < due.percent else share.percent
            TargetStep.objects.create(
                target=one,
                due_on=due.due_on,
                percent=percent.quantize(TENTH, rounding=ROUND_CEILING),
                label=due.label,
            )
        made.append(one)
    _tell(made, without)
    return made


def _tell(made: Sequence[Target], without: int) -> None:
    names = {
        unit.pk: str(unit)
        for unit in Unit.objects.filter(pk__in=[one.unit_id for one in made]).prefetch_related("versions")
    }
    for one in made:
        last = way_of(one).marks[-1]
        say_before(f"{names[one.unit_id or 0]}: from {rounded(one.begins_at, 1)}% to {rounded(last[1], 1)}%.")
    if without:
        say_before(
            f"{english.counted(without, 'unit')} below {'has' if without == 1 else 'have'} too few people for a number, and no target."
        )
