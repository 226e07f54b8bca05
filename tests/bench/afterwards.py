"""What came of it, at a size: ten thousand near a line, three thousand graduates with their answers, as many in the pool, six hundred heads."""

import random
from datetime import timedelta
from itertools import cycle

import pgtrigger
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from applications.models import Application, Line, LineAnswer, LineConsent
from cohorts.models import Cohort, Destination, DestinationAnswer, DestinationMoment, Enrolment, Placement, Programme
from cohorts.states import ComponentKind, EnrolmentStatus
from representation.actions.outcomes import publish_outcomes
from representation.models import (
    HeadsScheme,
    HeadsYear,
    ManagementTeam,
    OutcomeRelease,
    OutcomeStudy,
    PoolEntry,
    Post,
    TeamTie,
)
from representation.states import PoolStatus, Readiness
from steppingup.accounts.models import User
from tests.bench import fill
from tests.bench.fill import write
from tests.bench.pages import Page
from tests.bench.team import running_cohort
from tests.bench.workforce import KEEPER, MOST, WANTED
from tests.factories.cohorts import day

SLUG = "bench-after"
COHORTS, EACH, RELEASES = 20, 150, 8
POSTS, TEAMS, YEARS = 40, 60, 10
ASIDE = (
    "cohorts.Enrolment:never_before_it_is_signed",
    "cohorts.Enrolment:status_begins_right",
    "representation.PoolEntry:status_begins_right",
)


@transaction.atomic
def fill_afterwards() -> OutcomeStudy:
    """Once, from one seed. The equality lead is the one of the workforce."""
    programme = fill.programme()
    if found := OutcomeStudy.objects.for_steps().filter(programme=programme).first():
        return found
    dice = random.Random(20310301)
    places = _graduates(programme, dice)
    _near_the_line(Cohort.objects.get(slug=fill.BIG), dice)
    _pool(programme, places, dice)
    _heads(programme, places)
    return _published(programme)


def _graduates(programme: Programme, dice: random.Random) -> list[Enrolment]:
    """Twenty cohorts that ended years ago; seven of ten answer, at each moment by themselves."""
    employers, ended, places = cycle(fill.people_of(programme).employers), timezone.now() - timedelta(days=1200), []
    for number in range(COHORTS):
        made = running_cohort(programme, f"{SLUG}-{number}", EACH, began=1500)
        users = write(
            [User(email=f"{SLUG}-{number}-{n}@bench.example", full_name=f"Graduate {n}") for n in range(EACH)]
        )
        about = {"cohort": made, "status": EnrolmentStatus.COMPLETED, "completed_at": ended, "enrolled_at": ended}
        with pgtrigger.ignore(*ASIDE):
            places += write([Enrolment(participant=one, employer=next(employers), **about) for one in users])
    for months in (0, 6, 12, 24, 36):
        DestinationMoment.objects.get_or_create(programme=programme, months=months)
        asked = write([Destination(enrolment=one, months=months, due_on=day(-1100 + 30 * months)) for one in places])
        moves = {one.pk: "promoted" if dice.random() < 0.1 + 0.01 * months else "same" for one in asked}
        said = [one for one in asked if dice.random() < 0.7]
        write([DestinationAnswer(destination=one, moves=[moves[one.pk]], said_on=day(-1)) for one in said])
    return places


def _near_the_line(of: Cohort, dice: random.Random) -> None:
    """Everybody who applied agreed to be asked, and two of three answered."""
    people = list(Application.objects.filter(cohort=of).values_list("applicant", flat=True))
    long_ago = timezone.now() - timedelta(days=400)
    about = {"score": 80, "top_scores": 0, "submitted_at": long_ago, "width": 10}
    line = Line.objects.create(cohort=of, near_above=len(people) // 2, near_below=len(people) // 2, **about)
    agreed = [
        LineConsent(line=line, person_id=who, points=points, is_above=points >= 0, wording="x", agreed_at=long_ago)
        for who in people
        for points in [dice.uniform(-10, 10)]
    ]
    write(agreed)
    write(
        [
            LineAnswer(
                consent=one,
                months=12,
                asked_at=long_ago,
                answered_at=long_ago,
                moves=["promoted" if dice.random() < 0.3 + 0.1 * one.is_above else "same"],
            )
            for one in agreed
            if dice.random() < 0.66
        ]
    )


def _pool(programme: Programme, places: list[Enrolment], dice: random.Random) -> None:
    posts = cycle(write([Post(provider=programme.provider, title=f"Head {n} (bench)") for n in range(POSTS)]))
    about = {"status": PoolStatus.AGREED, "agreed_at": timezone.now(), "review_by": day(200)}
    with pgtrigger.ignore(*ASIDE):
        write(
            [
                PoolEntry(post=next(posts), enrolment=one, readiness=dice.choice(Readiness.values), **about)
                for one in places
            ]
        )


def _heads(programme: Programme, places: list[Enrolment]) -> None:
    """Sixty teams over ten years; every fifth graduate was at one of them."""
    council = programme.provider
    scheme = HeadsScheme.objects.create(provider=council, organisation=council, name="Heads (bench)")
    write(
        [
            HeadsYear(scheme=scheme, starts_on=day(-365 * n), ends_on=day(-365 * n + 364), target=TEAMS, capacity=TEAMS)
            for n in range(YEARS)
        ]
    )
    teams = cycle(write([ManagementTeam(scheme=scheme, name=f"Team {n}") for n in range(TEAMS)]))
    part = places[0].cohort.plan.components.filter(kind=ComponentKind.STRETCH).first()
    assert part is not None
    chosen = places[::5]
    made = write(
        [
            Placement(
                enrolment=one,
                component=part,
                host=council,
                title="Voluntary head",
                kind=Placement.Kind.PROJECT,
                starts_on=day(-6 * n),
                ends_on=day(-6 * n + 90),
            )
            for n, one in enumerate(chosen)
        ]
    )
    write([TeamTie(team=next(teams), placement=one) for one in made])


def _published(programme: Programme) -> OutcomeStudy:
    """Newest as it is; those before are the same figures on earlier days."""
    OutcomeStudy.objects.create(programme=programme, released_day=200, coordinator_days=40, coordinator_day=300)
    study = OutcomeStudy.objects.for_steps().get(programme=programme)
    newest = publish_outcomes(study=study, by=User.objects.get(email=KEEPER))
    for number in range(1, RELEASES):
        at = timezone.now() - timedelta(days=95 * number)
        contents = {**newest.contents, "on": at.date().isoformat()}
        OutcomeRelease.objects.create(study=study, made_at=at, contents=contents, apart=newest.apart)
    return study


def pages_of(study: OutcomeStudy) -> list[Page]:
    """By the equality lead."""
    about = {"by": "equality", "most": MOST, "limit": WANTED}
    work = reverse("admin:representation_outcomestudy_outcomes", args=[study.pk])
    post = Post.objects.filter(title__endswith="(bench)").order_by("pk").first()
    scheme = HeadsScheme.objects.get(name="Heads (bench)")
    assert post is not None
    listed = {
        "Afterwards: did it work?": work,
        "Afterwards: did it work, a cohort": f"{work}?cohort={Cohort.objects.get(slug=f'{SLUG}-0').pk}",
        "Afterwards: programmes followed up": reverse("admin:representation_outcomestudy_changelist"),
        "Afterwards: was it the programme?": reverse("applications:comparison", args=[study.programme.path]),
        "Afterwards: posts of the pool": reverse("admin:representation_post_changelist"),
        "Afterwards: a post of the pool": reverse("admin:representation_post_change", args=[post.pk]),
        "Afterwards: people in the pool": reverse("admin:representation_poolentry_changelist"),
        "Afterwards: heads’ board": reverse("admin:representation_headsscheme_board", args=[scheme.pk]),
        "Afterwards: equality register": reverse("applications:equality_register", args=[study.programme.path]),
    }
    return [Page(title, address, **about) for title, address in listed.items()]
