"""What a cohort needs before people apply for it, and the page on which each of it is put right.

Each app adds what it knows of, to one of the stages; a page of the cohort's settings shows all of it:

    readiness.add("money", points_of_money)     # called with the cohort, gives Points
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from cohorts.models import Aim, Barrier, Cohort, CompletionRule, Component, Session
from cohorts.permissions import CohortPermission
from steppingup.accounts.models import RoleAssignment
from steppingup.accounts.requests import kept_with
from steppingup.accounts.roles import ROLES, Permission, SitePermission, roles_with
from steppingup.retention.actions.periods import set_periods

EDIT = CohortPermission.EDIT_PROGRAMMES
STAGES = {
    "programme": "The programme",
    "people": "People and roles",
    "rules": "Admission",
    "plan": "Days and dates",
    "money": "Money",
    "trial": "Before you open it",
}


class Point(NamedTuple):
    """Something that is to be there. `needed`: nobody can apply without it. `permission` is that of the page which mends it."""

    title: str
    done: bool
    without: str
    url: str
    permission: Permission
    needed: bool = False


@dataclass(frozen=True)
class Stage:
    title: str
    points: list[Point]

    @property
    def is_done(self) -> bool:
        return all(point.done for point in self.points)


Asked = Callable[[Cohort], list[Point]]
_asked: dict[str, list[Asked]] = {key: [] for key in STAGES}


def add(stage: str, asked: Asked) -> None:
    """Add points to a stage. Raises KeyError for a stage that there is not."""
    if asked not in _asked[stage]:
        _asked[stage].append(asked)


def stages_of(cohort: Cohort) -> list[Stage]:
    """The stages in order, without those that ask for nothing."""
    found = (Stage(title, [point for asked in _asked[key] for point in asked(cohort)]) for key, title in STAGES.items())
    return [stage for stage in found if stage.points]


def missing(cohort: Cohort, *, needed: bool = False) -> list[Point]:
    """What is not there yet; with `needed`, what nobody could apply without."""
    points = (point for stage in stages_of(cohort) for point in stage.points)
    return [point for point in points if not point.done and (point.needed or not needed)]


def roles_held(cohort: Cohort) -> list[str]:
    """The role of each person who works on the cohort, in one query for all who ask."""

    def held() -> list[str]:
        current = RoleAssignment.objects.current().filter(
            Q(cohorts=None) | Q(cohorts=cohort), provider=cohort.programme.provider_id, user__is_active=True
        )
        return [str(role) for _, role in current.values_list("user", "role").distinct()]

    return kept_with(cohort, "roles_held", held)


def holders(cohort: Cohort, permission: Permission) -> int:
    """How many people hold a role with this permission for the cohort."""
    return sum(role in roles_with(permission) for role in roles_held(cohort))


def with_way_back(url: str, back: str) -> str:
    """The address of a form of the admin, which leads back to another page once it is saved (steppingup.desk.admin)."""
    if not url.partition("?")[0].endswith(("/add/", "/change/")):
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'back': back})}"


def role_point(cohort: Cohort, title: str, permission: Permission, without: str, *, least: int = 1) -> Point:
    """A point for a role that somebody has to hold."""
    role = next(iter(roles_with(permission)), "")
    page = f"{reverse('admin:accounts_user_add')}?role={role}&provider={cohort.programme.provider_id}"
    return Point(title, holders(cohort, permission) >= least, without, page, SitePermission.MANAGE_PEOPLE)


# -- what a cohort itself needs ------------------------------------------------------------------------


def of_programme(cohort: Cohort) -> list[Point]:
    programme = cohort.programme
    page = reverse("admin:cohorts_programme_change", args=[programme.pk])
    reached = bool(programme.contact_email or programme.contact_phone)
    return [
        Point("The programme on the site", programme.is_published, "nobody sees the cohort", page, EDIT, True),
        Point("How to reach you", reached, "nobody can ask you anything", page, EDIT),
    ]


def of_texts(cohort: Cohort) -> list[Point]:
    """What the rules tell people before they apply."""
    rules = cohort.rule_set
    page = reverse("admin:cohorts_ruleset_change", args=[rules.pk])
    return [
        Point("Who can apply", bool(rules.who_can_apply), "people have to ask whether it is for them", page, EDIT),
        Point("How it is funded", bool(rules.how_it_is_funded), "people have to ask what it costs them", page, EDIT),
    ]


def of_people(cohort: Cohort) -> list[Point]:
    run = CohortPermission.RUN_COHORTS
    return [role_point(cohort, "Somebody who runs the cohort", run, "nobody is told what waits")]


def of_plan(cohort: Cohort) -> list[Point]:
    there = Cohort.objects.filter(pk=cohort.pk).values_list(
        Exists(Component.objects.filter(plan=OuterRef("plan"))),
        Exists(CompletionRule.objects.filter(cohort=OuterRef("pk"))),
        Exists(Session.objects.going_ahead().filter(cohort=OuterRef("pk"))),
        Exists(Aim.objects.filter(plan=OuterRef("plan"))),
        Exists(Barrier.objects.filter(plan=OuterRef("plan"))),
    )
    parts, rules, sessions, aims, barriers = there.get()
    plan = reverse("admin:cohorts_plan_change", args=[cohort.plan_id])
    own = reverse("admin:cohorts_cohort_change", args=[cohort.pk])
    add_session = f"{reverse('admin:cohorts_session_add')}?cohort={cohort.pk}"
    run = CohortPermission.RUN_COHORTS
    return [
        Point("The parts of its days", parts, "nobody sees what they would do", plan, EDIT, True),
        Point(
            "Aims, benefits or barriers", aims, "nobody can say before and after where they see themselves", plan, EDIT
        ),
        Point("Completion rules", rules, "nobody can complete", own, EDIT),
        Point("A venue", bool(cohort.venue), "people do not know how far they would travel", own, EDIT),
        Point("Sessions", sessions, "nobody can keep the dates free", add_session, run),
    ]


def who_may(permission: Permission) -> str:
    """Whose task it is: “coordinator or finance officer”."""
    return " or ".join(str(ROLES[name].name.label).lower() for name in roles_with(permission))


def of_provider(cohort: Cohort) -> list[Point]:
    """What the provider itself has said. Nobody need wait for it, but people are asked for what they tell it."""
    provider = cohort.programme.provider
    page = reverse("admin:accounts_organisation_step", args=[provider.pk, set_periods.name])
    said = provider.retention_periods.exists()
    without = "what people told you stays until somebody removes it"
    return [Point("How long things are kept", said, without, page, SitePermission.MANAGE_PEOPLE)]


add("programme", of_programme)
add("programme", of_provider)
add("people", of_people)
add("rules", of_texts)
add("plan", of_plan)
