"""A workforce of 200 divisions and 12 tiers over ten years: its grid, its series, a target, and a file of 50,000 rows read in."""

import io
import random
import time
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from pypdf import PdfReader

from applications.roles import RoleName
from cohorts.models import Programme
from representation.actions import counts, papers, releases
from representation.actions.units import make_unit
from representation.documents import around
from representation.models import (
    Characteristic,
    CountFile,
    FigureRelease,
    HeadCount,
    Snapshot,
    Target,
    TargetStep,
    Tier,
    Unit,
)
from representation.papers import document_of
from steppingup.accounts.models import User
from steppingup.site.pdf import render_pdf
from tests.bench.fill import write
from tests.bench.pages import Page
from tests.factories import representation as make
from tests.factories.accounts import staff

KEEPER, NAME = "equality@bench.example", "Ethnicity (bench)"
DIVISIONS, TIERS, YEARS, FIRST = 200, 12, 10, 2016
#: Milliseconds and queries of a page, and seconds in which a file of so many rows is read in.
WANTED, MOST, ROWS, SECONDS = 300, 15, 50_000, 20
#: Seconds in which a paper is made, from its parts to its PDF.
PAPER = 10


def _snapshot(of: Characteristic, units: list[Unit], tiers: list[Tier], year: int, dice: random.Random) -> Snapshot:
    found = Snapshot.objects.create(provider=of.provider, taken_on=date(year, 3, 31), source=f"Report {year}")
    group, others, unknown = (of.categories.get(counts=whom) for whom in ("group", "others", "unknown"))
    rows = []
    for unit in units:
        for place, tier in enumerate(tiers):
            people = max(1, int(dice.gauss(60, 20) * 0.75**place))
            part = sum(dice.random() < 0.35 - 0.02 * place + 0.005 * (year - FIRST) for _ in range(people))
            where = {"snapshot": found, "unit": unit, "tier": tier}
            rows += [
                HeadCount(category=group, number=part, **where),
                HeadCount(category=others, number=people - part, **where),
                HeadCount(category=unknown, number=people // 20, **where),
            ]
    write(rows)
    return found


@transaction.atomic
def fill_workforce() -> FigureRelease:
    """Once: the latest of ten releases, with a target beside them."""
    provider = Programme.objects.get(slug="stepping-up").provider
    if found := FigureRelease.objects.filter(characteristic__name=NAME).order_by("snapshot__taken_on").last():
        return found
    keeper = User.objects.filter(email=KEEPER).first() or staff(RoleName.EQUALITY, provider, email=KEEPER)
    about = make.characteristic(provider, NAME)
    whole = make_unit(provider=provider, name="Council (bench)", kind="organisation")
    units = [make_unit(provider=provider, name=f"Division {at} (bench)", parent=whole) for at in range(DIVISIONS)]
    tiers = write(
        [
            Tier(provider=provider, name=f"Grade {at} (bench)", order=at, is_senior=at >= TIERS - 4)
            for at in range(TIERS)
        ]
    )
    dice = random.Random(20310301)
    for year in range(FIRST, FIRST + YEARS):
        found = releases.make_release(snapshot=_snapshot(about, units, tiers, year, dice), by=keeper)
    target = Target.objects.create(
        provider=provider,
        characteristic=about,
        begins_on=date(FIRST, 3, 31),
        begins_at=Decimal(32),
        source="Bench",
        tiers="senior",
    )
    TargetStep.objects.create(target=target, due_on=date(FIRST + 20, 3, 31), percent=Decimal(40))
    assert found is not None
    return found


def pages_of(release: FigureRelease) -> list[Page]:
    """By the equality lead, beside the year before."""
    target = Target.objects.get(characteristic=release.characteristic_id)
    grid, series = (
        reverse(f"admin:representation_figurerelease_{name}", args=[release.pk]) for name in ("grid", "series")
    )
    look = reverse("admin:representation_target_look", args=[target.pk])
    about = {"by": "equality", "most": MOST, "limit": WANTED}
    return [
        Page("Workforce: grid of 12 × 200", grid, **about),
        Page("Workforce: a group over 10 years", series, **about),
        Page("Workforce: a target", look, **about),
        Page("Workforce: list of targets", reverse("admin:representation_target_changelist"), **about),
    ]


def read_in() -> tuple[float, int]:
    """Seconds that a worker takes for a file of 50,000 rows, and how many it kept. Nothing of it stays."""
    about = fill_workforce().characteristic
    keeper = User.objects.get(email=KEEPER)
    answers = list(about.categories.order_by("pk"))
    lines = [
        (at + 2, [f"Unit {at // 36}", f"Tier {at // 3 % TIERS}", str(answers[at % len(answers)]), str(at % 31)])
        for at in range(ROWS)
    ]
    with transaction.atomic():
        file = CountFile.objects.create(
            provider=about.provider,
            name="large.csv",
            digest="0",
            taken_on=date(FIRST - 1, 3, 31),
            source="Large",
            characteristic=about,
            headings=["Division", "Grade", "Ethnicity", "Number"],
            lines=lines,
            roles=["unit", "tier", "category", "number"],
        )
        begun = time.monotonic()
        made = counts.make_snapshot(file=file, by=keeper)
        took, kept = time.monotonic() - begun, made.rows
        transaction.set_rollback(True)
    return took, kept


def paper_made() -> tuple[float, float, int]:
    """Seconds, and those of our processor time, from an empty draft to its PDF, with the grid of all divisions, the target and a plan of sixty items; and its pages.
    Nothing of it stays."""
    release = fill_workforce()
    keeper = User.objects.get(email=KEEPER)
    target = Target.objects.for_steps().get(characteristic=release.characteristic_id)
    with transaction.atomic():
        plan = make.plan(release.provider, "Plan (bench)")
        for number in range(60):
            make.item(plan, f"Outcome {number}", detail="What is to be done. " * 8, lead="HR", timescale="By May 2031")
        paper = make.paper(release.provider)
        begun, worked = time.monotonic(), time.process_time()
        for kind, more in (
            ("plan", {"plan": plan}),
            ("figures", {"release": release}),
            ("target", {"release": release, "target": target}),
        ):
            papers.add_part(paper=paper, kind=kind, heading=kind, by=keeper, **more)
        document = document_of(paper, list(papers.parts_of(paper)))
        content = render_pdf("pdf/paper.html", around(document))
        took, work = time.monotonic() - begun, time.process_time() - worked
        transaction.set_rollback(True)
    return took, work, len(PdfReader(io.BytesIO(content)).pages)
