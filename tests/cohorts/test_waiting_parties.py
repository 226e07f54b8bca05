"""Graduates who wait with their guests: never for more places than there are, and not in the way of others (B27, B55)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.actions import answering, bookings, ceremonies, invitees, occasions
from cohorts.models import Booking, Occasion
from cohorts.states.events import BookingStatus, EventKind, ForWhom
from steppingup.accounts.actors import LinkHolder
from steppingup.formats import english
from steppingup.formats.by_post import new_address
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.factories.events import address_of, cancelled, link_of, opened
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B27", "B55")]
S = BookingStatus
NAMES = ("Amara", "Bola", "Cora", "Dele")


@pytest.fixture
def cohort():
    found = RunningCohortFactory()
    for name in NAMES:
        ParticipantFactory(cohort=found, participant__full_name=name)
    return found


@pytest.fixture
def coordinator(cohort):
    return staff(RoleName.COORDINATOR, cohort.programme.provider)


@pytest.fixture
def ceremony(cohort, coordinator):
    """Of four places; each graduate can bring five."""
    one = opened(
        coordinator, programme=cohort.programme, cohort=cohort, kind=EventKind.CEREMONY, for_whom=ForWhom.GRADUATES,
        title="Graduation", capacity=4, guests_each=5,
    )  # fmt: skip
    invitees.invite(occasion=one, whom=[ForWhom.GRADUATES], by=coordinator)
    return one


def of(name):
    return Booking.objects.for_steps().get(name=name)


def come(name, guests=0):
    booking = of(name)
    names = "\n".join(f"Guest {number}" for number in range(guests))
    return bookings.book(booking=booking, by=LinkHolder(link_of(booking)), photographs=True, guests=names)


def statuses():
    return [of(name).status for name in NAMES]


def places(number, by):
    return occasions.change_places(occasion=Occasion.objects.for_steps().get(), capacity=number, by=by)


def last_to(name):
    return Message.objects.filter(to_email=of(name).email).latest("pk").text


def test_more_people_than_the_event_has_places_are_refused_at_their_field(client, ceremony, coordinator):
    given = {"wish": "come", "name": "Amara", "guests": "A\nB\nC\nD", "photographs": "True"}
    page = client.post(address_of(of("Amara")), given).text
    assert "This event has 4 places in all" in page
    assert "A\nB\nC\nD" in page.replace("\r\n", "\n"), "what was typed is still there"
    assert of("Amara").status == S.ASKED
    with pytest.raises(NotPossible, match="4 places in all") as refused:
        come("Amara", 4)
    assert refused.value.field == "guests"
    come("Amara", 3)
    browser = with_second_factor(client, coordinator)
    step = reverse("admin:cohorts_booking_step", args=[of("Amara").pk, "name_guests"])
    assert "4 places in all" in browser.post(step, {"filled": "yes", "guests": "A\nB\nC\nD"}).text
    take_step(browser, step, guests="A")
    assert of("Amara").seats == 2


def test_a_party_that_no_longer_fits_is_asked_to_be_fewer_and_holds_up_nobody(client, ceremony, coordinator):
    come("Amara")
    come("Bola", 3)
    come("Cora")
    assert statuses() == [S.BOOKED, S.WAITING, S.WAITING, S.ASKED], "a party is not overtaken"
    assert "There are not 4 places left for you and your guests. You are number 1" in last_to("Bola")
    assert "go to those who asked before you. You are number 2" in last_to("Cora")
    assert "or others wait for them" in client.get(address_of(of("Dele"))).text
    places(3, coordinator)
    assert statuses() == [S.BOOKED, S.WAITING, S.BOOKED, S.ASKED]
    assert "You wait for 4 places, and only 3 places are there by now" in last_to("Bola")
    come("Dele")
    assert of("Dele").status == S.BOOKED, "nobody waits for those who never fit"
    page = client.get(address_of(of("Bola"))).text
    assert "Please name fewer guests" in page
    assert "With fewer guests it may be your turn sooner" not in page
    bola = of("Bola")
    with pytest.raises(NotPossible, match="3 places in all"):
        bookings.change(booking=bola, by=LinkHolder(link_of(bola)), organisation="The City")
    cancelled(of("Cora"))
    bookings.change(booking=bola, by=LinkHolder(link_of(bola)), guests="")
    assert of("Bola").status == S.BOOKED


def test_whoever_fits_again_is_told_and_whoever_is_as_before_is_not(ceremony, coordinator):
    come("Amara", 2)
    come("Bola", 2)
    Message.objects.all().delete()
    places(5, coordinator)
    assert not Message.objects.exists()
    places(None, coordinator)
    assert statuses()[:2] == [S.BOOKED, S.BOOKED]
    occasions.cancel(occasion=Occasion.objects.for_steps().get(), by=coordinator)
    Booking.objects.filter(name="Bola").update(status=S.CANCELLED)
    Occasion.objects.update(status="open", capacity=4)
    come("Bola", 3)
    places(3, coordinator)
    assert "only 3 places are there" in last_to("Bola")
    Message.objects.all().delete()
    places(4, coordinator)
    assert "number 1 on the waiting list" in last_to("Bola")


def test_when_the_first_party_goes_those_behind_it_get_what_is_free(ceremony, coordinator):
    come("Amara", 1)
    come("Bola", 2)
    come("Cora")
    cancelled(of("Bola"))
    assert statuses()[:3] == [S.BOOKED, S.CANCELLED, S.BOOKED]


def test_nobody_who_has_a_place_brings_more_guests_past_those_who_wait(ceremony, coordinator):
    come("Amara")
    come("Bola", 3)
    amara = of("Amara")
    with pytest.raises(NotPossible, match="Others are waiting for the places that are left"):
        bookings.change(booking=amara, by=LinkHolder(link_of(amara)), guests="Ada")
    with pytest.raises(NotPossible, match="Others are waiting"):
        ceremonies.name_guests(booking=of("Amara"), guests="Ada", by=coordinator)
    assert of("Amara").seats == 1


def test_whoever_never_booked_reads_of_no_booking_that_was_cancelled(client, ceremony):
    page = client.post(address_of(of("Amara"), "booking_cancel"), follow=True).text
    assert "Thank you for telling us that you do not come." in page
    assert "we have noted that you do not come" in last_to("Amara")
    assert "booking is cancelled" not in page + last_to("Amara")
    come("Bola")
    assert "Your booking is cancelled." in client.post(address_of(of("Bola"), "booking_cancel"), follow=True).text
    assert "your booking is cancelled" in last_to("Bola")


def test_after_the_day_to_answer_by_the_page_says_that_one_still_can(client, ceremony, time_machine):
    Occasion.objects.update(reply_by=day(3))
    said = english.day_date(day(3))
    assert f"Please answer by {said}" in client.get(address_of(of("Amara"))).text
    time_machine.move_to(Occasion.objects.get().starts_at - timedelta(days=2))
    page = client.get(address_of(of("Amara"))).text
    assert f"We asked for an answer by {said}. You can still answer" in page


def test_a_ceremony_does_not_move_before_the_day_by_which_people_answer(ceremony, coordinator):
    Occasion.objects.update(reply_by=day(14))
    found = Occasion.objects.for_steps().get()
    new = {"starts_at": found.starts_at - timedelta(days=10), "ends_at": found.ends_at - timedelta(days=10)}
    with pytest.raises(NotPossible, match="which would be after it") as refused:
        occasions.say_when(occasion=found, by=coordinator, **new)
    assert refused.value.field == "starts_at"
    Occasion.objects.update(reply_by=day(5))
    occasions.say_when(occasion=found, by=coordinator, **new)


def test_whoever_has_no_email_address_answers_by_telephone(client, ceremony, coordinator):
    """They were invited by a letter; nobody can book for an address that there is not."""
    amara = of("Amara")
    person = amara.enrolment.participant
    person.email, person.postal_address = new_address(), "3 Quay Street"
    person.save()
    Booking.objects.filter(pk=amara.pk).update(email=person.email)
    browser = with_second_factor(client, coordinator)
    step = reverse("admin:cohorts_booking_step", args=[amara.pk, "comes"])
    assert "Up to 5 guests" in browser.get(step).text
    assert "4 places in all" in browser.post(step, {"filled": "yes", "guests": "A\nB\nC\nD"}).text
    take_step(browser, step, guests="Ada\nBen", said_as="uh-MAH-ra", access="A lift")
    amara = of("Amara")
    assert (amara.status, amara.seats, amara.said_as, amara.access) == (S.BOOKED, 3, "uh-MAH-ra", "A lift")
    assert amara.photographs is None, "that they agree, only they can say"
    assert Message.objects.filter(to_email=person.email, status="to_post").exists()
    with pytest.raises(NotPossible, match="They have booked already"):
        answering.comes(booking=amara, by=coordinator)
    take_step(browser, reverse("admin:cohorts_booking_step", args=[amara.pk, "cancel"]))
    answering.comes(booking=of("Amara"), by=coordinator)
    assert (of("Amara").access, of("Amara").seats) == ("A lift", 3), "what they had said stands"
