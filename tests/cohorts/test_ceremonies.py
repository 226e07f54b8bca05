"""A graduation ceremony: places with guests, the running order, and who is presented with what (B55, B56)."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from applications.roles import RoleName
from cohorts.actions import bookings, ceremonies, invitees
from cohorts.actions.enrolments import withdraw
from cohorts.models import Booking, Occasion
from cohorts.states.events import BookingStatus, EventKind, ForWhom
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory
from tests.factories.events import BookingFactory, address_of, link_of, opened
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B55", "B56")]
S = BookingStatus


@pytest.fixture
def graduates():
    first = ParticipantFactory(participant__full_name="Amara Okeke")
    return [first, ParticipantFactory(cohort=first.cohort, participant__full_name="Bola Ade")]


@pytest.fixture
def coordinator(graduates):
    return staff(RoleName.COORDINATOR, graduates[0].cohort.programme.provider)


@pytest.fixture
def ceremony(graduates, coordinator):
    cohort = graduates[0].cohort
    one = opened(
        coordinator,
        programme=cohort.programme,
        cohort=cohort,
        kind=EventKind.CEREMONY,
        for_whom=ForWhom.GRADUATES,
        title="Graduation",
        capacity=4,
        guests_each=2,
    )
    invitees.invite(occasion=one, whom=[ForWhom.GRADUATES], by=coordinator)
    return one


def of(name):
    return Booking.objects.for_steps().get(name=name)


def come(name, **said):
    booking = of(name)
    return bookings.book(booking=booking, by=LinkHolder(link_of(booking)), photographs=True, **said)


def test_guests_take_places_and_places_given_back_go_to_whoever_waits(ceremony):
    assert "You can bring up to 2 guests" in Message.objects.filter(kind="cohorts.event_invited").first().text
    with pytest.raises(NotPossible, match="2 guests at most"):
        come("Amara Okeke", guests="A\nB\nC")
    come("Amara Okeke", guests="Ada\n\n Ben ")
    assert "You have 3 places" in Message.objects.filter(kind="cohorts.booking_stands").latest("pk").text
    come("Bola Ade", guests="Cleo")
    assert (of("Amara Okeke").seats, of("Bola Ade").status) == (3, S.WAITING)
    amara = of("Amara Okeke")
    bookings.change(booking=amara, by=LinkHolder(link_of(amara)), guests="Ada")
    assert of("Bola Ade").status == S.BOOKED
    with pytest.raises(NotPossible, match="not as many places"):
        bookings.change(booking=of("Amara Okeke"), by=LinkHolder(link_of(amara)), guests="Ada\nBen")


def test_staff_see_and_move_the_running_order_and_print_it(client, ceremony, coordinator):
    come("Amara Okeke", said_as="uh-MAH-ra")
    come("Bola Ade")
    ceremonies.put_at(booking=of("Bola Ade"), number=1, by=coordinator)
    assert [one.name for one in Booking.objects.in_running_order()] == ["Bola Ade", "Amara Okeke"]
    with pytest.raises(NotPossible, match="from 1 to 2"):
        ceremonies.put_at(booking=of("Bola Ade"), number=3, by=coordinator)
    browser = with_second_factor(client, coordinator)
    text = browser.get(reverse("admin:cohorts_occasion_ceremony", args=[ceremony.pk])).text
    assert text.index("Bola Ade") < text.index("Amara Okeke")
    assert "Has not completed the programme yet" in text
    sheet = browser.get(reverse("admin:cohorts_occasion_day_sheet", args=[ceremony.pk])).content
    assert "uh-MAH-ra" in PdfReader(BytesIO(sheet)).pages[0].extract_text().replace("\n", "")
    booklet = browser.get(reverse("admin:cohorts_occasion_booklet", args=[ceremony.pk])).content
    assert "Bola" not in PdfReader(BytesIO(booklet)).pages[0].extract_text()


def test_consent_to_photographs_is_withdrawn_by_the_link_after_the_ceremony(client, ceremony, coordinator):
    come("Amara Okeke")
    page = address_of(of("Amara Okeke"))
    assert "May we take photographs of you" in client.get(page).text
    Occasion.objects.update(starts_at="2020-01-01T10:00Z", ends_at="2020-01-01T12:00Z")
    assert "I no longer agree" in client.get(page).text
    assert client.post(page, {"wish": "no-photographs"}).status_code == 302
    assert of("Amara Okeke").photographs is False


def test_only_graduates_who_come_are_in_the_running_order_and_only_they_agree_to_photographs(
    ceremony, coordinator, graduates
):
    with pytest.raises(NotPossible, match="Only graduates who come"):
        ceremonies.put_at(booking=of("Amara Okeke"), number=1, by=coordinator)
    come("Amara Okeke")
    with pytest.raises(NotPossible, match="whole number from 1"):
        ceremonies.put_at(booking=of("Amara Okeke"), number=0, by=coordinator)
    with pytest.raises(NotAllowed):
        ceremonies.say_photographs(booking=of("Amara Okeke"), photographs=True, by=coordinator)
    ceremonies.no_photographs(booking=of("Amara Okeke"), by=coordinator)
    assert of("Amara Okeke").photographs is False
    withdraw(enrolment=graduates[0], reason="A new job.", by=coordinator)
    with pytest.raises(NotPossible, match="Only graduates who come"):
        ceremonies.put_at(booking=of("Amara Okeke"), number=1, by=coordinator)
    briefing = opened(coordinator, programme=ceremony.programme, title="Briefing")
    with pytest.raises(NotPossible, match="Only at a graduation ceremony"):
        ceremonies.no_photographs(booking=BookingFactory(occasion=briefing), by=coordinator)
