"""Checking in by the code on the screen, the screen itself, and the register on paper."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from applications.roles import RoleName
from cohorts.actions import attendance, checking_in
from cohorts.models import Attendance, RegisterMark
from cohorts.states import Mark
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B5")]


@pytest.fixture
def session():
    now = timezone.now()
    return SessionFactory(title="First module", starts_at=now - timedelta(minutes=10), ends_at=now + timedelta(hours=5))


@pytest.fixture
def person(session):
    return ParticipantFactory(cohort=session.cohort, participant__full_name="Amara Okafor")


@pytest.fixture
def coordinator(session):
    return staff(RoleName.COORDINATOR, session.cohort.programme.provider)


def enter(client, person, code):
    client.force_login(person.participant)
    address = reverse("cohorts:check_in", args=[person.pk])
    return client.post(address, {"code": code}, follow=True).content.decode()


def test_whoever_types_the_code_is_present(client, session, person):
    client.force_login(person.participant)
    front = client.get(reverse("cohorts:participant", args=[person.pk])).content.decode()
    assert "Check in to “First module”" in front
    code = checking_in.code_now(session)
    assert "Thank you, you are here" in enter(client, person, f" {code[:3]} {code[3:]} ")
    assert Attendance.objects.get().mark == Mark.PRESENT
    assert (RegisterMark.objects.get().way, RegisterMark.objects.get().made_by) == ("check_in", person.participant)
    assert "No session of yours is on now" in enter(client, person, code)
    assert RegisterMark.objects.count() == 1


def test_another_code_is_not_taken_and_not_for_long(client, session, person):
    code = checking_in.code_now(session)
    wrong = str((int(code) + 1) % 10**6).zfill(6)
    assert "That is not the code on the screen" in enter(client, person, wrong)
    assert "Type the code that is on the screen." in enter(client, person, "")
    with time_machine.travel(timezone.now() + timedelta(minutes=2, seconds=1)):
        assert checking_in.code_now(session) != code
        with pytest.raises(NotPossible, match="That is not the code"):
            checking_in.check_in(enrolment=person, session=session, code=code, by=person.participant)
    for _ in range(10):
        page = enter(client, person, wrong)
    assert "That was too many codes." in page
    assert "That was too many codes." in enter(client, person, code)


def test_a_code_holds_until_it_is_typed(session, person):
    code = checking_in.code_now(session)
    with time_machine.travel(timezone.now() + timedelta(seconds=checking_in.seconds_left() + 1)):
        checking_in.check_in(enrolment=person, session=session, code=code, by=person.participant)
    assert Attendance.objects.get().mark == Mark.PRESENT


def test_one_code_for_each_session(session):
    other = SessionFactory(cohort=session.cohort)
    assert checking_in.code_now(session) != checking_in.code_now(other)


@pytest.mark.parametrize(("before", "open_"), [(31, False), (29, True), (-300, True), (-361, False)])
def test_people_check_in_from_half_an_hour_before_until_it_ends(session, person, before, open_):
    session.starts_at = timezone.now() + timedelta(minutes=before)
    session.ends_at = session.starts_at + timedelta(hours=6)
    session.save()
    assert checking_in.is_open(session) == open_
    assert list(checking_in.on_now(person)) == ([session] if open_ else [])


def test_what_was_marked_before_stands_and_it_is_shown(client, session, person, coordinator):
    attendance.mark(session=session, marks={person.pk: Mark.ABSENT}, by=coordinator)
    assert "whoever takes the register sees that you are here" in enter(client, person, checking_in.code_now(session))
    assert Attendance.objects.get().mark == Mark.ABSENT
    [line] = attendance.register_of(session)
    assert [other.said for other in line.others] == ["present"]


def test_the_picture_leads_to_the_programme_whose_session_is_on(client, session, person):
    client.force_login(person.participant)
    answer = client.get(reverse("cohorts:scanned"), {"code": "123456"})
    assert answer.url == f"/my-programme/{person.pk}/check-in/?code=123456"
    assert 'value="123456"' in client.get(answer.url).content.decode()
    client.force_login(ParticipantFactory().participant)
    assert client.get(reverse("cohorts:scanned")).url == reverse("cohorts:own_programmes")


def test_the_screen_shows_the_code_and_who_is_here(client, session, person, coordinator):
    with_second_factor(client, coordinator)
    page = client.get(reverse("admin:cohorts_session_register_screen", args=[session.pk])).content.decode()
    assert checking_in.code_now(session) in page
    now = client.get(reverse("admin:cohorts_session_register_code", args=[session.pk])).json()
    assert (now["code"], now["here"], now["expected"]) == (checking_in.code_now(session), 0, 1)
    assert "Okafor" not in page
    session.ends_at = timezone.now() - timedelta(seconds=1)
    session.save()
    page = client.get(reverse("admin:cohorts_session_register_screen", args=[session.pk])).content.decode()
    assert "This session is over." in page
    assert client.get(reverse("admin:cohorts_session_register_code", args=[session.pk])).json() == {}


def test_the_register_is_printed(client, session, person, coordinator):
    with_second_factor(client, coordinator)
    answer = client.get(reverse("admin:cohorts_session_register_sheet", args=[session.pk]))
    assert answer["Content-Type"] == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert "Amara Okafor" in text
    assert "Signature" in text
