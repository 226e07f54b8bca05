"""Somebody rings, and a coordinator does it for them: the page, the record, the letter, the way back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.states import ApplicationStatus
from funding.actions.behalf import agree_for_them
from funding.states import AgreementStatus
from steppingup.formats.english import day_date
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.behalf import asked
from steppingup.steps.models import Taking
from tests.factories import funding as money
from tests.factories import review as make
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import PublishedCohortFactory
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def window():
    return WindowFactory(cohort=PublishedCohortFactory(capacity=20, fee=0), commitment="All of it.")


@pytest.fixture
def ana(window):
    return make.coordinator(window, full_name="Ana Coordinator")


@pytest.fixture
def ben(window, ana):
    return make.offered(window, ana, name="Ben Okri").application


def rang(why: str = "He has another job.") -> dict:
    return {"asked_how": "telephone", "asked_on": timezone.localdate().isoformat(), "asked_why": why}


def page(application) -> str:
    return reverse("admin:applications_application_change", args=[application.pk])


def step_page(application, name: str) -> str:
    return reverse("admin:applications_application_step", args=[application.pk, name])


def test_he_rang_and_declined(in_admin, ana, ben):
    browser = in_admin(ana)
    shown = browser.get(page(ben)).text
    assert "Somebody rang, wrote or came to us" in shown
    assert step_page(ben, "decline_for_them") in shown
    written = set(Message.objects.values_list("pk", flat=True))
    foretold = browser.post(step_page(ben, "decline_for_them"), {**rang(), "reason": "Another job.", "filled": "yes"})
    assert "We did this for you: Decline the place" in foretold.text
    assert not Message.objects.exclude(pk__in=written).exists()
    take_step(browser, step_page(ben, "decline_for_them"), **rang(), reason="Another job.")
    ben.refresh_from_db()
    assert ben.status == ApplicationStatus.DECLINED
    today = day_date(timezone.localdate())
    words = f"Ana Coordinator for Ben Okri, who rang on {today}"
    shown = browser.get(page(ben)).text
    assert f"done by {words}" in shown
    assert f"For Ben Okri, who rang on {today}: He has another job." in shown
    assert ben.decisions.latest("pk").by == ana
    assert words in browser.get(reverse("admin:steps_taking_changelist")).text
    letter = Message.objects.exclude(pk__in=written).get(kind="steps.done_for_you")
    assert letter.to == ben.applicant
    assert f"you rang on {today}" in letter.text
    assert asked() is None
    take_back(taking=Taking.objects.on(ben).standing().first(), reason="It was Ben Okafor who rang.", by=ana)
    ben.refresh_from_db()
    assert ben.status == ApplicationStatus.OFFERED
    assert "Taken back" in browser.get(page(ben)).text


def test_what_is_missing_is_said_beside_each_field_and_nothing_is_lost(in_admin, ana, ben):
    late = (timezone.localdate() + timedelta(days=1)).isoformat()
    shown = take_step(in_admin(ana), step_page(ben, "accept_for_them"), legal_name="Ben Okri", asked_on=late)
    for sentence in (
        "Choose how they asked.",
        "Write down what they asked for, in a sentence",
        "Learning agreement",
    ):
        assert sentence in shown.text
    given = {**rang(), "asked_on": late, "legal_name": "Ben Okri"}
    shown = take_step(in_admin(ana), step_page(ben, "accept_for_them"), **given)
    assert "This day is in the future." in shown.text
    assert 'value="Ben Okri"' in shown.text


def test_the_second_factor_is_asked_for_again(client, ana, ben):
    client.force_login(ana)
    answer = client.get(step_page(ben, "accept_for_them"))
    assert answer.status_code == 302
    assert "second" in answer["Location"]


def test_an_employer_who_was_never_asked_agrees_on_paper():
    agreement = money.AgreementFactory(cohort=PublishedCohortFactory(fee=Decimal(2500)))
    by = make.coordinator(WindowFactory(cohort=agreement.cohort))
    agree_for_them(
        feeagreement=agreement,
        name="Sam Sponsor",
        job_title="Head of Care",
        billing_address="1 High Street",
        asked_how="letter",
        asked_on=timezone.localdate(),
        asked_why="The signed form came by post.",
        by=by,
    )
    agreement.refresh_from_db()
    assert (agreement.status, agreement.amount, agreement.answered_by) == (
        AgreementStatus.AGREED,
        Decimal(2500),
        "Sam Sponsor",
    )
    assert agreement.terms
    assert Taking.objects.get().for_name == "Sam Sponsor"
    assert set(Message.objects.values_list("to", flat=True)) == {agreement.person_id}
