"""A cohort of first come, first served gets two hundred submissions in one second, through the production server (N18, N19)."""

import http.client
import threading
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from applications.form.parts import missing_parts
from applications.models import Application, EligibilityAnswer, Window
from applications.states import ApplicationStatus as S
from applications.states import PartKind
from steppingup.accounts.models import User
from steppingup.messaging.models import Message
from tests.bench.http import gunicorn
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory
from tests.plugins.services import database_address

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, PLACES = 200, 40
TOKEN = "t" * 32


def complete_drafts(of: Window, number: int) -> list[Application]:
    """Ready to be submitted: the rules ask for little, and everything is there."""
    rules = of.cohort.rule_set
    rules.form_parts.exclude(kind__in=(PartKind.DETAILS, PartKind.ELIGIBILITY, PartKind.WORK)).delete()
    people = User.objects.bulk_create(User(email=f"p{n}@example.org", full_name=f"Person {n}") for n in range(number))
    employer = OrganisationFactory()
    made = Application.objects.bulk_create(
        Application(
            applicant=person, cohort=of.cohort, reference=f"RUSH-{n}", full_name=person.full_name, phone="0117 496 0117",
            job_title="Team leader", grade="Band 6", employer=employer, manager_name="Mo Patel",
            manager_email="mo@example.org", parts_done=["details", "eligibility", "work"],
        )
        for n, person in enumerate(people)
    )  # fmt: skip
    asked = rules.eligibility_questions.filter(is_active=True)
    EligibilityAnswer.objects.bulk_create(
        EligibilityAnswer(application=one, question=question, answer="yes") for one in made for question in asked
    )
    assert not missing_parts(Application.objects.for_steps().get(pk=made[0].pk))
    return made


class Applicant:
    """A browser that has the page before submitting open, and presses the button twice."""

    def __init__(self, port: int, application: Application) -> None:
        client = Client()
        client.force_login(application.applicant)
        cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
        cookies[settings.CSRF_COOKIE_NAME] = TOKEN
        self.address = reverse("applications:submit", args=[application.pk])
        self.headers = {
            "Host": "localhost",
            "X-Forwarded-Proto": "https",
            "Referer": f"https://localhost{self.address}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.port, self.answers = port, []

    def press(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        body = urlencode({"csrfmiddlewaretoken": TOKEN, "notice_read": "on", "is_true": "on"})
        connection.request("POST", self.address, body, self.headers)
        answer = connection.getresponse()
        answer.read()
        self.answers.append((answer.status, answer.headers.get("Location", "")))
        connection.close()


@pytest.mark.requirement("N18", "N19")
def test_two_hundred_submit_at_once_and_the_lowest_forty_numbers_have_the_places(monkeypatch):
    window = make.first_come(capacity=PLACES)
    drafts = complete_drafts(window, PEOPLE)
    monkeypatch.setenv("DATABASE_URL", database_address())
    with gunicorn() as (port, _):
        applicants = [Applicant(port, one) for one in drafts]
        # Every tenth presses twice.
        presses = [one.press for one in applicants] + [one.press for one in applicants[::10]]
        threads = [threading.Thread(target=press) for press in presses]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    answers = [answer for one in applicants for answer in one.answers]
    assert {status for status, _ in answers} == {302}
    rows = list(Application.objects.filter(cohort=window.cohort).order_by("number"))
    assert [one.number for one in rows] == list(range(1, PEOPLE + 1))
    assert [one.status for one in rows] == [S.OFFERED] * PLACES + [S.WAITING] * (PEOPLE - PLACES)
    letters = Message.objects.filter(kind="applications.numbered").values_list("to", flat=True)
    assert sorted(letters) == sorted(one.applicant_id for one in rows)
    told = {m.to_id: m.text for m in Message.objects.filter(kind="applications.numbered")}
    assert all(f"You are number {one.number} in the order of submission" in told[one.applicant_id] for one in rows)
