"""The address that people’s own calendars read: exactly their dates, as they are at that moment."""

import random
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as project
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from pypdf import PdfReader

from applications.actions import interviews
from cohorts.actions import enrolments, sessions
from cohorts.models import Session, SessionPart
from steppingup.accounts.models import TokenLink
from steppingup.calendars.actions import end_address, make_address
from steppingup.calendars.events import events_of
from steppingup.calendars.writing import as_calendar
from steppingup.formats import english
from steppingup.messaging.actions.delivery import deliver_due
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories import review
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory
from tests.journeys.people import Person
from tests.plugins.browser import TELEPHONE

pytestmark = pytest.mark.django_db


@pytest.fixture
def amara():
    return ParticipantFactory(participant__full_name="Amara Okafor")


@pytest.fixture
def coordinator(amara):
    return staff(provider=amara.cohort.programme.provider)


HALF = Decimal("0.5")


def read(user) -> dict[str, dict]:
    """What a program reads at the person’s address, by UID."""
    answer = Client().get(reverse("calendar_feed", args=[make_address(by=user)]))
    assert answer.status_code == 200
    return parsed(answer.content)


def parsed(text: bytes) -> dict[str, dict]:
    rows: dict[str, dict] = {}
    for one in Calendar.from_ical(text).walk("VEVENT"):
        assert str(one["uid"]) not in rows, "a UID is there once"
        rows[str(one["uid"])] = {
            "sequence": int(one["sequence"]),
            "start": one["dtstart"].dt.astimezone(UTC).isoformat(),
            "end": one["dtend"].dt.astimezone(UTC).isoformat(),
            "title": str(one["summary"]),
            "place": str(one.get("location", "")),
            "status": str(one["status"]),
            "about": str(one.get("description", "")),
        }
    return rows


def moved(session, coordinator, **by):
    return sessions.move(
        session=session,
        starts_at=session.starts_at + timedelta(**by),
        ends_at=session.ends_at + timedelta(**by),
        venue=session.venue,
        by=coordinator,
    )


# -- what is in it ---------------------------------------------------------------------------------


def test_a_participant_finds_their_own_sessions_and_nobody_elses(amara):
    mine = SessionFactory(cohort=amara.cohort, title="Module 1, day 1", venue="City Hall", what_to_bring="A pen")
    SessionFactory(title="Somebody else’s")
    [one] = read(amara.participant).values()
    assert one["title"] == f"{amara.cohort.programme}: Module 1, day 1"
    assert one["start"] == mine.starts_at.astimezone(UTC).replace(microsecond=0).isoformat()
    assert one["place"] == "City Hall"
    assert "Please bring: A pen" in one["about"]
    assert read(UserFactory()) == {}


def test_a_session_that_moves_is_the_same_event_a_version_later(amara, coordinator):
    session = SessionFactory(cohort=amara.cohort)
    [(uid, before)] = read(amara.participant).items()
    moved(session, coordinator, days=1)
    [(same, after)] = read(amara.participant).items()
    assert same == uid
    assert after["sequence"] == before["sequence"] + 1
    assert datetime.fromisoformat(after["start"]) == datetime.fromisoformat(before["start"]) + timedelta(days=1)


def test_a_session_that_is_cancelled_says_so_and_comes_back_a_version_later(amara, coordinator):
    session = SessionFactory(cohort=amara.cohort, starts_at=timezone.now() + timedelta(days=20))
    sessions.cancel(session=session, by=coordinator)
    [one] = read(amara.participant).values()
    assert (one["status"], one["sequence"]) == ("CANCELLED", 1)
    assert one["title"].startswith("Cancelled: ")
    take_back(taking=Taking.objects.standing().latest("pk"), reason="The wrong one.", by=coordinator)
    [one] = read(amara.participant).values()
    assert (one["status"], one["sequence"]) == ("CONFIRMED", 2)


def test_the_version_does_not_rise_for_what_no_calendar_shows(amara):
    session = SessionFactory(cohort=amara.cohort)
    Session.objects.filter(pk=session.pk).update(needs_by=timezone.localdate(), sequence=70)
    assert Session.objects.get(pk=session.pk).sequence == 0


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Module 9"}, {"days": Decimal("0.5")}, {"venue": "Hall"}, {"online_link": "https://meet.example"},
        {"what_to_bring": "A pen"}, {"nights": 2}, {"lodging": "The Lodge"}, {"check_in": "from 2pm"}, {"check_out": "by 9am"},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_whatever_a_calendar_shows_makes_a_later_version(amara, change):
    session = SessionFactory(
        cohort=amara.cohort, nights=1, venue="Barn", lodging="Inn", check_in="from 3pm", check_out="by 10am"
    )
    [before] = read(amara.participant).values()
    Session.objects.filter(pk=session.pk).update(**change)
    [after] = read(amara.participant).values()
    assert {**after, "sequence": 0} != {**before, "sequence": 0}, "it is shown"
    assert after["sequence"] == before["sequence"] + 1


def test_a_session_that_counts_for_two_parts_says_both(amara):
    session = SessionFactory(cohort=amara.cohort, days=HALF)
    other = amara.cohort.plan.components.exclude(pk=session.component_id).first()
    SessionPart.objects.create(session=session, component=other, days=HALF)
    [one] = read(amara.participant).values()
    assert one["about"] == f"Counts {session.in_words}."
    assert str(other) in one["about"]


def test_whoever_leaves_keeps_what_was_and_reads_nothing_of_what_is_to_come(amara, coordinator):
    past = SessionFactory(cohort=amara.cohort, title="Before", starts_at=timezone.now() - timedelta(days=5))
    SessionFactory(cohort=amara.cohort, title="After")
    enrolments.withdraw(enrolment=amara, reason="A new job.", by=coordinator)
    assert [one["title"] for one in read(amara.participant).values()] == [f"{amara.cohort.programme}: {past}"]


@pytest.mark.requirement("B31")
def test_a_line_manager_reads_when_their_people_are_away_as_long_as_they_are_theirs(amara, coordinator):
    SessionFactory(cohort=amara.cohort, title="Before", starts_at=timezone.now() - timedelta(days=5))
    SessionFactory(cohort=amara.cohort, title="Module 2")
    manager, new = amara.line_manager, UserFactory()
    assert [one["title"] for one in read(manager).values()] == [f"Amara Okafor at {amara.cohort.programme}: Module 2"]
    enrolments.change_line_manager(enrolment=amara, name=str(new), email=new.email, by=coordinator)
    assert read(manager) == {}
    assert len(read(new)) == 1


def test_a_line_manager_who_is_invited_finds_the_day_once(amara, coordinator):
    other = ParticipantFactory(cohort=amara.cohort, line_manager=amara.line_manager)
    session = SessionFactory(cohort=amara.cohort, title="Presentations", open_to_managers=True)
    sessions.invite_managers(session=session, by=coordinator)
    titles = sorted(one["title"] for one in read(amara.line_manager).values())
    assert titles == sorted(
        [
            "You are invited: Presentations",
            *(f"{one.participant} at {amara.cohort.programme}: Presentations" for one in (amara, other)),
        ]
    )


def test_it_costs_the_same_for_one_session_and_for_thirty(amara):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            found = len(events_of(amara.participant)), len(events_of(amara.line_manager))
        return found, len(queries)

    SessionFactory(cohort=amara.cohort)
    one, few = cost()
    for number in range(29):
        SessionFactory(cohort=amara.cohort, starts_at=timezone.now() + timedelta(days=8 + number))
    thirty, many = cost()
    assert (one, thirty) == ((1, 1), (30, 30))
    assert few == many


# -- the address -----------------------------------------------------------------------------------


def test_the_address_is_shown_once_and_kept_nowhere(client, amara):
    client.force_login(amara.participant)
    page = reverse("calendar")
    assert "Get my address" in client.get(page).text
    assert not TokenLink.objects.filter(purpose="calendar").exists(), "looking makes none"
    answer = client.post(page, {"do": "make"})
    address = re.search(r'value="(http[^"]+\.ics)"', answer.text)[1]
    assert "no-store" in answer["Cache-Control"]
    link = TokenLink.objects.get(purpose="calendar")
    assert link.token_hash not in address
    assert link.email == "", "whose it is goes with the account"
    again = client.get(page).text
    assert address not in again
    assert "Make a new address" in again
    assert Client().get(address).status_code == 200
    assert Client().post(address).status_code == 405


def test_a_new_address_stops_the_one_before_and_so_does_stopping_it(client, amara):
    first, second = make_address(by=amara.participant), make_address(by=amara.participant)
    answers = {one: Client().get(reverse("calendar_feed", args=[one])).status_code for one in (first, second)}
    assert answers == {first: 404, second: 200}
    client.force_login(amara.participant)
    client.post(reverse("calendar"), {"do": "end"})
    assert Client().get(reverse("calendar_feed", args=[second])).status_code == 404
    assert not end_address(by=amara.participant), "twice is no mistake"


def test_whoever_has_nothing_to_come_still_finds_the_page_and_ends_the_address(client, amara):
    SessionFactory(cohort=amara.cohort, starts_at=timezone.now() - timedelta(days=5))
    client.force_login(amara.participant)
    assert f'href="{reverse("calendar")}"' in client.get(reverse("account_home")).text
    assert "There are no dates yet." in client.get(reverse("calendar")).text, "what is over is not to come"


def test_the_address_of_somebody_who_cannot_sign_in_any_more_answers_nothing(amara):
    raw = make_address(by=amara.participant)
    type(amara.participant).objects.filter(pk=amara.participant_id).update(is_active=False)
    assert Client().get(reverse("calendar_feed", args=[raw])).status_code == 404


def test_the_address_ends_after_two_years(amara, time_machine):
    raw = make_address(by=amara.participant)
    time_machine.move_to(timezone.localtime() + timedelta(days=732), tick=False)
    assert Client().get(reverse("calendar_feed", args=[raw])).status_code == 410


def test_another_link_is_no_address_of_a_calendar(amara):
    _, raw = TokenLink.issue(purpose="sign", target=amara.participant, email="", days=3)
    assert Client().get(reverse("calendar_feed", args=[raw])).status_code == 404


def test_the_file_has_the_same_dates_for_whoever_is_signed_in(client, amara):
    SessionFactory(cohort=amara.cohort)
    url = reverse("calendar_file")
    assert client.get(url).status_code == 302
    client.force_login(amara.participant)
    answer = client.get(url)
    assert answer["Content-Disposition"].endswith('.ics"')
    assert parsed(answer.content) == read(amara.participant)


# -- as two programs read it -------------------------------------------------------------------------

#: What ical.js makes of a calendar, as `parsed` does.
READ = """texts => texts.map(text => Object.fromEntries(
    new ICAL.Component(ICAL.parse(text)).getAllSubcomponents("vevent").map(part => { const one = new ICAL.Event(part); return [one.uid, {
        sequence: one.sequence, start: one.startDate.toJSDate().toISOString(), end: one.endDate.toJSDate().toISOString(),
        title: one.summary, place: one.location || "", status: part.getFirstPropertyValue("status"),
        about: one.description || "" }]; })))"""
#: Around the two nights on which the clocks change.
LONDON = ZoneInfo("Europe/London")
CHANGES = (datetime(2027, 3, 28, 9, 30, tzinfo=LONDON), datetime(2026, 10, 25, 9, 30, tzinfo=LONDON))
WORDS = ("City Hall; room 2", "Clifton, Bristol", "https://example.org/a?b=c,d", "Tŷ’r Ddinas “A”\\B", "")


def _wanders(rng: random.Random, session: Session, coordinator) -> None:
    """Moved, put elsewhere, cancelled, and taken back, in whatever order."""
    session.refresh_from_db()
    last = Taking.objects.standing().on(session).order_by("pk").last()
    if session.cancelled_at is not None:
        take_back(taking=last, reason="Back.", by=coordinator)
    elif rng.random() < 0.2:
        sessions.cancel(session=session, by=coordinator)
    else:
        shift = timedelta(days=rng.randint(-6, 6), minutes=rng.randint(-500, 500))
        starts, length = session.starts_at + shift, timedelta(minutes=rng.randint(30, 420))
        changed = {"venue": rng.choice(WORDS), "online_link": ""}
        sessions.move(session=session, starts_at=starts, ends_at=starts + length, by=coordinator, **changed)


@pytest.mark.journey
def test_two_programs_read_the_same_after_any_two_hundred_changes(page, in_september, amara, coordinator):
    """`icalendar` and `ical.js`, across both changes of the clocks: no UID twice, and the version never falls."""
    rng = random.Random(5)
    rows = [
        SessionFactory(cohort=amara.cohort, title=f"Day {n}, “one; two”", starts_at=start)
        for n, start in enumerate(CHANGES)
    ]
    texts, seen = [], {row.pk: 0 for row in rows}
    for _ in range(200):
        row = rng.choice(rows)
        before = seen[row.pk]
        _wanders(rng, row, coordinator)
        seen[row.pk] = Session.objects.get(pk=row.pk).sequence
        assert seen[row.pk] > before
        texts.append(as_calendar("Dates", events_of(amara.participant)).decode())
    page.goto("about:blank")
    page.add_script_tag(content=(project.BASE_DIR / "tests" / "data" / "ical.min.js").read_text(encoding="utf-8"))
    theirs = page.evaluate(READ, texts)
    for text, other in zip(texts, theirs, strict=True):
        ours = parsed(text.encode())
        assert len(ours) == len(rows)
        for one in (*other.values(),):
            one |= {name: datetime.fromisoformat(one[name]).isoformat() for name in ("start", "end")}
        assert ours == other


@pytest.mark.requirement("B24")
def test_an_applicant_finds_their_interview_and_what_becomes_of_it(client):
    window = review.window()
    by = staff(provider=window.cohort.programme.provider)
    interview = review.invited(window, by)
    who = interview.application.applicant
    [(uid, one)] = read(who).items()
    assert (one["status"], one["place"]) == ("CONFIRMED", "City Hall, room 3")
    assert "With Ada and Sol." in one["about"]
    client.force_login(who)
    page = client.get(reverse("applications:application", args=[interview.application_id])).text
    assert f'href="{reverse("calendar")}"' in page
    interviews.reschedule(
        application=interview.application, starts_at=interview.starts_at + timedelta(days=1), place="Room 4", by=by
    )
    assert (read(who)[uid]["place"], read(who)[uid]["sequence"]) == ("Room 4", one["sequence"] + 1)
    interviews.cancel(application=interview.application, by=by)
    assert read(who)[uid]["status"] == "CANCELLED"
    assert read(by) == read(UserFactory()) == {}


def test_the_dates_to_come_are_printed_for_the_participant_and_their_line_manager(client, amara):
    SessionFactory(cohort=amara.cohort, title="Over", starts_at=timezone.now() - timedelta(days=5))
    SessionFactory(cohort=amara.cohort, title="Called off", cancelled_at=timezone.now())
    session = SessionFactory(cohort=amara.cohort, title="Module 2", venue="City Hall")
    own, managed = (reverse(f"cohorts:{name}", args=[amara.pk]) for name in ("dates_pdf", "managed_dates_pdf"))
    for user, url, other in ((amara.participant, own, managed), (amara.line_manager, managed, own)):
        client.force_login(user)
        words = PdfReader(BytesIO(client.get(url).content)).pages[0].extract_text()
        for expected in ("Amara Okafor", "Module 2", "City Hall", str(amara.employer)):
            assert expected in " ".join(words.split())
        assert english.span(session.starts_at, session.ends_at)[:20] in " ".join(words.split())
        assert "Over" not in words
        assert "Called off" not in words
        assert client.get(other).status_code == 404


def test_nobody_is_written_to_for_an_address(amara):
    make_address(by=amara.participant)
    deliver_due()
    assert mail.outbox == []


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_a_participant_takes_their_dates_along_on_a_telephone(new_page, axe, screenshot):
    amara = ParticipantFactory(participant__email="amara@example.org")
    SessionFactory(cohort=amara.cohort, title="Module 2", venue="City Hall")
    person = Person(new_page(TELEPHONE), "amara@example.org", axe, screenshot)
    person.sign_in(f"/my-programme/{amara.pk}/calendar/")
    person.look("calendar-topic")
    person.follow("Have these dates in your own calendar")
    person.look("calendar-none")
    person.press("Get my address")
    person.look("calendar-made")
    address = person.page.get_by_label("Address of your calendar").input_value()
    assert [one["place"] for one in parsed(Client().get(address).content).values()] == ["City Hall"]
    person.go("/calendar/")
    person.look("calendar-has-one")
    person.press("Stop the address")
    person.reads("The address has stopped.")
    assert Client().get(address).status_code == 404
