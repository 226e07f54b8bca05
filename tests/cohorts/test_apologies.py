"""“I cannot come”, with one tap: taken back with another, excused in the register, and seen by the line manager."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import apologies, attendance, sessions
from cohorts.models import Apology, Attendance
from cohorts.states import Mark
from steppingup.messaging.models import Message
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B5")]


@pytest.fixture
def session():
    return SessionFactory(title="First module", starts_at=timezone.now() + timedelta(days=2))


@pytest.fixture
def person(session):
    return ParticipantFactory(
        cohort=session.cohort, participant__full_name="Amara Okafor", line_manager=UserFactory(full_name="Mo Manager")
    )


@pytest.fixture
def coordinator(session):
    return staff(RoleName.COORDINATOR, session.cohort.programme.provider)


def on_calendar(client, person, viewer=None):
    name = "managed_calendar" if viewer else "calendar"
    client.force_login(viewer or person.participant)
    return client.get(reverse(f"cohorts:{name}", args=[person.pk])).content.decode()


def tap(client, person, session, name="cannot_come"):
    client.force_login(person.participant)
    return client.post(reverse(f"cohorts:{name}", args=[person.pk, session.pk]), follow=True).content.decode()


def begun(session):
    session.starts_at = timezone.now() - timedelta(hours=1)
    session.ends_at = timezone.now() + timedelta(hours=5)
    session.save()
    Apology.objects.filter(session=session).update(starts_at=session.starts_at)
    return session


def test_one_tap_says_it_and_another_takes_it_back(client, person, session):
    assert "I cannot come<" in on_calendar(client, person)
    page = tap(client, person, session)
    assert "You will be excused" in page
    assert "You said you cannot come" in page
    assert "you may be able to make it up" in page
    assert "Has said they cannot come" in on_calendar(client, person, person.line_manager)
    tap(client, person, session)  # twice, as it happens on a phone
    assert Apology.objects.count() == 1
    page = tap(client, person, session, "can_come")
    assert "You said you cannot come" not in page
    assert not Apology.objects.exists()
    assert "No session to come is marked" in tap(client, person, session, "can_come")
    assert not Message.objects.exists()  # nobody is bothered


def test_nobody_says_it_for_a_session_that_is_not_theirs(client, person):
    assert client.post(reverse("cohorts:cannot_come", args=[person.pk, SessionFactory().pk])).status_code == 302
    client.force_login(person.participant)
    assert client.post(reverse("cohorts:cannot_come", args=[person.pk, SessionFactory().pk])).status_code == 404


def test_the_register_begins_with_excused_for_them_and_everybody_else_is_here(client, person, session, coordinator):
    other = ParticipantFactory(cohort=session.cohort)
    apologies.cannot_come(enrolment=person, session=session, by=person.participant)
    begun(session)
    with_second_factor(client, coordinator)
    address = reverse("admin:cohorts_session_register", args=[session.pk])
    page = client.get(address).content.decode()
    assert "Has said that they cannot come" in page
    assert f'name="mark-{person.pk}" value="excused" checked' in page
    assert "“excused” for 1 person who said" in page
    client.post(address, {"everybody": "present"})
    marks = dict(Attendance.objects.values_list("enrolment", "mark"))
    assert marks == {person.pk: Mark.EXCUSED, other.pk: Mark.PRESENT}
    # Somebody who comes all the same is marked as anybody else.
    attendance.mark(session=session, marks={person.pk: Mark.PRESENT}, by=coordinator)
    assert Attendance.objects.get(enrolment=person).mark == Mark.PRESENT


def test_staff_see_on_the_page_of_the_session_who_cannot_come(client, person, session, coordinator):
    with_second_factor(client, coordinator)
    address = reverse("admin:cohorts_session_change", args=[session.pk])
    assert "Nobody has said so." in client.get(address).content.decode()
    apologies.cannot_come(enrolment=person, session=session, by=coordinator)  # she rang
    assert "Amara Okafor" in client.get(address).content.decode()


def test_it_was_said_for_the_time_that_was_set_then(client, person, session, coordinator):
    apologies.cannot_come(enrolment=person, session=session, by=person.participant)
    later = session.starts_at + timedelta(days=7)
    sessions.move(
        session=session, starts_at=later, ends_at=later + timedelta(hours=6), venue="City Hall", by=coordinator
    )
    page = on_calendar(client, person)
    assert "You said you cannot come" not in page
    assert "I cannot come<" in page
    tap(client, person, session)
    assert "You said you cannot come" in on_calendar(client, person)


def test_after_the_day_it_reads_as_what_was(client, person, session):
    apologies.cannot_come(enrolment=person, session=session, by=person.participant)
    begun(session)
    session.ends_at = timezone.now() - timedelta(minutes=1)
    session.save()
    page = on_calendar(client, person)
    assert "You said you could not come" in page
    assert "I cannot come<" not in page
