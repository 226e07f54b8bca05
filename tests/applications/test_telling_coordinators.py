"""Coordinators learn what applicants do with an offer, and who withdraws; the applicant sees it beforehand."""

import html
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from applications.actions import applications as actions
from applications.actions import offers
from applications.models import Application
from applications.pages.offer import latest_offer
from applications.roles import RoleName
from steppingup.desk.waiting import to_do_of
from steppingup.messaging.models import Message
from tests.factories import review as make
from tests.factories.accounts import staff
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def window():
    return make.window(capacity=2)


@pytest.fixture
def coordinator(window):
    return make.coordinator(window, full_name="Jo Maddern")


@pytest.fixture(autouse=True)
def others(window):
    """People who are not told: an assessor here, a coordinator elsewhere, one for another cohort only."""
    make.assessor(window)
    staff(RoleName.COORDINATOR)
    limited = make.coordinator(window)
    other = make.window().cohort
    other.limited_roles.add(limited.role_assignments.get())


def told(application: Application, kind: str) -> Message:
    return Message.objects.about(application).get(kind=f"applications.{kind}")


def test_a_coordinator_is_told_that_the_place_is_accepted(window, coordinator):
    offer = make.offered(window, coordinator)
    offers.accept(offer=offer, legal_name="Amara Okafor", by=offer.application.applicant)
    offers.accept(offer=offer, legal_name="Amara Okafor", by=offer.application.applicant)
    message = told(offer.application, "place_accepted")
    assert message.to == coordinator
    assert "1 of 2 places is taken." in message.text
    assert reverse("admin:applications_application_change", args=[offer.application_id]) in message.text


def test_a_coordinator_is_told_why_a_place_is_declined_and_who_waits(window, coordinator):
    offer = make.offered(window, coordinator)
    make.waiting(window, coordinator)
    offers.decline(offer=offer, reason="I have a new job.", by=offer.application.applicant)
    message = told(offer.application, "given_up")
    assert message.to == coordinator
    assert "has declined the place" in message.subject
    assert "“I have a new job.” 1 person is on the waiting list. You can offer them the place." in message.text


def test_a_coordinator_is_told_that_an_offer_was_not_answered(window, coordinator):
    offer = make.offered(window, coordinator)
    with time_machine.travel(offer.expires_at + timedelta(seconds=2)):
        assert offers.expire_due() == 1
    message = told(offer.application, "given_up")
    assert "has not answered the offer in time" in message.subject
    assert "Nobody is on the waiting list." in message.text


def test_a_coordinator_is_told_of_a_withdrawal_and_of_the_interview_that_falls_out(window, coordinator):
    interview = make.invited(window, coordinator)
    actions.withdraw(application=interview.application, by=interview.application.applicant)
    message = told(interview.application, "given_up")
    assert message.to == coordinator
    assert "was at “Invited to interview”. The interview on" in message.text


@pytest.mark.parametrize("name", ["offer_decline", "withdraw"])
def test_the_applicant_sees_beforehand_what_coordinators_will_read_and_no_address_of_theirs(
    client, window, coordinator, name
):
    application = make.offered(window, coordinator).application
    make.coordinator(window)
    client.force_login(application.applicant)
    address = reverse(f"applications:{name}", args=[application.pk])
    page = html.unescape(client.post(address).content.decode())
    assert page.count(f"The coordinators: {window.cohort.programme.provider}") == 1
    assert coordinator.email not in page
    take_step(client, address)
    message = Message.objects.about(application).filter(kind="applications.given_up").first()
    assert message.subject in page


def test_today_says_who_on_the_waiting_list_can_be_offered_a_place(window, coordinator):
    here = Application.objects.filter(cohort=window.cohort_id)
    first = make.waiting(window, coordinator)
    offer = make.offered(window, coordinator)
    assert list(here.within_reach()) == [first], "two places, and one of them is offered"
    second = make.waiting(window, coordinator)
    assert list(here.within_reach()) == [first]
    assert not here.filter(pk=second.pk).within_reach(), "a search does not let anybody jump the queue"
    offers.decline(offer=offer, by=offer.application.applicant)
    assert set(here.within_reach()) == {first, second}
    last = to_do_of([Application.objects.visible_to(coordinator)])[-1]
    assert (last.number, last.words) == (2, "applications are next on the waiting list, and a place is free")
    for _ in range(2):
        offers.offer_next(cohort=window.cohort, by=coordinator)
    assert not here.within_reach()
    assert latest_offer(Application.objects.with_open_offer().first())
