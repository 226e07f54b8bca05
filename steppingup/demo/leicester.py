"""A council beside Bristol: Leicester's plan as it stands in its document, its workforce over six years, a target, twenty-three Voluntary
Heads at work, a succession pool, and the draft of a paper (R1 to R13, L2)."""

import hashlib
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random

from applications.models import Window
from applications.roles import RoleName
from cohorts.actions import cohorts as cohort_actions
from cohorts.actions import enrolments, placements
from cohorts.models import Cohort, Enrolment, Placement, Plan, Programme
from cohorts.programme_files.loading import load_file
from representation.actions import heads, papers, plans, pool, posts, releases, targets
from representation.actions.units import make_unit
from representation.models import (
    ActionPlan,
    Category,
    Characteristic,
    FigureRelease,
    HeadCount,
    HeadsScheme,
    HeadsYear,
    ManagementTeam,
    Paper,
    PlanReading,
    PoolEntry,
    Post,
    PublishedFigure,
    Snapshot,
    Target,
    TargetStep,
    Tier,
)
from representation.reading.document import Said
from steppingup import clock
from steppingup.accounts.actions.roles import give_role
from steppingup.accounts.actors import SYSTEM
from steppingup.accounts.models import Organisation, User
from steppingup.demo import texts
from steppingup.demo.clock import moment, working_day
from steppingup.demo.diary import Diary
from steppingup.demo.first_heads import write_first_heads
from steppingup.demo.people import person
from steppingup.history.lifecycle import NotPossible

FILE, PROGRAMME = texts.DATA / "reach-higher.toml", "reach-higher"
DOCUMENT = texts.DATA / "leicester-reach-higher.txt"
LEAD, POST = "Anjali Desai", "Head of Equalities"
#: What somebody who looks at the scan says of its first table, whose headings cannot be told apart.
COLUMNS = {0: ("detail", "progress", "recommendation", "lead", "timescale")}
DIVISIONS = {
    "Adult Social Care": (620, 0.37),
    "Children’s Services": (540, 0.33),
    "Housing": (480, 0.41),
    "Highways and Transport": (260, 0.24),
    "Libraries and Museums": (190, 0.30),
    "Finance and Customer Services": (350, 0.45),
}
#: Tiers from the lowest up: the part of everybody who are in it, and of the share that is left in it.
TIERS = (
    ("Officer", 0.70, 1.08, False),
    ("Team leader", 0.20, 0.85, False),
    ("Head of service", 0.08, 0.55, True),
    ("Director", 0.02, 0.40, True),
)
YEARS = 6
TEAMS = (
    *(
        "Adult Social Care",
        "Safeguarding",
        "Commissioning",
        "Children’s Social Care",
        "Early Help",
        "Schools",
        "Youth Justice",
    ),
    *(
        "Housing Options",
        "Repairs",
        "Estates",
        "Planning",
        "Highways",
        "Transport Strategy",
        "Waste",
        "Parks",
        "Libraries",
    ),
    *(
        "Museums",
        "Revenues and Benefits",
        "Customer Services",
        "Legal",
        "Procurement",
        "Digital",
        "Public Health",
        "Human Resources",
    ),
)
WANTED, ROOM = 23, 30
NAMES = (
    *(
        "Ravi Mistry",
        "Shabnam Yusuf",
        "Collette Barnes",
        "Harjit Sandhu",
        "Nneka Umeh",
        "Imtiaz Karim",
        "Sonal Trivedi",
        "Kofi Darko",
    ),
    *(
        "Parminder Gill",
        "Asha Warsame",
        "Junior Bailey",
        "Mehreen Aslam",
        "Dipak Solanki",
        "Yewande Cole",
        "Gurpreet Bains",
    ),
    *(
        "Lorna Campbell",
        "Bilal Sheikh",
        "Kavita Raval",
        "Emmanuel Addo",
        "Zainab Lulat",
        "Bhavesh Odedra",
        "Marlene Joseph",
    ),
    *("Tariq Mahmood", "Priti Chauhan"),
)
#: Asked about a post, and what they said: in the pool and seen, in it and not seen, not decided yet.
IN_THE_POOL = (("Shabnam Yusuf", True), ("Harjit Sandhu", False), ("Nneka Umeh", None))


def write_leicester(diary: Diary, today: date) -> None:
    """The first Heads of three years ago; and within a year figures and the plan, then the Heads of now, the pool, and the paper."""
    diary.write(moment(today - timedelta(days=1120), 10), None, load)
    write_first_heads(diary, lead, today)
    diary.write(moment(today - timedelta(days=200), 10), None, partial(begin, today))
    diary.write(moment(today - timedelta(days=160), 11), lead, partial(take_places, today))
    diary.write(moment(today - timedelta(days=100), 10), lead, partial(go_to_teams, today))
    diary.write(moment(today - timedelta(days=30), 14), lead, ask_into_the_pool)
    diary.write(moment(today - timedelta(days=9), 15), lead, draft_paper)


def council() -> Organisation:
    return Organisation.objects.get(slug="leicester-city-council")


def lead() -> User:
    """The equality lead, who keeps the plan."""
    return User.objects.get(full_name=LEAD)


def load() -> None:
    load_file(FILE)
    give_role(user=person(LEAD, council(), POST), role=RoleName.EQUALITY, provider=council(), by=SYSTEM)


def begin(today: date) -> None:
    by = lead()
    read_plan(by)
    count_workforce(by, today)
    want(by, today)
    open_cohort(today)


# -- the plan ----------------------------------------------------------------------------------------


def read_plan(by: User) -> None:
    """The scanned document, as it is: what could not be read is listed on the page of its file (R1)."""
    plan = ActionPlan.objects.create(
        provider=council(), name="Reach Higher", about="The workforce representation plan, as it was read in."
    )
    content = Path(DOCUMENT).read_bytes()
    reading = plans.read_file(
        plan=plan,
        name=DOCUMENT.name,
        lines=plans.lines_of(content, DOCUMENT.name),
        digest=hashlib.sha256(content).hexdigest(),
        by=by,
    )
    plans.say(reading=PlanReading.objects.for_steps().get(pk=reading.pk), said=Said(columns=COLUMNS), by=by)
    plans.take_over(reading=PlanReading.objects.for_steps().get(pk=reading.pk), by=by)


# -- figures and targets -----------------------------------------------------------------------------


def count_workforce(by: User, today: date) -> None:
    """Six years on 31 March, in which the share rises slowly below and hardly above (R9)."""
    about = Characteristic.objects.create(provider=council(), name="Ethnicity")
    answers = [
        Category.objects.create(characteristic=about, name=name, counts=whom)
        for name, whom in (("BAME", "group"), ("White", "others"), ("Not known", "unknown"))
    ]
    whole = make_unit(provider=council(), name="Leicester City Council", kind="organisation")
    units = {name: make_unit(provider=council(), name=name, parent=whole) for name in DIVISIONS}
    tiers = [
        Tier.objects.create(provider=council(), name=name, order=order, is_senior=is_senior, is_top=order == len(TIERS))
        for order, (name, _, _, is_senior) in enumerate(TIERS, 1)
    ]
    dice = Random(2009)
    for year in years_of(today):
        found = Snapshot.objects.create(
            provider=council(),
            taken_on=date(year, 3, 31),
            source="Employment Monitoring Report",
            read_by=by,
            rows=len(DIVISIONS) * len(TIERS) * len(answers),
        )
        rows = []
        for name, (people, share) in DIVISIONS.items():
            for tier, (_, part, lower, _) in zip(tiers, TIERS, strict=True):
                number = max(3, round(people * part * dice.uniform(0.97, 1.03)))
                rise = 0.008 * (year - years_of(today)[0]) * (1 if part > 0.1 else 0.4)
                group = sum(dice.random() < share * lower + rise for _ in range(number))
                counts = (group, number - group, number // 25)
                rows += [
                    HeadCount(snapshot=found, unit=units[name], tier=tier, category=answer, number=count)
                    for answer, count in zip(answers, counts, strict=True)
                ]
        HeadCount.objects.bulk_create(rows)
        try:
            releases.make_release(snapshot=Snapshot.objects.for_steps().get(pk=found.pk), by=by)
        except NotPossible as refused:
            # By the fall of the lots no numbers of a year may be safe beside those before: it has none, and the others are there.
            if refused.code != "nothing_fits":
                raise
    PublishedFigure.objects.create(
        provider=council(),
        name="People of working age in Leicester",
        whom="population",
        characteristic="from a BAME background",
        form="percent",
        percent=50,
        is_about=True,
        source="Census, ONS",
        year=2021,
    )


def years_of(today: date) -> list[int]:
    last = today.year if today >= date(today.year, 8, 1) else today.year - 1
    return list(range(last - YEARS + 1, last + 1))


def want(by: User, today: date) -> None:
    """The shares of the document, moved to our years: 48.0% and 50.2% (R11), divided among the divisions (R12)."""
    first = years_of(today)[0]
    target = Target.objects.create(
        provider=council(),
        characteristic=Characteristic.objects.get(provider=council()),
        begins_on=date(first, 3, 31),
        begins_at="36.0",
        watched_from=date(first, 1, 1),
        watched_until=date(first + 10, 12, 31),
        source="Reach Higher, measure 4",
    )
    for due, percent, label in ((first + 7, "48.0", str(first + 6)), (first + 12, "50.2", str(first + 12))):
        TargetStep.objects.create(target=target, due_on=date(due, 12, 31), percent=percent, label=label)
    targets.divide_target(target=Target.objects.for_steps().get(pk=target.pk), by=by)


# -- Voluntary Heads ---------------------------------------------------------------------------------


def open_cohort(today: date) -> None:
    programme = Programme.objects.get(slug=PROGRAMME)
    starts = working_day(today - timedelta(days=120))
    cohort = Cohort.objects.create(
        programme=programme,
        plan=Plan.objects.get(programme=programme),
        rule_set=programme.rule_sets.get(),
        name=f"{starts:%B %Y}",
        slug=f"{starts:%B-%Y}".lower(),
        capacity=ROOM,
        fee=0,
        starts_on=starts,
        ends_on=starts + timedelta(days=330),
        venue="City Hall, Charles Street, Leicester",
    )
    Window.objects.create(
        cohort=cohort,
        opens_at=moment(today - timedelta(days=199), 9),
        closes_at=moment(today - timedelta(days=165), 17),
    )
    cohort_actions.publish(cohort=cohort, by=SYSTEM)


def cohort_now() -> Cohort:
    return (
        Cohort.objects.select_related("programme__provider", "plan")
        .filter(programme__slug=PROGRAMME)
        .latest("starts_on")
    )


def take_places(today: date) -> None:
    for number, name in enumerate(NAMES):
        manager = NAMES[(number + 7) % len(NAMES)]
        enrolments.enrol(
            cohort=cohort_now(),
            participant=person(name, council(), "Team leader"),
            employer=council(),
            line_manager_name=f"Manager of {manager.split()[0]}",
            line_manager_email=texts.address(f"Head {number}", council().slug),
            job_title="Team leader",
            by=SYSTEM,
        )


def go_to_teams(today: date) -> None:
    """Twenty-three are at a management team; one waits for a place (R7)."""
    cohort = cohort_now()
    cohort_actions.start(cohort=cohort, by=SYSTEM)
    scheme = HeadsScheme.objects.create(
        provider=council(), organisation=council(), about="One at each management team, a day a week."
    )
    for name in TEAMS:
        ManagementTeam.objects.create(scheme=scheme, name=name)
    first = today - timedelta(days=120)
    HeadsYear.objects.create(
        scheme=scheme, starts_on=first, ends_on=first + timedelta(days=364), target=WANTED, capacity=ROOM
    )
    scheme = HeadsScheme.objects.for_steps().get(pk=scheme.pk)
    people = Enrolment.objects.for_steps().filter(cohort=cohort).order_by("pk")
    for number, enrolment in enumerate(people[:WANTED]):
        placement = placements.set_placement(
            enrolment=enrolment,
            host=council(),
            component=cohort.plan.components.get(key="voluntary-head"),
            kind=Placement.Kind.PROJECT,
            title=f"Voluntary Head of Service, {TEAMS[number]}",
            starts_on=clock.today() + timedelta(days=2 + number % 5),
            by=SYSTEM,
        )
        team = ManagementTeam.objects.get(scheme=scheme, name=TEAMS[number])
        heads.tie_to_team(scheme=scheme, team=team, placement=placement, by=lead())


# -- the pool, and the paper -------------------------------------------------------------------------


def ask_into_the_pool() -> None:
    post = Post.objects.create(provider=council(), title="Head of Housing", tier="Head of service", holder_chooses=True)
    post = Post.objects.for_steps().get(pk=post.pk)
    for name, is_seen in IN_THE_POOL:
        enrolment = Enrolment.objects.for_steps().get(participant__full_name=name, cohort=cohort_now())
        entry = posts.ask_into_pool(
            post=post, enrolment=enrolment, by=lead(), message="Your work on repairs made several of us think of you."
        )
        if is_seen is None:
            continue
        pool.join_pool(entry=entry, is_seen=is_seen, by=enrolment.participant)
        pool.review_readiness(
            entry=PoolEntry.objects.for_steps().get(pk=entry.pk),
            readiness="soon",
            words="Leads a team of nine, and has brought two other teams round to the new way.",
            review_by=clock.today() + timedelta(days=300),
            by=lead(),
        )


def draft_paper() -> None:
    """What the committee will read in spring; a year of figures is left out, so that there is something newer to take."""
    by = lead()
    paper = Paper.objects.create(
        provider=council(),
        title="Reach Higher: how far we have come",
        committee="Equalities Committee",
        opening="Two years ago the council adopted targets for the diversity of its workforce. This paper says how far it has come, and what is asked of the committee.",
    )
    paper = Paper.objects.for_steps().get(pk=paper.pk)
    before = FigureRelease.objects.current().order_by("-snapshot__taken_on").filter(provider=council())[1]
    target = Target.objects.for_steps().get(provider=council(), part_of=None)
    scheme = HeadsScheme.objects.for_steps().get(provider=council())
    for kind, heading, more in (
        (
            "words",
            "What is asked of the committee",
            {"words": "To note the progress, and to ask each director for a plan by June."},
        ),
        ("figures", "Who works for the council", {"release": before}),
        ("target", "The target", {"release": before, "target": target}),
        ("heads", "Voluntary Heads of Service", {"scheme": scheme}),
        ("evidence", "Did the first of them step up?", {"about": "outcomes"}),
        ("plan", "The action plan", {"plan": ActionPlan.objects.get(provider=council())}),
    ):
        papers.add_part(paper=paper, kind=kind, heading=heading, by=by, **more)
