"""A graduation ceremony: places with guests, the running order, and who is presented with what (B55, B56)."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from applications.roles import RoleName
from cohorts.actions import bookings, ceremonies, invitees
from cohorts.actions.enrolments import withdraw
from cohorts.models import Booking, Occasion, Programme
from cohorts.notices.events import new_link
from cohorts.states.events import BookingStatus, EventKind, ForWhom
from mentoring.actions import matching
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message, ReminderRule
from steppingup.messaging.reminders import work_out_reminders
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, complete, day
from tests.factories.events import BookingFactory, address_of, cancelled, link_of, opened
from tests.factories.mentoring import MentorFactory, confirmed_pair
from tests.staff import take_step, with_second_factor

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


@pytest.mark.requirement("B55")
def test_staff_name_guests_for_whoever_rings_before_they_have_answered_and_after(client, ceremony, coordinator):
    browser = with_second_factor(client, coordinator)
    page = reverse("admin:cohorts_occasion_step", args=[ceremony.pk, "book_for"])
    email = of("Amara Okeke").email
    given = {"name": "Amara Okeke", "email": email, "guests": "Ada\nBen\nCleo", "said_as": "uh-MAH-ra"}
    assert "2 guests at most" in browser.post(page, {"filled": "yes", **given}).text
    take_step(browser, page, **given | {"guests": "Ada\nBen"})
    amara = of("Amara Okeke")
    assert (amara.status, amara.seats, amara.guest_names, amara.said_as) == (S.BOOKED, 3, ["Ada", "Ben"], "uh-MAH-ra")
    come("Bola Ade", guests="Dan")
    assert of("Bola Ade").status == S.WAITING
    page = reverse("admin:cohorts_booking_step", args=[amara.pk, "name_guests"])
    assert "Ada" in browser.get(page).text
    assert "2 guests at most" in browser.post(page, {"filled": "yes", "guests": "A\nB\nC"}).text
    take_step(browser, page, guests="Ada", said_as="uh-MAH-ra")
    assert of("Amara Okeke").seats == 2
    assert of("Bola Ade").status == S.BOOKED, "what was given back goes to whoever waits"
    told = Message.objects.filter(kind="cohorts.booking_stands", to_email=email).latest("pk")
    assert "You have 2 places" in told.text
    with pytest.raises(NotPossible, match="not as many places"):
        ceremonies.name_guests(booking=of("Amara Okeke"), guests="Ada\nBen", by=coordinator)


def test_only_a_graduate_who_comes_has_guests_named(ceremony, coordinator):
    invitees.invite(occasion=ceremony, whom=[ForWhom.MANAGERS], by=coordinator)
    manager = Booking.objects.for_steps().filter(enrolment=None).first()
    for booking, sentence in ((manager, "Only graduates bring"), (of("Amara Okeke"), "Book for them first")):
        with pytest.raises(NotPossible, match=sentence):
            ceremonies.name_guests(booking=booking, guests="Ada", by=coordinator)
    given = {"name": manager.name, "email": manager.email, "by": coordinator}
    with pytest.raises(NotPossible, match="no graduate’s address"):
        bookings.book_for(occasion=ceremony, guests="Ada", **given)
    bookings.book_for(occasion=ceremony, **given)
    come("Amara Okeke")
    Occasion.objects.update(starts_at="2020-01-01T10:00Z", ends_at="2020-01-01T12:00Z")
    with pytest.raises(NotPossible, match="is over"):
        ceremonies.name_guests(booking=of("Amara Okeke"), guests="Ada", by=coordinator)


@pytest.mark.requirement("B55", "B56")
def test_whoever_has_not_answered_is_reminded_once_so_many_days_before_the_day_to_answer_by(
    client, ceremony, coordinator, graduates
):
    ParticipantFactory(cohort=ceremony.cohort, participant__full_name="Cora Sesay")
    Occasion.objects.update(reply_by=day(14))
    occasion = Occasion.objects.for_steps().get()
    invitees.invite(occasion=occasion, whom=[ForWhom.GRADUATES], by=coordinator)
    answer_by = f"answer by {english.day_date(day(14))}"
    assert answer_by in Message.objects.filter(kind="cohorts.event_invited").latest("pk").text
    assert answer_by in client.get(address_of(of("Cora Sesay"))).text
    come("Bola Ade")
    cancelled(of("Amara Okeke"))
    ReminderRule.objects.filter(kind="cohorts.ceremony_unanswered").update(days=5)
    for ahead in (7, 8):
        work_out_reminders(today=day(ahead))
    assert not unanswered().exists()
    for ahead in (9, 10, 14):
        work_out_reminders(today=day(ahead))
    assert [one.to_name for one in unanswered()] == ["Cora Sesay"]
    Occasion.objects.update(reply_by=day(16))
    work_out_reminders(today=day(11))
    assert unanswered().count() == 1, "once, also where there is more time"
    assert "by name" not in client.get(address_of(of("Bola Ade"))).text


def unanswered():
    return Message.objects.filter(kind="cohorts.event_unanswered")


def test_answers_are_asked_for_by_a_day_that_is_not_after_the_ceremony(client, ceremony, coordinator):
    browser = with_second_factor(client, coordinator)
    page = reverse("admin:cohorts_occasion_change", args=[ceremony.pk])
    given = {"kind": "ceremony", "title": "Graduation", "guests_each": "2"}
    late = browser.post(page, {**given, "reply_by": day(90).isoformat()}).text
    assert "not after the ceremony" in late
    browser.post(page, {**given, "reply_by": day(9).isoformat()})
    assert Occasion.objects.get().reply_by == day(9)
    briefing = opened(coordinator, programme=ceremony.programme, title="Briefing")
    page = reverse("admin:cohorts_occasion_change", args=[briefing.pk])
    assert (
        "leave it empty" in browser.post(page, {"kind": "briefing", "title": "B", "reply_by": day(9).isoformat()}).text
    )


@pytest.mark.requirement("B55")
def test_line_managers_and_mentors_are_invited_with_those_whose_mentoring_ended_as_planned(
    ceremony, coordinator, graduates
):
    def mentored(place, name, email):
        mentor = MentorFactory(user=UserFactory(full_name=name, email=email), programme=ceremony.programme)
        return confirmed_pair(enrolment=place, mentor=mentor)

    cora = ParticipantFactory(cohort=ceremony.cohort, participant__full_name="Cora Sesay")
    mentored(graduates[0], "Mona Still", "mona@mentors.example")
    for place, name, as_planned in ((graduates[1], "Pat Planned", True), (cora, "Bo Broken", False)):
        pair = mentored(place, name, f"{name[:2].lower()}@mentors.example")
        matching.end(pair=pair, reason="It is over.", as_planned=as_planned, by=coordinator)
    invitees.invite(occasion=ceremony, whom=[ForWhom.MANAGERS, ForWhom.MENTORS], by=coordinator)
    invited = set(Booking.objects.filter(enrolment=None).values_list("name", flat=True))
    managers = {one.manager for one in (*graduates, cora)}
    assert invited == {*managers, "Mona Still", "Pat Planned"}
    for booking in Booking.objects.filter(enrolment=None):
        assert booking.most_guests == 0
        assert Message.objects.filter(kind="cohorts.event_invited", to_email=booking.email).count() == 1
    workshop = opened(
        coordinator, programme=ceremony.programme, cohort=ceremony.cohort, for_whom=ForWhom.MENTORS, title="Workshop"
    )
    invitees.invite(occasion=workshop, by=coordinator)
    assert [one.name for one in workshop.bookings.all()] == ["Mona Still"], "to anything else only mentors of now"


@pytest.mark.requirement("B56")
def test_the_booklet_names_the_graduates_who_come_and_have_completed_in_their_order(
    client, ceremony, coordinator, graduates
):
    cora = ParticipantFactory(cohort=ceremony.cohort, participant__full_name="Cora Sesay")
    invitees.invite(occasion=ceremony, whom=[ForWhom.GRADUATES, ForWhom.MANAGERS], by=coordinator)
    for place in graduates:
        complete(place, by=coordinator)
    come("Amara Okeke", guests="Ada Okeke", said_as="uh-MAH-ra")
    come("Bola Ade")
    Occasion.objects.update(capacity=9)
    come("Cora Sesay")
    ceremonies.put_at(booking=of("Bola Ade"), number=1, by=coordinator)
    browser = with_second_factor(client, coordinator)
    booklet = browser.get(reverse("admin:cohorts_occasion_booklet", args=[ceremony.pk])).content
    read = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(booklet)).pages).split())
    assert read.index("Bola Ade") < read.index("Amara Okeke")
    assert "Graduation" in read
    for words in (str(cora.participant), "Ada Okeke", "uh-MAH-ra", graduates[0].manager):
        assert words not in read, "who has not completed, guests, and what is for staff"


def test_consent_to_photographs_is_withdrawn_by_the_link_after_the_ceremony(client, ceremony, coordinator):
    come("Amara Okeke")
    page = address_of(of("Amara Okeke"))
    assert "May we take photographs of you" in client.get(page).text
    Occasion.objects.update(starts_at="2020-01-01T10:00Z", ends_at="2020-01-01T12:00Z")
    assert "I no longer agree" in client.get(page).text
    assert client.post(page, {"wish": "no-photographs"}).status_code == 302
    assert of("Amara Okeke").photographs is False


@pytest.mark.requirement("B55", "R8")
def test_a_programme_says_how_long_after_it_consent_can_be_withdrawn(client, ceremony, coordinator):
    Programme.objects.update(photograph_days=200)
    booking = of("Amara Okeke")
    page = new_link(booking).split("/", 3)[3]
    link = TokenLink.objects.latest("pk")
    assert 199 <= (link.expires_at - booking.occasion.ends_at).days <= 201
    assert client.get(f"/{page}").status_code == 200


def test_staff_say_in_the_settings_of_a_programme_how_many_and_how_long(client, ceremony):
    provider = ceremony.programme.provider
    browser = with_second_factor(client, staff(RoleName.COORDINATOR, provider))
    shown = browser.get(reverse("admin:cohorts_programme_change", args=[ceremony.programme_id])).text
    for words in (
        "requests for coaching that one person",
        "days until an employer",
        "days in which an employer",
        "mentors at work that",
    ):
        assert words in shown.lower().replace("&#x27;", "’")
    assert "days after a graduation ceremony" in shown.lower()


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
