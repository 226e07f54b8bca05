"""The host of an assignment has days: another one leaves what was before as it was."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cohorts.actions import enrolments, hosts, placements
from cohorts.models import Hosting, Placement
from cohorts.relations import HOST, enrolments_of, relations_to
from mentoring.actions import matching
from mentoring.models import Pair
from steppingup.history.lifecycle import NotPossible
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, day
from tests.factories.mentoring import confirmed_pair
from tests.factories.modules import handed_in, registered
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    person = ParticipantFactory()
    person.memberships.update(starts_on=day(-60))
    return person


@pytest.fixture
def coordinator(person):
    return staff(provider=person.cohort.programme.provider)


def hosting_person():
    return UserFactory(organisation=OrganisationFactory())


def given_to(person, host, by, **more):
    details = {"kind": "project", "title": "A front desk", "host_contact": host.email, "starts_on": day(-40), **more}
    return placements.set_placement(enrolment=person, host=host.organisation, by=by, **details)


@pytest.fixture
def first():
    return hosting_person()


@pytest.fixture
def second():
    return hosting_person()


@pytest.fixture
def placement(person, first, coordinator):
    return given_to(person, first, coordinator)


def change(placement, to, by, **more):
    return hosts.change_host(placement=placement, host=to.organisation, host_contact=to.email, by=by, **more)


def spans(placement) -> list[tuple[Any, Any, Any]]:
    return list(placement.hostings.values_list("host", "starts_on", "ends_on"))


def test_who_is_the_host_is_read_as_of_the_day(
    person, placement, first, second, coordinator, django_assert_num_queries
):
    change(placement, second, coordinator, from_on=day(-10))
    assert relations_to(person, first, day(-11)) == relations_to(person, second, day(-10)) == {HOST}
    assert relations_to(person, first, day(-10)) == relations_to(person, second, day(-11)) == frozenset()
    assert relations_to(person, first, day(-41)) == frozenset()
    assert list(enrolments_of(second, HOST)) == [person]
    assert not enrolments_of(first, HOST).exists()
    placement.refresh_from_db()
    assert (placement.host, placement.host_contact) == (second.organisation, second.email)


def test_a_change_without_the_step_speaks_from_today_on(person, placement, first, second):
    Placement.objects.update(host=second.organisation, host_contact=second.email)
    was, now = first.organisation_id, second.organisation_id
    assert spans(placement) == [(was, None, day(0)), (now, day(0), None)]
    Placement.objects.update(host_contact="Somebody else")
    assert len(spans(placement)) == 2
    with pytest.raises(IntegrityError, match="hosting_one_a_day"), transaction.atomic():
        Hosting.objects.create(placement=placement, host=second.organisation, starts_on=day(-3), ends_on=day(5))


def test_the_step_asks_from_which_day_says_what_hangs_on_it_and_is_taken_back_exactly(
    placement, first, second, coordinator, in_admin
):
    placements.record_day(placement=placement, on=day(-9), days=Decimal(1), by=coordinator)
    placements.record_day(placement=placement, on=day(-12), days=Decimal(1), by=coordinator)
    browser, before = in_admin(coordinator), spans(placement)
    url = reverse("admin:cohorts_placement_change", args=[placement.pk])
    step = f"{url.removesuffix('change/')}step/change_host/"
    given = {"host": second.organisation_id, "host_contact": "Jo", "from_on": f"{day(-10)}"}
    shown = browser.post(step, {**given, "filled": "yes"}).text
    assert "1 recorded day from" in shown
    assert "will be with the new host" in shown
    assert take_step(browser, step, **given).status_code == 302
    assert len(spans(placement)) == 2
    page = browser.get(url).text
    assert str(first.organisation) in page
    assert "The beginning" in page
    assert 'name="host"' not in page
    client = Client()
    client.force_login(placement.enrolment.participant)
    own = client.get(reverse("cohorts:assignment", args=[placement.enrolment_id])).text
    assert f"it was with {first.organisation}. The person to ask for was {first.email}" in own
    assert own.count(f"At {first.organisation}") == own.count(f"At {second.organisation}") == 1
    take_back(taking=Taking.objects.standing().latest("pk"), reason="A slip.", by=coordinator)
    assert spans(placement) == before
    placement.refresh_from_db()
    assert (placement.host, placement.host_contact) == (first.organisation, first.email)


def test_what_was_handed_in_is_about_the_host_of_that_day(person, placement, first, second, coordinator):
    paper = handed_in(registered(person))
    type(paper).objects.filter(pk=paper.pk).update(placement=placement)
    change(placement, second, coordinator)
    paper.refresh_from_db()
    assert paper.about == f"“A front desk” at {second.organisation}"
    paper.submitted_at -= timedelta(days=1)
    assert paper.about == f"“A front desk” at {first.organisation}"


def test_whom_they_worked_for_and_who_mentored_them_on_one_of_the_days_is_too_near(
    person, placement, second, coordinator
):
    pair = confirmed_pair(person)
    mentors, old = pair.mentor.organisation, person.employer
    Pair.objects.update(confirmed_at=timezone.now() - timedelta(days=30))
    pair.refresh_from_db()
    with pytest.raises(
        NotPossible, match="Choose a host from another organisation, or another mentor first"
    ) as refused:
        hosts.change_host(placement=placement, host=mentors, from_on=day(-10), by=coordinator)
    assert refused.value.field == "host"
    matching.end(pair=pair, reason="Moved.", on=day(-5), by=coordinator)
    enrolments.change_employer(enrolment=person, employer=OrganisationFactory(), from_on=day(-3), by=coordinator)
    parent = OrganisationFactory(name="The group above")
    type(old).objects.filter(pk=old.pk).update(parent=parent)
    for near, on, sentence in (
        (mentors, day(-6), f"who was the mentor of {person.participant} until"),
        (old, day(-4), f"{old} was the participant's employer until"),
        (parent, day(-4), f"too near to {old}, which was the participant's employer until"),
        (placement.host, day(-4), "is already the host"),
        (second.organisation, day(1), "in the future"),
        (second.organisation, day(-41), "The assignment began on"),
    ):
        with pytest.raises(NotPossible, match=sentence):
            hosts.change_host(
                placement=placement, host=near, host_contact=placement.host_contact, from_on=on, by=coordinator
            )
    hosts.change_host(placement=placement, host=mentors, from_on=day(-5), by=coordinator)
    hosts.change_host(placement=placement, host=old, from_on=day(-2), by=coordinator)
    for again, sentence in ((old, "Choose another host first"), (mentors, "Enter the day after it, or a later one")):
        with pytest.raises(NotPossible, match=sentence):
            enrolments.change_employer(enrolment=person, employer=again, from_on=day(-3), by=coordinator)


class HostsOfBeforeStay(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.person = ParticipantFactory()
        cls.by = staff(provider=cls.person.cohort.programme.provider)
        cls.hosts = [hosting_person() for _ in range(3)]
        cls.placement = given_to(cls.person, cls.hosts[0], cls.by, starts_on=day(-6))

    def who(self) -> list[int]:
        """By day, the host; exactly one a day."""
        return [Hosting.objects.on(day(-ago)).get().host_id for ago in range(9, -4, -1)]

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 6), st.booleans()), min_size=1, max_size=7))
    def test_hosts_of_before_stay(self, changes: list[tuple[int, int, bool]]) -> None:
        """Whoever comes and goes from which day, by the step or past it: the days before are as they were, those from it on speak
        of the new host, and nothing said twice stands in two rows."""
        for number, ago, by_step in changes:
            before, host = self.who(), self.hosts[number]
            try:
                with transaction.atomic():
                    if by_step:
                        change(Placement.objects.get(), host, self.by, from_on=day(-ago))
                    else:
                        ago = 0
                        Placement.objects.update(host=host.organisation, host_contact=host.email)
            except NotPossible:
                assert set(before[9 - ago :]) == {host.organisation_id}
                continue
            first = 9 - ago if ago < 6 else 0  # nothing is said of days before the assignment began
            assert self.who() == before[:first] + [host.organisation_id] * (13 - first)
            assert Placement.objects.get().host_id == host.organisation_id
            if by_step:
                found = [span[0] for span in spans(self.placement)]
                assert all(one != other for one, other in pairwise(found[-2:]))
