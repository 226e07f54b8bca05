"""Events beside the programme: a date to be confirmed, places, a waiting list, and booking without an account (B25 to B27, B47)."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from applications.roles import RoleName
from cohorts.actions import bookings, invitees, occasions
from cohorts.models import Booking, Occasion
from cohorts.states.events import BookingStatus, ForWhom
from cohorts.wiring.events import _over
from steppingup import clock
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions.delivery import deliver_due
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import work_out_reminders
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import ParticipantFactory, ProgrammeFactory
from tests.factories.events import BookingFactory, OccasionFactory, address_of, booked, cancelled, link_of, opened
from tests.factories.mentoring import confirmed_pair
from tests.factories.review import arrived
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db
S = BookingStatus


@pytest.fixture
def programme():
    return ProgrammeFactory(is_published=True)


@pytest.fixture
def coordinator(programme):
    return staff(RoleName.COORDINATOR, programme.provider)


def page_of(occasion):
    return reverse("cohorts:occasion", args=[occasion.programme.path, occasion.pk])


def statuses(occasion):
    return list(occasion.bookings.order_by("pk").values_list("status", flat=True))


def again(occasion):
    return Occasion.objects.for_steps().get(pk=occasion.pk)


def entry(message):
    """What goes into a calendar: its method, and the event."""
    found = Calendar.from_ical(message.calendar)
    [event] = found.walk("VEVENT")
    return str(found["method"]), event


# -- by anybody, without an account --------------------------------------------------------------------


@pytest.mark.requirement("B25", "B26", "B27")
def test_a_visitor_books_changes_and_cancels_by_the_link_of_an_email(client, programme, coordinator):
    host = OrganisationFactory(name="Avon Museums")
    occasion = opened(coordinator, programme=programme, title="Meet the museum", host=host, has_meal=True)
    front = client.get(f"/programmes/{programme.path}/").text
    assert "Meet the museum" in front
    assert "Held by Avon Museums" in front
    page = page_of(occasion)
    assert "Enter your name." in client.post(page, {"email": "amara@example.org"}).text
    sent = client.post(page, {"name": "Amara Okafor", "email": "amara@example.org"}, follow=True).text
    assert "Nothing is booked yet" in sent
    booking = Booking.objects.get()
    assert (booking.status, booking.since) == (S.ASKED, None)
    deliver_due()
    link = next(word for word in mail.outbox[-1].body.split() if "/booking/" in word)
    assert TokenLink.objects.get().expires_at > occasion.ends_at
    own = link[link.index("/booking/") :]
    client.get(own)
    assert statuses(occasion) == [S.ASKED], "a scanner that opens links books nothing"
    said = {"name": "Amara Okafor", "organisation": "Harbour Housing", "diet": "Vegan", "access": "A hearing loop"}
    text = client.post(own, {**said, "wish": "come"}, follow=True).text
    assert "You have a place." in text
    booking.refresh_from_db()
    assert (booking.status, booking.diet, booking.access) == (S.BOOKED, "Vegan", "A hearing loop")
    assert client.get(f"{own}event.ics").headers["Content-Type"].startswith("text/calendar")
    client.post(own, {**said, "access": "Step-free", "wish": "change"}, follow=True)
    booking.refresh_from_db()
    assert booking.access == "Step-free"
    assert "Will you not come?" in client.get(f"{own}cancel/").text
    assert "Your booking is cancelled." in client.post(f"{own}cancel/", follow=True).text
    assert statuses(occasion) == [S.CANCELLED]
    assert client.get(f"{own}event.ics").status_code == 404
    client.post(own, {**said, "wish": "come"}, follow=True)
    assert statuses(occasion) == [S.BOOKED], "whoever changes their mind books again"
    said = [entry(message) for message in Message.objects.exclude(calendar="").order_by("pk")]
    assert [method for method, _ in said] == ["REQUEST", "CANCEL", "REQUEST"]
    versions = [int(event["sequence"]) for _, event in said]
    assert versions == sorted(set(versions)), "calendars take a later version alone"
    assert f"SEQUENCE:{versions[-1]}" in client.get(f"{own}event.ics").text
    assert client.get("/booking/nonsense/").status_code == 404


@pytest.mark.requirement("B25")
def test_a_date_that_is_to_be_confirmed_is_told_to_whoever_booked_or_asked_to_be_told(client, programme, coordinator):
    occasion = opened(coordinator, programme=programme, dated=False, expected="in December", venue="")
    assert "The date is to be confirmed: in December" in client.get(page_of(occasion)).text
    assert "The place is to be confirmed" in client.get(page_of(occasion)).text
    has_place, waits_to_hear, left = booked(occasion, name="Amara"), BookingFactory(occasion=occasion), booked(occasion)
    own = address_of(waits_to_hear)
    assert "Just tell me the date" in client.get(own).text
    client.post(own, {"name": "Ben", "wish": "told"}, follow=True)
    cancelled(left)
    assert statuses(occasion) == [S.BOOKED, S.TO_TELL, S.CANCELLED]
    assert Message.objects.exclude(calendar="").count() == 0, "nothing stands in a calendar without a date"
    browser = with_second_factor(client, coordinator)
    assert "event has no date yet" in browser.get("/admin/").text
    starts_at = (clock.now() + timedelta(days=30)).replace(second=0, microsecond=0)
    form = {
        "starts_at": timezone.localtime(starts_at).strftime("%Y-%m-%dT%H:%M"),
        "ends_at": timezone.localtime(starts_at + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "venue": "City Hall",
    }
    step = reverse("admin:cohorts_occasion_step", args=[occasion.pk, "say_when"])
    assert "Enter both times, or neither." in browser.post(step, {**form, "ends_at": "", "filled": "1"}).text
    take_step(browser, step, **form)
    told = Message.objects.filter(kind="cohorts.event_changed")
    assert {one.to_email for one in told} == {has_place.email, waits_to_hear.email}
    assert "The date is to be confirmed: in December" in told[0].text
    assert occasions.Occasion.objects.get().expected == ""
    method, event = entry(told.get(to_email=has_place.email))
    assert (method, event["dtstart"].dt) == ("REQUEST", starts_at)
    assert told.get(to_email=waits_to_hear.email).calendar == "", "who has no place has nothing in the calendar"
    with pytest.raises(NotPossible, match="The date is known"):
        bookings.be_told(booking=again_booking(left), by=LinkHolder(link_of(left)))


def again_booking(booking):
    return Booking.objects.for_steps().get(pk=booking.pk)


def test_the_page_says_the_same_to_every_address_and_nobody_is_showered_with_emails(client, programme, coordinator):
    occasion = opened(coordinator, programme=programme)
    known = booked(occasion, name="Amara", email="amara@example.org", access="A hearing loop")
    Message.objects.all().delete()
    answers = {
        client.post(page_of(occasion), {"name": "Mallory", "email": email}, follow=True).text.replace(email, "")
        for email in ("amara@example.org", "new@example.org")
    }
    assert len(answers) == 1
    known.refresh_from_db()
    assert (known.name, known.access) == ("Amara", "A hearing loop"), "what somebody else types changes nothing"
    assert "You have a place." in Message.objects.get(to_email="amara@example.org").text
    for _ in range(5):
        client.post(page_of(occasion), {"name": "Mallory", "email": "victim@example.org"})
    assert Message.objects.filter(to_email="victim@example.org").count() == 3
    with patch("cohorts.pages.events.ratelimit.consume", return_value=False):
        text = client.post(page_of(occasion), {"name": "Ben", "email": "ben@example.org"}).text
    assert "Too many people have booked from your network" in text


def test_what_is_being_prepared_or_by_invitation_is_on_no_public_page(client, programme, coordinator):
    draft = OccasionFactory(programme=programme, title="A secret plan")
    asked_only = opened(coordinator, programme=programme, title="Only for managers", for_whom=ForWhom.MANAGERS)
    hidden = opened(coordinator, programme=ProgrammeFactory(is_published=False, provider=programme.provider))
    front = client.get(f"/programmes/{programme.path}/").text
    assert "A secret plan" not in front
    assert "Only for managers" not in front
    for one in (draft, asked_only, hidden):
        assert client.get(page_of(one)).status_code == 404
    with pytest.raises(NotPossible, match="by invitation"):
        bookings.ask_to_book(occasion=again(asked_only), name="Ben", email="ben@example.org")
    with pytest.raises(NotPossible, match="not open for booking"):
        bookings.ask_to_book(occasion=again(draft), name="Ben", email="ben@example.org")


def test_what_has_begun_or_is_cancelled_is_not_booked(client, programme, coordinator):
    occasion = opened(coordinator, programme=programme)
    booking = booked(occasion)
    occasions.cancel(occasion=again(occasion), message="The speaker is ill.", by=coordinator)
    assert "has been cancelled" in client.get(page_of(occasion)).text
    told = Message.objects.get(kind="cohorts.event_cancelled")
    assert (told.to_email, entry(told)[0]) == (booking.email, "CANCEL")
    assert "The speaker is ill." in told.text
    with pytest.raises(NotPossible, match="has been cancelled"):
        bookings.ask_to_book(occasion=again(occasion), name="Ben", email="ben@example.org")
    with pytest.raises(NotPossible, match="has been cancelled"):
        occasions.say_when(occasion=again(occasion), venue="Elsewhere", by=coordinator)
    occasions.restore(occasion=again(occasion), by=coordinator)
    back = Message.objects.filter(kind="cohorts.event_changed").latest("pk")
    assert entry(back)[0] == "REQUEST"
    assert entry(back)[1]["sequence"] > entry(told)[1]["sequence"]
    assert entry(back)[1]["uid"] == entry(told)[1]["uid"]
    with patch("steppingup.clock.now", return_value=occasion.starts_at + timedelta(minutes=1)):
        assert "can no longer be booked" in client.get(page_of(occasion)).text
        with pytest.raises(NotPossible, match="has begun"):
            bookings.ask_to_book(occasion=again(occasion), name="Ben", email="ben@example.org")
    with patch("steppingup.clock.now", return_value=occasion.ends_at + timedelta(minutes=1)):
        by = LinkHolder(link_of(booking))
        assert "The event is over." in client.get(address_of(booking)).text
        for action, given_ in ((bookings.change, {"name": "X"}), (bookings.cancel, {})):
            with pytest.raises(NotPossible, match="is over"):
                action(booking=again_booking(booking), by=by, **given_)
        for action in (occasions.cancel, occasions.say_when, occasions.change_places):
            with pytest.raises(NotPossible, match="is over"):
                action(occasion=again(occasion), by=coordinator)


# -- invited -------------------------------------------------------------------------------------------


@pytest.mark.requirement("B47")
def test_those_whom_an_event_is_for_are_invited_once_and_book_by_their_link(client, programme, coordinator):
    amara = ParticipantFactory(cohort__programme=programme, participant__full_name="Amara Okafor")
    ParticipantFactory(cohort__programme=ProgrammeFactory(provider=programme.provider))
    workshop = opened(
        coordinator,
        programme=programme,
        cohort=amara.cohort,
        kind="workshop",
        title="Mentoring workshop",
        for_whom=ForWhom.PARTICIPANTS,
        led_by="Centre for Mentoring and Coaching",
    )
    browser = with_second_factor(client, coordinator)
    step = reverse("admin:cohorts_occasion_step", args=[workshop.pk, "invite"])
    take_step(browser, step, message="Bring a question.")
    told = Message.objects.get(kind="cohorts.event_invited")
    assert told.to_email == amara.participant.email
    assert "Bring a question." in told.text
    booking = Booking.objects.get()
    text = client.get(address_of(booking)).text
    assert "Centre for Mentoring and Coaching" in text
    client.post(address_of(booking), {"name": "Amara Okafor", "wish": "come"})
    assert statuses(workshop) == [S.BOOKED]
    with pytest.raises(NotPossible, match="has been invited already"):
        invitees.invite(occasion=again(workshop), by=coordinator)
    invitees.invite_person(occasion=again(workshop), name="Sol", email="sol@example.org", by=coordinator)
    with pytest.raises(NotPossible, match="has been invited or has booked"):
        invitees.invite_person(occasion=again(workshop), name="Sol", email="SOL@example.org", by=coordinator)
    anybody = opened(coordinator, programme=programme)
    with pytest.raises(NotPossible, match="we cannot know"):
        invitees.invite(occasion=again(anybody), by=coordinator)


def test_line_managers_applicants_and_mentors_are_found(programme, coordinator):
    pair = confirmed_pair()
    around = pair.enrolment.cohort
    mentors = OccasionFactory(programme=around.programme, cohort=around, for_whom=ForWhom.MENTORS)
    assert [one.email for one in invitees.to_invite(mentors)] == [pair.mentor.user.email]
    managers = OccasionFactory(programme=around.programme, cohort=around, for_whom=ForWhom.MANAGERS)
    expected = [pair.enrolment.manager_address] if pair.enrolment.manager_address else []
    assert [one.email for one in invitees.to_invite(managers)] == expected
    application = arrived(WindowFactory())
    applicants = OccasionFactory(programme=application.cohort.programme, for_whom=ForWhom.APPLICANTS)
    assert [one.email for one in invitees.to_invite(applicants)] == [application.applicant.email]


# -- the desk ------------------------------------------------------------------------------------------


def test_staff_add_an_event_book_for_whoever_rings_mark_who_came_and_export_what_people_need(
    client, programme, coordinator
):
    browser = with_second_factor(client, coordinator)
    add = reverse("admin:cohorts_occasion_add")
    form = {
        "programme": programme.pk,
        "kind": "briefing",
        "title": "Briefing",
        "text": "Come",
        "for_whom": "anybody",
        "venue": "City Hall",
        "capacity": "1",
    }
    june = f"1 June {timezone.localdate().year + 1}"
    wrong = browser.post(add, {**form, "starts_at_0": june, "starts_at_1": "10:00"}).text
    assert "Enter both times, or neither." in wrong
    ceremony = browser.post(add, {**form, "kind": "ceremony"}).text
    assert "A graduation ceremony is for graduates" in ceremony
    assert "It is there once the ceremony is added." in ceremony
    elsewhere = ParticipantFactory(cohort__programme__provider=programme.provider).cohort
    assert "Choose a cohort of this programme" in browser.post(add, {**form, "cohort": elsewhere.pk}).text
    times = {"starts_at_0": june, "starts_at_1": "10:00", "ends_at_0": june, "ends_at_1": "12:00"}
    assert browser.post(add, {**form, **times}).status_code == 302
    occasion = Occasion.objects.get()
    take_step(browser, reverse("admin:cohorts_occasion_step", args=[occasion.pk, "open_it"]))
    said = {"name": "Amara", "email": "amara@example.org", "organisation": "Harbour", "access": "A hearing loop"}
    take_step(browser, reverse("admin:cohorts_occasion_step", args=[occasion.pk, "book_for"]), **said)
    assert statuses(occasion) == [S.BOOKED]
    page = browser.get(reverse("admin:cohorts_occasion_change", args=[occasion.pk])).text
    assert "1 of 1" in page
    rows = browser.get(f"{reverse('admin:cohorts_booking_changelist')}?event={occasion.pk}").text
    assert "A hearing loop" in rows
    with pytest.raises(NotPossible, match="booked already"):
        bookings.book_for(occasion=again(occasion), name="A", email="amara@example.org", by=coordinator)
    booking = Booking.objects.for_steps().get()
    with pytest.raises(NotPossible, match="not begun"):
        bookings.mark_came(booking=booking, by=coordinator)
    with patch("steppingup.clock.now", return_value=occasion.starts_at + timedelta(minutes=5)):
        bookings.mark_came(booking=booking, by=coordinator)
        assert Booking.objects.get().came is True
        bookings.mark_missed(booking=booking, by=coordinator)
        assert Booking.objects.get().came is False
        with pytest.raises(NotPossible, match="no place"):
            bookings.mark_came(booking=BookingFactory(occasion=occasion), by=coordinator)


def test_a_date_that_cannot_be_or_is_no_other_is_refused(programme, coordinator):
    occasion = opened(coordinator, programme=programme)
    at, hour = occasion.starts_at, timedelta(hours=1)
    same = {"starts_at": at, "ends_at": occasion.ends_at, "venue": occasion.venue}
    for wrong, sentence in (
        ({"ends_at": None}, "both times, or neither"),
        ({"starts_at": None}, "both times, or neither"),
        ({"ends_at": at - hour}, "must end after it starts"),
        ({"starts_at": clock.now() - 2 * hour, "ends_at": clock.now() + hour}, "has passed"),
        ({}, "Nothing has changed"),
    ):
        with pytest.raises(NotPossible, match=sentence):
            occasions.say_when(occasion=again(occasion), by=coordinator, **{**same, **wrong})
    assert not Message.objects.exists()
    over = OccasionFactory(programme=programme, starts_at=at - timedelta(days=90))
    with pytest.raises(NotPossible, match="is over"):
        occasions.open_it(occasion=again(over), by=coordinator)


def test_only_whoever_holds_the_link_or_runs_it_may(programme, coordinator):
    occasion = opened(coordinator, programme=programme)
    booking, other = booked(occasion), booked(occasion)
    for action in (bookings.book, bookings.be_told, bookings.change, bookings.cancel):
        with pytest.raises(NotAllowed):
            action(booking=again_booking(booking), by=LinkHolder(link_of(other)))
    with pytest.raises(NotAllowed):
        bookings.cancel(booking=again_booking(booking), by=staff())


# -- by itself -----------------------------------------------------------------------------------------


def test_whoever_has_a_place_is_reminded_the_day_before(programme, coordinator):
    occasion = opened(coordinator, programme=programme, capacity=1)
    comes, _ = booked(occasion), booked(occasion)
    day_before = occasion.starts_at - timedelta(days=1)
    work_out_reminders(today=timezone.localdate(day_before) - timedelta(days=1))
    assert not Message.objects.filter(kind="cohorts.event_tomorrow").exists()
    for _ in range(2):
        work_out_reminders(today=timezone.localdate(day_before))
    assert [one.to_email for one in Message.objects.filter(kind="cohorts.event_tomorrow")] == [comes.email]


def test_who_never_confirmed_is_forgotten_after_a_fortnight_and_bookings_when_the_provider_says(programme, coordinator):
    occasion = opened(coordinator, programme=programme)
    kept = booked(occasion)
    invited = invitees.invite_person(occasion=again(occasion), name="Sol", email="sol@example.org", by=coordinator)
    bookings.ask_to_book(occasion=again(occasion), name="Ben", email="ben@example.org")
    assert bookings.forget_unconfirmed() == 0
    with patch("steppingup.clock.now", return_value=clock.now() + timedelta(days=15)):
        assert bookings.forget_unconfirmed() == 1
    assert set(occasion.bookings.all()) == {kept, invited}
    last = timezone.localdate(occasion.ends_at)
    assert not _over(programme.provider, last).exists()
    assert set(_over(programme.provider, last + timedelta(days=1))) == {kept, invited}
    undated = booked(opened(coordinator, programme=programme, dated=False))
    assert undated not in _over(programme.provider, clock.today() + timedelta(days=360))
    assert undated in _over(programme.provider, clock.today() + timedelta(days=370))


def test_an_invitation_arrives_as_a_part_that_calendars_read(programme, coordinator, smtp_server):
    occasion = opened(coordinator, programme=programme, title="Zoë’s briefing")
    booked(occasion, email="amara@example.org", name="Amara Okafor")
    deliver_due()
    [arrived] = smtp_server.to("amara@example.org")
    [part] = [one for one in arrived.walk() if one.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    event = Calendar.from_ical(part.get_payload(decode=True).decode()).walk("VEVENT")[0]
    assert str(event["summary"]).endswith("Zoë’s briefing")
    assert str(event["attendee"]) == "mailto:amara@example.org"
    assert event["dtstart"].dt == occasion.starts_at
    assert [one.get_filename() for one in arrived.iter_attachments()] == ["event.ics"]


def test_the_list_says_that_an_event_is_over_and_not_that_it_is_open(client, programme, coordinator):
    one, starts = opened(coordinator, programme=programme, title="Before"), timezone.now() - timedelta(days=9)
    Occasion.objects.filter(pk=one.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=2))
    with_second_factor(client, coordinator)
    page = client.get(reverse("admin:cohorts_occasion_changelist")).content.decode()
    assert "Over" in page
    assert "Open for booking" not in page.split("<tbody")[1].split("</table>")[0]
