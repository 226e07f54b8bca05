"""Who may act: on figures of a workforce."""

from datetime import timedelta
from typing import Any

from representation.models import CountFile, Snapshot, Target, Unit
from representation.reading.figures import UNIT
from tests.factories.cohorts import day
from tests.sweeps.may import EQUALITY, Row
from tests.sweeps.world import World

COUNTS, RELEASES, TARGETS, UNITS = (
    f"representation.actions.{name}" for name in ("counts", "releases", "targets", "units")
)


def file(w: World, **more: Any) -> dict[str, Any]:
    return {"file": CountFile.objects.for_steps().get(pk=w.count_file.pk), **more}


def snapshot(w: World, **more: Any) -> dict[str, Any]:
    return {"snapshot": Snapshot.objects.for_steps().get(pk=w.snapshot.pk), **more}


def unit(w: World, **more: Any) -> dict[str, Any]:
    return {"unit": Unit.objects.for_steps().get(pk=w.unit.pk), **more}


def read(w: World) -> dict[str, Any]:
    about = {"name": "again.csv", "digest": "0", "headings": ["Division"], "lines": [(2, ["Housing"])]}
    return {"provider": w.provider, "characteristic": w.ethnicity, "taken_on": day(-50), "source": "Again", **about}


def others(w: World) -> list[Unit]:
    return list(Unit.objects.for_steps().filter(provider=w.provider).exclude(pk=w.unit.pk)[:1])


OF_FIGURES = [
    Row(f"{COUNTS}.read_counts_file", EQUALITY, read),
    Row(f"{COUNTS}.say_columns", EQUALITY, lambda w: file(w, roles=[UNIT, "", "", "", ""])),
    Row(f"{COUNTS}.take_counts", EQUALITY, file),
    Row(f"{COUNTS}.make_snapshot", EQUALITY, file),
    Row(f"{RELEASES}.publish_snapshot", EQUALITY, snapshot),
    Row(f"{RELEASES}.make_release", EQUALITY, snapshot),
    Row(f"{TARGETS}.divide_target", EQUALITY, lambda w: {"target": Target.objects.for_steps().get(pk=w.target.pk)}),
    Row(f"{UNITS}.change_unit", EQUALITY, lambda w: unit(w, name="Homes", from_on=day(-9))),
    Row(f"{UNITS}.merge_units", EQUALITY, lambda w: unit(w, others=others(w), name="Places", on=day(-9))),
    Row(f"{UNITS}.end_unit", EQUALITY, lambda w: unit(w, ended_on=day(0) + timedelta(days=1))),
]
