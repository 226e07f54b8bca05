"""An event beside the programme: made on the desk, booked and cancelled on a telephone without an account (B25 to B27)."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.models import Booking
from cohorts.states.events import BookingStatus
from tests.factories.accounts import staff
from tests.factories.cohorts import RunningCohortFactory
from tests.factories.events import opened
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B25", "B26", "B27")]


def test_somebody_books_an_event_by_a_link_and_cancels_it(new_page, axe, screenshot):
    cohort = RunningCohortFactory()
    by = staff(RoleName.COORDINATOR, cohort.programme.provider, email="carla@provider.example")
    give_authenticator(by)
    one = opened(by, programme=cohort.programme, title="Is it for me?", capacity=2)
    page = reverse("cohorts:occasion", kwargs={"path": cohort.programme.path, "pk": one.pk})

    nia = Person(new_page(viewport=TELEPHONE), "nia@example.org", axe, screenshot)
    nia.go(page)
    nia.look("event")
    nia.press("Send me the link")
    nia.reads("There is a problem")
    nia.look("event-wrong")
    nia.fill("Your name", "Nia Rees")
    nia.fill("Your email address", nia.email)
    nia.press("Send me the link")
    nia.reads("Check your email")
    nia.look("event-sent")
    nia.go(link_in(letters_to(nia.email)[-1], "/booking/"))
    nia.look("booking")
    nia.press("Book a place")
    nia.look("booked")
    assert Booking.objects.get().status == BookingStatus.BOOKED
    nia.follow("Cancel the booking")
    nia.look("cancel")
    nia.press("I will not come")
    nia.look("cancelled")
    assert Booking.objects.get().status == BookingStatus.CANCELLED

    carla = Person(new_page(), by.email, axe, screenshot)
    carla.sign_in(reverse("admin:cohorts_occasion_changelist"))
    carla.look("events-desk")
    carla.go(reverse("admin:cohorts_occasion_change", args=[one.pk]))
    carla.look("event-desk")
    carla.go(reverse("admin:cohorts_occasion_add"))
    carla.look("event-add")
    carla.page.set_viewport_size(TELEPHONE)
    carla.look("event-add-phone")
