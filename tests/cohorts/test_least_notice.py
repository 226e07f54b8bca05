"""How late a session may change: the programme's least notice, the reason said instead, dates that are to be confirmed, and the size of
a room."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from cohorts.actions import confirming, joint, sessions
from cohorts.actions.short_notice import is_short, notice_of
from cohorts.models import Cohort, Programme, Session
from cohorts.planning import checks
from cohorts.planning.checks import Meeting
from cohorts.progress.feeds import own_sessions
from steppingup import clock
from steppingup.calendars.writing import as_calendar
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import CohortFactory, ParticipantFactory, SessionFactory
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def participant():
    return ParticipantFactory()


@pytest.fixture
def coordinator(participant):
    return staff(provider=participant.cohort.programme.provider)


def ahead(days):
    return clock.now() + timedelta(days=days)


def session_in(participant, days, **more):
    starts = ahead(days)
    return SessionFactory(cohort=participant.cohort, starts_at=starts, ends_at=starts + timedelta(hours=2), **more)


def least(days):
    Programme.objects.update(session_notice=days)


def to(session, days, **more):
    starts = ahead(days)
    return {
        "session": fresh(session),
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=2),
        "venue": session.venue,
    } | more


def fresh(session):
    return Session.objects.for_steps().get(pk=session.pk)


def letters(kind, person):
    return [str(one.text) for one in Message.objects.filter(kind=f"cohorts.{kind}", to=person).order_by("pk")]


@pytest.mark.parametrize(("was", "becomes"), [(10, 60), (60, 10), (10, 11)])
def test_whoever_moves_a_session_late_says_why_and_everybody_reads_it(participant, coordinator, was, becomes):
    least(28)
    session = session_in(participant, was)
    with pytest.raises(NotPossible, match="28 days of notice. Say why it cannot wait") as refused:
        sessions.move(**to(session, becomes), by=coordinator)
    assert refused.value.field == "reason"
    sessions.move(**to(session, becomes, reason="The tutor is ill."), by=coordinator)
    assert "The reason: The tutor is ill." in letters("session_moved", participant.participant)[0]
    assert "The reason: The tutor is ill." in letters("managers_day_moved", participant.line_manager)[0]
    assert fresh(session).changed_because == "The tutor is ill."


def test_in_good_time_or_without_a_rule_nobody_need_say_why(participant, coordinator):
    session = session_in(participant, 10)
    sessions.move(**to(session, 60), by=coordinator)
    least(28)
    sessions.move(**to(session, 90), by=coordinator)
    assert not any("The reason" in text for text in letters("session_moved", participant.participant))


def test_another_room_at_the_same_time_needs_no_reason(participant, coordinator):
    least(28)
    session = session_in(participant, 3)
    sessions.move(
        **to(session, 3, venue="Library") | {"starts_at": session.starts_at, "ends_at": session.ends_at}, by=coordinator
    )
    assert fresh(session).venue == "Library"


def test_whoever_cancels_on_the_morning_says_why(client, in_admin, participant, coordinator):
    least(14)
    session = session_in(participant, 0.2)
    with pytest.raises(NotPossible, match="people are to have 14 days of notice"):
        sessions.cancel(session=session, by=coordinator)
    desk = in_admin(coordinator)
    page = reverse("admin:cohorts_session_step", args=[session.pk, "cancel"])
    shown = desk.post(page, {"reason": "", "filled": "yes"}).content.decode()
    assert "Say why it cannot wait" in shown
    take_step(desk, page, reason="The building has no water.")
    assert "The reason: The building has no water." in letters("session_cancelled", participant.participant)[0]
    client.force_login(participant.participant)
    calendar = client.get(reverse("cohorts:calendar", args=[participant.pk])).content.decode()
    assert "Why it was cancelled: The building has no water." in calendar


@given(least=st.integers(1, 365), was=st.integers(-400, 400), becomes=st.integers(-400, 400))
def test_the_notice_is_to_the_first_moment_that_is_still_to_come(least, was, becomes):
    """Whatever is over is neither moved late nor early."""
    cohort = Cohort(programme=Programme(session_notice=least))
    session = Session(cohort=cohort, starts_at=ahead(was) + timedelta(minutes=1))
    new = ahead(becomes) + timedelta(minutes=1)
    coming = [days for days in (was, becomes) if days >= 0]
    assert notice_of(session, new) == (
        (timezone.localdate(ahead(min(coming)) + timedelta(minutes=1)) - clock.today()).days if coming else -1
    )
    assert is_short(session, new) == bool(coming and notice_of(session, new) < least)
    session.to_be_confirmed = True
    assert not is_short(session, new)


def test_a_date_that_is_to_be_confirmed_says_so_until_everybody_is_told_that_it_holds(
    client, in_admin, participant, coordinator
):
    least(28)
    first, second = (session_in(participant, days, to_be_confirmed=True, title=f"Day {days}") for days in (5, 8))
    sessions.move(**to(first, 6), by=coordinator)  # nobody plans by it, so nobody need say why
    client.force_login(participant.participant)
    page = reverse("cohorts:calendar", args=[participant.pk])
    assert client.get(page).content.decode().count("To be confirmed") == 2
    events = Calendar.from_ical(as_calendar("Mine", own_sessions(participant.participant))).walk("VEVENT")
    assert {str(one["status"]) for one in events} == {"TENTATIVE"}
    assert all(str(one["summary"]).startswith("To be confirmed: ") for one in events)
    take_step(
        in_admin(coordinator), reverse("admin:cohorts_cohort_step", args=[participant.cohort_id, "confirm_dates"])
    )
    (told,) = letters("dates_confirmed", participant.participant)
    (manager,) = letters("managers_dates_confirmed", participant.line_manager)
    for one in (told, manager):
        assert "Day 5" in one
        assert "Day 8" in one
    assert not Session.objects.filter(to_be_confirmed=True).exists()
    events = Calendar.from_ical(as_calendar("Mine", own_sessions(participant.participant))).walk("VEVENT")
    assert {str(one["status"]) for one in events} == {"CONFIRMED"}
    with pytest.raises(NotPossible, match="No session of this cohort is to be confirmed"):
        confirming.confirm_dates(cohort=participant.cohort, by=coordinator)
    with pytest.raises(NotPossible, match="This session is confirmed"):
        confirming.confirm(session=fresh(second), by=coordinator)


def test_one_session_can_be_confirmed_alone_but_not_once_it_is_cancelled(participant, coordinator):
    session, other = (session_in(participant, days, to_be_confirmed=True) for days in (5, 8))
    confirming.confirm(session=fresh(session), by=coordinator)
    assert len(letters("dates_confirmed", participant.participant)) == 1
    assert fresh(other).to_be_confirmed
    sessions.cancel(session=fresh(other), by=coordinator)
    with pytest.raises(NotPossible, match="was cancelled"):
        confirming.confirm(session=fresh(other), by=coordinator)


def test_a_joint_day_is_confirmed_by_its_host_for_all(participant, coordinator):
    guest = ParticipantFactory()
    theirs = staff(provider=guest.cohort.programme.provider)
    session = session_in(participant, 40, to_be_confirmed=True)
    invitation = joint.invite_cohort(session=fresh(session), cohort=guest.cohort, message="Come.", by=coordinator)
    component = guest.cohort.plan.components.filter(recording="register").first()
    joint.accept(invitation=invitation, component=component, units=1, by=theirs)
    own = Session.objects.for_steps().get(joined_by=invitation)
    assert own.to_be_confirmed
    with pytest.raises(NotPossible, match="runs this joint day"):
        confirming.confirm(session=own, by=theirs)
    confirming.confirm(session=fresh(session), by=coordinator)
    assert not fresh(own).to_be_confirmed
    assert len(letters("dates_confirmed", guest.participant)) == 1
    sessions.move(**to(session, 60, venue="The Hall", seats=30), by=coordinator)
    assert (fresh(own).venue, fresh(own).seats) == ("The Hall", 30)


def test_dates_made_from_the_plan_can_be_to_be_confirmed(in_admin):
    cohort = CohortFactory()
    desk = in_admin(staff(provider=cohort.programme.provider))
    page = reverse("admin:cohorts_cohort_step", args=[cohort.pk, "draft_from_plan"])
    take_step(
        desk,
        page,
        first_on="2020-02-03",
        weeks_between=4,
        days_in_a_row=2,
        starts="09:30",
        ends="16:30",
        to_be_confirmed="on",
    )
    assert set(cohort.sessions.values_list("to_be_confirmed", flat=True)) == {True}


def test_a_room_that_is_too_small_is_said_before_a_session_goes_there(in_admin, participant, coordinator):
    for _ in range(2):
        ParticipantFactory(cohort=participant.cohort)
    Cohort.objects.update(starts_on=clock.today() - timedelta(days=30), ends_on=clock.today() + timedelta(days=300))
    session = session_in(participant, 40)
    where = (session.cohort, None, session.starts_at, session.ends_at, "The Snug")
    cohort = Cohort.objects.select_related("programme").get(pk=participant.cohort_id)
    said = checks.warnings(Meeting(cohort, *where[1:], session=session, seats=2))
    assert "The room holds 2 people, and 3 participants are expected." in said
    assert not any(
        "room holds" in one for one in checks.warnings(Meeting(cohort, *where[1:], session=session, seats=3))
    )
    desk = in_admin(coordinator)
    page = reverse("admin:cohorts_session_step", args=[session.pk, "move"])
    starts = timezone.localtime(ahead(50)).strftime("%Y-%m-%dT%H:%M")
    ends = timezone.localtime(ahead(50) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    shown = desk.post(
        page, {"starts_at": starts, "ends_at": ends, "venue": "The Snug", "seats": "1", "filled": "yes"}
    ).content.decode()
    assert "The room holds 1 person, and 3 participants are expected." in shown
