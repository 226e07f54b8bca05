"""A number that links to a list is the number of its rows: on every page of the staff, for everybody who reads it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from itertools import product

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.actions import decisions, reviews
from applications.roles import RoleName
from cohorts.actions import attendance, enrolments, sessions
from cohorts.models import Cohort, Enrolment
from cohorts.states import COHORT, Mark
from steppingup.accounts.actions.roles import end_role
from steppingup.accounts.models import RoleAssignment, User
from steppingup.jobs.models import Job
from steppingup.messaging.models import Message
from tests.factories import modules, review
from tests.factories.accounts import RoleAssignmentFactory, staff
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import (
    ParticipantFactory,
    ProgrammeFactory,
    PublishedCohortFactory,
    RunningCohortFactory,
    SessionFactory,
    complete,
)
from tests.staff import with_second_factor
from tests.sweeps.crowd import make_room, more
from tests.sweeps.visits import unread
from tests.sweeps.world import World


class Links(HTMLParser):
    """The links of a page and their words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._href: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag == "a":
            self._href = dict(attrs).get("href")
            self.found.append((self._href or "", ""))

    def handle_endtag(self, tag: str) -> None:
        self._href = None if tag == "a" else self._href

    def handle_data(self, data: str) -> None:
        if self._href is not None:
            href, words = self.found[-1]
            self.found[-1] = (href, f"{words} {data}")


def numbers_on(text: str) -> Iterator[tuple[int, str, str]]:
    """“11 applications wait”, and the page that it leads to."""
    for href, words in Links(text).found:
        number = re.match(r"\s*([\d,]+)\s+\S", words)
        if number and href.startswith("/admin/"):
            yield int(number[1].replace(",", "")), " ".join(words.split()), href


def rows_of(client: Client, href: str) -> int | str | None:
    """How many rows the list has, on all its pages; what else was answered; nothing for a page that is no list."""
    with unread():
        response = client.get(href)
    shown = response.context_data if response.status_code == 200 else None
    if shown is None:
        return response.headers.get("Location", str(response.status_code))
    if "cl" in shown:
        return shown["cl"].result_count
    return shown["page_obj"].paginator.count if "page_obj" in shown else len(shown["ids"]) if "ids" in shown else None


# -- what makes numbers and lists differ -----------------------------------------------------------


def missed_a_day(cohort: Cohort, by: User) -> Enrolment:
    absent = ParticipantFactory(cohort=cohort)
    past = SessionFactory(cohort=cohort, starts_at=timezone.now() - timedelta(days=3))
    attendance.mark(session=past, marks={absent.pk: Mark.ABSENT}, by=by)
    return absent


def people(cohort: Cohort, by: User) -> None:
    """Who missed a day and is here, has left, or has completed; sessions that take place, and do not."""
    missed_a_day(cohort, by)
    enrolments.withdraw(enrolment=missed_a_day(cohort, by), reason="Moved away.", by=by)
    complete(missed_a_day(cohort, by))
    sessions.cancel(session=SessionFactory(cohort=cohort), by=by)


def qualifications(world: World, by: User) -> None:
    """Assignments to mark: of somebody who works towards it, and of somebody who gave it up."""
    for gives_up in (False, True):
        person = ParticipantFactory(cohort=world.running)
        registration = modules.registered(person, world.qualification)
        modules.handed_in(registration)
        if gives_up:
            modules.registrations.withdraw(registration=registration, reason="No time.", by=by)


def selection(world: World, by: User) -> None:
    """Three wait for the one place that is free; an employer that nobody knows; reviews that nobody wants any more."""
    window = WindowFactory(cohort=PublishedCohortFactory(programme=world.programme, plan=world.plan, capacity=1, fee=0))
    for _ in range(3):
        review.waiting(window, by)
    for employer_name in ("Unheard Ltd", "Unknown Ltd"):
        unknown = review.arrived(world.free_window)
        type(unknown).objects.filter(pk=unknown.pk).update(employer=None, employer_name=employer_name)
    decided = review.arrived(world.free_window)
    reviews.assign(application=decided, assessor=world.assessor, by=by)
    decisions.turn_down(application=decided, reason="not_ready", by=by)


def background(world: World) -> None:
    """Work that stopped: once, and again, and long ago; emails that did not go out, of two providers and of nobody."""
    now = timezone.now()
    for days, about, provider in product(
        (1, 30), (world.running, world.elsewhere), (world.provider, world.far_provider)
    ):
        at = now - timedelta(days=days)
        Job.objects.create(
            kind="x", title="Certificates", about=about, provider=provider, status="queued", created_at=at
        )
    for job in Job.objects.filter(title="Certificates"):
        Job.objects.filter(pk=job.pk).update(status="failed", finished_at=job.created_at)
    queued = list(Message.objects.filter(status="queued").values_list("pk", flat=True)[:6])
    for state in ("sending", "failed"):
        Message.objects.filter(pk__in=queued).update(status=state)
    for pk, provider in zip(queued, (world.provider, world.far_provider, None), strict=False):
        Message.objects.filter(pk=pk).update(provider=provider)


@pytest.fixture
def readers(world) -> dict[str, User]:
    """The staff of the world; and people whose roles differ from provider to provider, or from cohort to cohort."""
    both = staff(RoleName.COORDINATOR, world.provider)
    RoleAssignmentFactory(user=both, role=RoleName.FINANCE, provider=world.far_provider)
    RoleAssignmentFactory(user=both, role=RoleName.ASSESSOR, provider=world.far_provider)
    ended = RoleAssignmentFactory(user=both, role=RoleName.ASSESSOR, provider=world.provider)
    reviews.assign(application=review.arrived(world.free_window), assessor=both, by=world.superuser)
    end_role(assignment=ended, by=world.superuser)
    both.__dict__.pop("current_roles", None)
    limited = staff(RoleName.COORDINATOR, world.provider)
    world.running.limited_roles.add(RoleAssignment.objects.get(user=limited))
    RoleAssignmentFactory(user=limited, role=RoleName.FINANCE, provider=world.provider)
    return world.people | {"both": both, "one": limited}


@pytest.fixture
def crowd(world) -> World:
    """More of everything, at two providers, and in the states in which a number is easily wrong."""
    by = world.superuser
    make_room(world)
    more(world, 2)
    people(world.running, by)
    finished = RunningCohortFactory(programme=world.programme, plan=world.plan, name="Over")
    people(finished, by)
    COHORT.move(finished, "finish")
    far = RunningCohortFactory(programme=ProgrammeFactory(provider=world.far_provider), name="Far")
    people(far, by)
    qualifications(world, by)
    selection(world, by)
    background(world)
    world.things.cohorts = [world.running, world.elsewhere, finished, far]
    world.things.ranked = [world.free_cohort, Cohort.objects.get(capacity=1)]
    return world


# -- the sweep -------------------------------------------------------------------------------------


#: Who reads the numbers: roles at one provider and at two, for all cohorts and for one.
READERS = ("superuser", "coordinator", "limited_coordinator", "far_coordinator", "finance", "assessor", "both", "one")


def pages(world: World) -> list[str]:
    found = [("cohorts_cohort_change", cohort) for cohort in world.cohorts]
    found += [("applications_application_ranking", cohort) for cohort in world.ranked]
    return [reverse("admin:index"), *(reverse(f"admin:{name}", args=[cohort.pk]) for name, cohort in found)]


@pytest.mark.parametrize("days", [0, 60])
def test_a_number_is_the_number_of_rows_it_leads_to(crowd, readers, days):
    """Now; and when invoices and qualifications are overdue and interviews held."""
    wrong, seen = [], set()
    with time_machine.travel(timezone.localtime() + timedelta(days=days)):
        for who in READERS:
            client, lists = with_second_factor(Client(), readers[who]), {}
            for page in pages(crowd)[: None if days == 0 else 2]:
                response = client.get(page)
                for number, words, href in numbers_on(response.text) if response.status_code == 200 else ():
                    if href not in lists:
                        lists[href] = rows_of(client, href)
                    rows = lists[href]
                    seen.add(re.sub(r"\d+", "#", href))
                    if rows != number and rows is not None:
                        wrong.append(f"{who} on {page}: “{words}” leads to {href}, which lists {rows}")
    assert len(seen) > 12
    assert not wrong, "\n".join(wrong)


def test_a_line_manager_finds_as_many_people_as_the_front_page_says(crowd):
    manager = crowd.manager
    enrolments.withdraw(enrolment=crowd.enrolment, reason="Moved away.", by=crowd.superuser)
    client = crowd.client("manager")
    home, team = client.get(reverse("home")).text, client.get(reverse("cohorts:team"))
    number = manager.managed_enrolments.count()
    assert f"See how {number} people in your team are getting on" in home
    assert (
        sum(href.startswith(reverse("cohorts:team")) and href[-2].isdigit() for href, _ in Links(team.text).found)
        == number
    )
