"""A graduate answers on a telephone with a guest; staff see the running order (B55, B56)."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.actions import invitees
from cohorts.models import Booking
from cohorts.states.events import EventKind, ForWhom
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory
from tests.factories.events import opened
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B55", "B56")]


def test_a_graduate_comes_with_a_guest_and_stands_in_the_running_order(new_page, axe, screenshot):
    cohort = RunningCohortFactory()
    place = ParticipantFactory(cohort=cohort, participant__full_name="Amara Okeke")
    by = staff(RoleName.COORDINATOR, cohort.programme.provider, email="carla@provider.example")
    give_authenticator(by)
    one = opened(
        by, programme=cohort.programme, cohort=cohort, kind=EventKind.CEREMONY, for_whom=ForWhom.GRADUATES,
        title="Graduation", capacity=40, guests_each=2, has_meal=True,
    )  # fmt: skip
    invitees.invite(occasion=one, whom=[ForWhom.GRADUATES, ForWhom.MANAGERS], by=by)
    manager = Booking.objects.get(enrolment=None)

    amara = Person(new_page(viewport=TELEPHONE), place.participant.email, axe, screenshot)
    amara.go(link_in(letters_to(amara.email)[-1], "/booking/"))
    amara.look("ceremony")
    amara.press("Book a place")
    amara.reads("There is a problem")
    amara.look("ceremony-wrong")
    amara.page.get_by_label("Yes", exact=True).check()
    amara.page.locator("[name=guests]").fill("Ada Okeke\nBen Okeke")
    amara.page.locator("[name=said_as]").fill("uh-MAH-ra")
    amara.press("Book a place")
    amara.reads("You have 3 places")
    amara.look("ceremony-booked")
    assert Booking.objects.get(enrolment=place).photographs is True
    amara.page.locator("[name=guests]").fill("Ada Okeke\nBen Okeke\nCleo Okeke")
    amara.press("Save changes")
    amara.reads("There is a problem", "You can bring 2 guests at most.")
    amara.look("ceremony-too-many")

    bola = Person(new_page(), manager.email, axe, screenshot)
    bola.go(link_in(letters_to(bola.email)[-1], "/booking/"))
    bola.look("ceremony-manager")
    bola.follow("I will not come")
    bola.look("ceremony-not-coming")
    bola.press("I will not come")
    bola.reads("Thank you for telling us that you do not come.", "Would you like to come after all?")
    bola.look("ceremony-not-come")

    carla = Person(new_page(), by.email, axe, screenshot)
    carla.sign_in(reverse("admin:cohorts_occasion_ceremony", args=[one.pk]))
    carla.reads("uh-MAH-ra", "Ada Okeke")
    carla.look("ceremony-desk")
    carla.page.set_viewport_size(TELEPHONE)
    carla.look("ceremony-desk-phone")
