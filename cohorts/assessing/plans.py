"""What development plans are about, added up so that nobody's plan can be told from it: never a word of one (L4; docs/adr/0065).

Counted are people, as they stood at the end of last month, so that no number changes on the day on which somebody writes. Of fewer than fifteen
people with a plan there is no figure. Every number is a multiple of five, up or down by lot; the lot follows from a secret, what is counted and
the people, so that asking again tells nothing. Where some cohorts have too few, all of them together are told only if those that have
too few are fifteen people or none: otherwise the difference would be about few people."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.timezone import localdate

from cohorts.models import Cohort, Enrolment, Goal, ThreeWayReview
from cohorts.states import EnrolmentStatus
from cohorts.states.development import Theme
from steppingup import clock
from steppingup.disclosure.lots import draw, rounded
from steppingup.disclosure.tables import FEWEST

SECRET = "development plans:"
TOO_FEW = "Too few to show"
HAVE_PLANS = (EnrolmentStatus.ENROLLED, EnrolmentStatus.COMPLETED)


@dataclass(frozen=True)
class Needs:
    """What the plans of some people are about. Numbers of people, as they are told; none of them where there are too few."""

    title: str
    people: int | None = None
    themes: list[tuple[str, int]] = field(default_factory=list)
    reached: int = 0
    reviewed: int = 0
    overdue: int = 0

    @property
    def most(self) -> int:
        """The longest bar of the picture."""
        return max([number for _, number in self.themes], default=0) or 1

    @property
    def bars(self) -> list[tuple[str, int, int]]:
        """Each theme, how many people, and how long its bar is, of 100."""
        return [(label, number, round(100 * number / self.most)) for label, number in self.themes]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """For a download: a number and what it counts in each."""
        about = {"group": self.title}
        if self.people is None:
            return [{**about, "what": "People with a plan", "people": TOO_FEW}]
        counted = [
            ("People with a plan", self.people),
            *((f"Theme: {label}", number) for label, number in self.themes),
            ("Have reached a goal", self.reached),
            ("Have a review that all three signed", self.reviewed),
            ("Have a goal to look at again whose day has passed", self.overdue),
        ]
        return [{**about, "what": what, "people": number} for what, number in counted]


@dataclass
class Plans:
    """The plans of some people: who has one, and what is so of whom, by the keys of their accounts."""

    people: set[int] = field(default_factory=set)
    so_of: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, person: int, *what: str) -> None:
        self.people.add(person)
        for one in what:
            self.so_of[one].add(person)

    def join(self, other: "Plans") -> None:
        self.people |= other.people
        for what, people in other.so_of.items():
            self.so_of[what] |= people


def last_month_end(today: date) -> date:
    """The day as of which plans are counted."""
    return today.replace(day=1) - timedelta(days=1)


def _plans_by_cohort(enrolments: Any, day: date) -> dict[int, Plans]:
    """Two queries, however many people there are. Nothing of a goal is read but its theme and its days."""
    found: dict[int, Plans] = defaultdict(Plans)
    of, who = "entry__enrolment", "entry__enrolment__participant"
    goals = Goal.objects.filter(entry__enrolment__in=enrolments, entry__written_at__date__lte=day)
    for cohort, person, theme, review_on, reached_on in goals.values_list(
        f"{of}__cohort", who, "theme", "review_on", "reached_on"
    ):
        is_reached = reached_on is not None and reached_on <= day
        is_late = review_on is not None and review_on <= day and not is_reached
        found[cohort].add(person, theme, *(["reached"] if is_reached else []), *(["overdue"] if is_late else []))
    signed = ThreeWayReview.objects.filter(enrolment__in=enrolments, called_off_at=None, signed_at__isnull=False)
    for cohort, person, signed_at in signed.values_list("enrolment__cohort", "enrolment__participant", "signed_at"):
        if cohort in found and person in found[cohort].people and localdate(signed_at) <= day:
            found[cohort].add(person, "reviewed")
    return found


def _told(title: str, plans: Plans) -> Needs:
    if len(plans.people) < FEWEST:
        return Needs(title)
    secret, of = settings.SECRET_KEY + SECRET, ",".join(map(str, sorted(plans.people)))

    def number(what: str, people: set[int]) -> int:
        return rounded(len(people), draw(secret, what, of))

    return Needs(
        title,
        number("people", plans.people),
        [(theme.label, number(theme, plans.so_of[theme])) for theme in Theme],
        *(number(what, plans.so_of[what]) for what in ("reached", "reviewed", "overdue")),
    )


def _with_plans(cohorts: Iterable[Cohort]) -> Any:
    return Enrolment.objects.filter(cohort__in=cohorts, status__in=HAVE_PLANS).order_by()


def needs_of_cohort(cohort: Cohort) -> Needs:
    """Of those who are on the programme and those who have completed it."""
    day = last_month_end(clock.today())
    return _told(str(cohort), _plans_by_cohort(_with_plans([cohort]), day)[cohort.pk])


def needs_of_all(title: str, cohorts: Iterable[Cohort]) -> list[Needs]:
    """All of them together, as far as that says nothing about few people, and each cohort."""
    cohorts = list(cohorts)
    found = _plans_by_cohort(_with_plans(cohorts), last_month_end(clock.today()))
    rest, enough = Plans(), Plans()
    for one in cohorts:
        (rest if len(found[one.pk].people) < FEWEST else enough).join(found[one.pk])
    if 0 < len(rest.people - enough.people) < FEWEST:
        title = f"{title}, without the cohorts that have too few"
    else:
        enough.join(rest)
    return [_told(title, enough), *(_told(str(one), found[one.pk]) for one in cohorts)]
