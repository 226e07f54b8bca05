"""Who may act: on figures of a workforce."""

from datetime import timedelta
from typing import Any

from representation.actions import papers
from representation.models import CountFile, OutcomeStudy, Paper, PaperPart, Snapshot, Target, Unit
from representation.reading.figures import UNIT
from tests.factories.cohorts import day
from tests.sweeps.may import EQUALITY, Row
from tests.sweeps.world import World

COUNTS, PAPERS, RELEASES, TARGETS, UNITS = (
    f"representation.actions.{name}" for name in ("counts", "papers", "releases", "targets", "units")
)


def file(w: World, **more: Any) -> dict[str, Any]:
    return {"file": CountFile.objects.for_steps().get(pk=w.count_file.pk), **more}


def snapshot(w: World, **more: Any) -> dict[str, Any]:
    return {"snapshot": Snapshot.objects.for_steps().get(pk=w.snapshot.pk), **more}


def unit(w: World, **more: Any) -> dict[str, Any]:
    return {"unit": Unit.objects.for_steps().get(pk=w.unit.pk), **more}


def paper(w: World, **more: Any) -> dict[str, Any]:
    return {"paper": Paper.objects.for_steps().get(pk=w.paper.pk), **more}


def part(w: World) -> PaperPart:
    return PaperPart.objects.for_steps().filter(paper=w.paper.pk).order_by("pk")[0]


def newer(w: World) -> dict[str, Any]:
    """Something that reads differently by now."""
    found = PaperPart.objects.for_steps().get(paper=w.paper.pk, kind="plan")
    found.contents = {**found.contents, "key": "other"}
    found.save(update_fields=["contents"])
    return paper(w, part=found)


def issued(w: World, *, public: bool) -> dict[str, Any]:
    found = Paper.objects.for_steps().get(pk=w.public_paper.pk)
    if not public:
        papers.take_down_paper(paper=found, by=w.people["equality"])
    return {"paper": found}


def read(w: World) -> dict[str, Any]:
    about = {"name": "again.csv", "digest": "0", "headings": ["Division"], "lines": [(2, ["Housing"])]}
    return {"provider": w.provider, "characteristic": w.ethnicity, "taken_on": day(-50), "source": "Again", **about}


def study(w: World) -> dict[str, Any]:
    return {"study": OutcomeStudy.objects.for_steps().get(pk=w.outcome_study.pk)}


def others(w: World) -> list[Unit]:
    return list(Unit.objects.for_steps().filter(provider=w.provider).exclude(pk=w.unit.pk)[:1])


OF_FIGURES = [
    Row(f"{COUNTS}.read_counts_file", EQUALITY, read),
    Row(f"{COUNTS}.say_columns", EQUALITY, lambda w: file(w, roles=[UNIT, "", "", "", ""])),
    Row(f"{COUNTS}.take_counts", EQUALITY, file),
    Row(f"{COUNTS}.make_snapshot", EQUALITY, file),
    Row(f"{RELEASES}.publish_snapshot", EQUALITY, snapshot),
    Row(f"{RELEASES}.make_release", EQUALITY, snapshot),
    Row(f"{PAPERS}.add_part", EQUALITY, lambda w: paper(w, kind="words", heading="Why", words="Because.")),
    Row(f"{PAPERS}.use_newer", EQUALITY, newer),
    Row(f"{PAPERS}.move_part", EQUALITY, lambda w: paper(w, part=part(w), to="last")),
    Row(f"{PAPERS}.remove_part", EQUALITY, lambda w: paper(w, part=part(w))),
    Row(f"{PAPERS}.issue_paper", EQUALITY, paper),
    Row(f"{PAPERS}.publish_paper", EQUALITY, lambda w: issued(w, public=False)),
    Row(f"{PAPERS}.take_down_paper", EQUALITY, lambda w: issued(w, public=True)),
    Row(f"{TARGETS}.divide_target", EQUALITY, lambda w: {"target": Target.objects.for_steps().get(pk=w.target.pk)}),
    Row("representation.actions.outcomes.publish_outcomes", EQUALITY, study),
    Row(f"{UNITS}.change_unit", EQUALITY, lambda w: unit(w, name="Homes", from_on=day(-9))),
    Row(f"{UNITS}.merge_units", EQUALITY, lambda w: unit(w, others=others(w), name="Places", on=day(-9))),
    Row(f"{UNITS}.end_unit", EQUALITY, lambda w: unit(w, ended_on=day(0) + timedelta(days=1))),
]
