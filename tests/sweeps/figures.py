"""Figures of a workforce in the world of the sweeps: units, tiers, a snapshot that is published and one that waits, and recruitment."""

from typing import Any

from representation.actions import counts, papers, releases
from representation.models import (
    CountFile,
    OutcomeRelease,
    OutcomeStudy,
    RecruitmentFigure,
    Snapshot,
    Target,
    Tier,
    Unit,
)
from representation.states import SAYS
from tests.factories import representation as make
from tests.factories.cohorts import ProgrammeFactory, day

COUNTS = {
    ("Housing", "Officer"): (60, 140, 10),
    ("Housing", "Head of service"): (4, 36, 0),
    ("Parks", "Officer"): (30, 170, 5),
}


def file_of(world: Any, source: str, **more: Any) -> CountFile:
    """A file that waits, with its columns said."""
    answers = [f"answer:{one.pk}" for one in world.ethnicity.categories.order_by("pk")]
    found = counts.read_counts_file(
        provider=world.provider,
        name=f"{source}.csv",
        digest="0",
        headings=["Division", "Grade", "BME", "White", "Not known"],
        lines=[(2, ["Housing", "Officer", "40", "60", "3"])],
        taken_on=day(-40),
        source=source,
        characteristic=world.ethnicity,
        by=world.equality,
        **more,
    )
    return counts.say_columns(file=found, roles=["unit", "tier", *answers], by=world.equality)


def count_a_workforce(world: Any) -> None:
    """What is counted, and what is published of it."""
    things, by = world.things, world.equality
    things.ethnicity = make.characteristic(things.provider)
    published = make.snapshot(things.ethnicity, COUNTS, day(-400), source="Last year")
    things.figure_release = releases.make_release(snapshot=published, by=by)
    things.snapshot = make.snapshot(things.ethnicity, COUNTS, day(-30), source="This year")
    things.unit = Unit.objects.filter(provider=things.provider).order_by("pk")[0]
    things.tier = Tier.objects.filter(provider=things.provider).order_by("pk")[0]
    things.count_file = file_of(world, "Next year")
    things.recruitment_figure = recruited(world, "Recruitment of last year")
    things.target = make.target(things.ethnicity, {day(900): "50"}, begins=(day(-420), "40"))
    things.part_of_target = make.target(
        things.ethnicity, {day(900): "50"}, begins=(day(-420), "40"), unit=things.unit, part_of=things.target
    )
    things.outcome_study = OutcomeStudy.objects.create(programme=things.programme)
    things.outcome_release = became(things.outcome_study, things.running, -20)


def became(study: OutcomeStudy, cohort: Any, on: int) -> OutcomeRelease:
    """What became of thirty graduates, as it was published."""
    numbers = {6: (30, 10, 10), 12: (30, 15, 5)}
    rows = [[group, what, months, *numbers[months]] for group in (0, cohort.pk) for what in SAYS for months in numbers]
    rows += [[group, "confirmed", months, 30, 5, 0] for group in (0, cohort.pk) for months in numbers]
    contents = {"on": day(on).isoformat(), "moments": [6, 12], "cohorts": [[cohort.pk, cohort.name, 30]], "rows": rows}
    return OutcomeRelease.objects.create(study=study, contents={**contents, "left_out": []}, apart={})


def write_papers(world: Any) -> None:
    """A draft with a part of each kind but a story, and a paper that everybody reads."""
    things, by = world.things, world.equality
    things.paper = make.paper(things.provider)
    target = Target.objects.for_steps().get(pk=things.target.pk)
    for kind, more in (
        ("words", {"words": "Because the council asked for it."}),
        ("plan", {"plan": things.action_plan}),
        ("figures", {"release": things.figure_release}),
        ("target", {"release": things.figure_release, "target": target}),
        ("heads", {"scheme": things.heads_scheme}),
    ):
        things.paper_part = papers.add_part(paper=things.paper, kind=kind, heading=kind, by=by, **more)
    things.public_paper = make.paper(things.provider, "A paper that everybody reads")
    papers.add_part(paper=things.public_paper, kind="words", heading="Why", words="Because.", by=by)
    papers.issue_paper(paper=things.public_paper, by=by)
    papers.publish_paper(paper=make.again(things.public_paper), by=by)


def more_papers(world: Any, number: int) -> None:
    """Another paper, and more parts of the one."""
    more = make.paper(world.provider, f"Paper {number}")
    for paper in (more, world.paper):
        papers.add_part(paper=paper, kind="words", heading=f"Part {number}", words="More.", by=world.equality)
        given = {"kind": "figures", "heading": f"Figures {number}", "release": world.figure_release}
        papers.add_part(paper=paper, by=world.equality, **given)


def recruited(world: Any, source: str) -> RecruitmentFigure:
    return RecruitmentFigure.objects.create(
        provider=world.provider,
        characteristic=world.ethnicity,
        unit=world.unit,
        tier=world.tier,
        from_on=day(-760),
        until_on=day(-410),
        source=source,
        group_shortlisted=40,
        group_appointed=6,
        others_shortlisted=60,
        others_appointed=12,
    )


def more_of_a_workforce(world: Any, number: int) -> None:
    """As much again: another characteristic, another unit with a tier, another day, another file."""
    other = make.characteristic(world.provider, f"Characteristic {number}")
    where = {(f"Unit {number}", f"Tier {number}"): (20, 60, 3), **COUNTS}
    releases.make_release(snapshot=make.snapshot(other, where, day(-380)), by=world.equality)
    before = make.snapshot(world.ethnicity, where, day(-800 - number % 500), source=f"Year {number}")
    releases.make_release(snapshot=before, by=world.equality)
    wrong: Snapshot = make.snapshot(other, COUNTS, day(-100), source=f"Wrong {number}")
    make.snapshot(other, COUNTS, day(-100), source=f"Right {number}", corrects=wrong, why="A column was shifted.")
    file_of(world, f"File {number}")
    recruited(world, f"Recruitment {number}")
    more_papers(world, number)
    where_it_is = Unit.objects.filter(versions__name=f"Unit {number}").first()
    make.target(
        world.ethnicity,
        {day(900): "50", day(500): "45"},
        begins=(day(-420), "40"),
        unit=where_it_is,
        part_of=world.target,
    )
    became(world.outcome_study, world.running, -200)
    programme = ProgrammeFactory(provider=world.provider)
    became(OutcomeStudy.objects.create(programme=programme), world.running, -30)
