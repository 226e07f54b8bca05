"""Where peer groups meet at one time and place there is one register."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import attendance, checking_in
from cohorts.models import Attendance, PeerGroup
from cohorts.models.together import groups_beside
from cohorts.states import Mark
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B11")]
NOW = timezone.now


@pytest.fixture
def cohort():
    return RunningCohortFactory()


@pytest.fixture
def groups(cohort):
    return [PeerGroup.objects.create(cohort=cohort, name=name) for name in ("Avon", "Frome")]


def meeting(cohort, group, **more):
    starts_at = NOW().replace(microsecond=0) - timedelta(hours=1)
    given = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=3), "venue": "City Hall", **more}
    part = cohort.plan.components.get(key="peer")
    return SessionFactory(cohort=cohort, peer_group=group, component=part, title=f"Peers of {group}", **given)


@pytest.fixture
def sessions(cohort, groups):
    starts_at = NOW().replace(microsecond=0) - timedelta(hours=1)
    return [meeting(cohort, group, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3)) for group in groups]


@pytest.fixture
def people(cohort, groups):
    return [
        ParticipantFactory(cohort=cohort, peer_group=group, participant__full_name=name)
        for group, name in zip(groups, ("Amara Okafor", "Ben Okri"), strict=True)
    ]


@pytest.fixture
def coordinator(cohort):
    return staff(RoleName.COORDINATOR, cohort.programme.provider)


def test_one_register_for_groups_in_one_room(client, sessions, people, coordinator):
    with_second_factor(client, coordinator)
    address = reverse("admin:cohorts_session_register", args=[sessions[0].pk])
    page = client.get(address).content.decode()
    assert "2 groups meet at this time and place" in page
    assert all(str(one.participant) in page for one in people)
    client.post(address, {"everybody": "present"})
    found = {(one.session_id, one.enrolment_id) for one in Attendance.objects.all()}
    assert found == {(sessions[0].pk, people[0].pk), (sessions[1].pk, people[1].pk)}
    assert "This is a joint day" not in page


@pytest.mark.parametrize(
    "other", [{"venue": "Library"}, {"ends_at": NOW() + timedelta(hours=9)}, {"cancelled_at": NOW()}]
)
def test_groups_elsewhere_or_at_another_time_have_registers_of_their_own(sessions, other):
    assert groups_beside(sessions[0]) == [sessions[1]]
    type(sessions[1]).objects.filter(pk=sessions[1].pk).update(**other)
    assert groups_beside(sessions[0]) == []


def test_a_session_of_everybody_and_one_without_a_place_go_alone(cohort, groups, sessions):
    assert groups_beside(SessionFactory(cohort=cohort, starts_at=sessions[0].starts_at)) == []
    type(sessions[1]).objects.update(venue="")
    sessions[0].refresh_from_db()
    assert groups_beside(sessions[0]) == []


def test_whoever_sat_with_the_other_group_stands_there_once(sessions, people, coordinator):
    Attendance.objects.create(session=sessions[1], enrolment=people[0], mark=Mark.EXCUSED)
    for page in sessions:
        lines = [(one.session, line.enrolment) for one in attendance.registers_of(page) for line in one.lines]
        assert sorted(lines, key=lambda pair: pair[1].pk) == [(sessions[1], people[0]), (sessions[1], people[1])]
        attendance.mark(session=page, marks={people[0].pk: Mark.ABSENT}, by=coordinator)
        assert Attendance.objects.get().session == sessions[1]


def test_each_checks_in_to_their_own(sessions, people):
    code = checking_in.code_now(sessions[0])  # one screen for the room
    checking_in.check_in(enrolment=people[1], session=sessions[1], code=code, by=people[1].participant)
    assert Attendance.objects.get().session == sessions[1]
