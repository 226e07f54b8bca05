"""Sessions: from the plan, moved, cancelled, open to line managers; and their registers."""

import re
from datetime import date, time, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts import planning
from cohorts.actions import attendance, confirming, sessions
from cohorts.models import Attendance, Component, DayEntry, Session
from cohorts.planning import Pattern
from cohorts.progress import progress_of
from cohorts.states import ComponentKind, Mark, Recording
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message, ReminderRule
from steppingup.messaging.reminders import work_out_reminders
from tests.factories.accounts import staff
from tests.factories.cohorts import CohortFactory, ParticipantFactory, PlanFactory, SessionFactory, complete

pytestmark = pytest.mark.django_db

HALF = Decimal("0.5")
# 2020-02-03 is a Monday.
FOUR_WEEKLY = Pattern(date(2020, 2, 3), 4, 2, time(9, 30), time(16, 30))


@pytest.fixture
def participant():
    return ParticipantFactory()


@pytest.fixture
def coordinator(participant):
    return staff(provider=participant.cohort.programme.provider)


def bristol_plan(programme):
    plan = PlanFactory(programme=programme)
    plan.components.all().delete()
    rows = (
        ("modules", ComponentKind.MODULE, "Modules", 10, 5, 2),
        ("peer", ComponentKind.PEER, "Peer learning", 2, 4, HALF),
        ("stretch", ComponentKind.STRETCH, "Stretch assignment", 15, None, None),
    )
    for order, (key, kind, title, days, meetings, each) in enumerate(rows):
        Component.objects.create(
            plan=plan,
            key=key,
            kind=kind,
            title=title,
            most=days,
            meetings=meetings,
            days_each=each,
            order=order,
            in_groups=kind == ComponentKind.PEER,
            recording=Recording.HOST if kind == ComponentKind.STRETCH else Recording.REGISTER,
        )
    return plan


# -- from the plan -------------------------------------------------------------------------------


@pytest.mark.requirement("B5", "B11")
def test_five_modules_of_two_days_have_peer_half_days_in_the_four_gaps():
    cohort = CohortFactory()
    cohort.plan = bristol_plan(cohort.programme)
    cohort.save()
    coordinator = staff(provider=cohort.programme.provider)
    made = sessions.draft_from_plan(cohort=cohort, pattern=FOUR_WEEKLY, by=coordinator)
    titles = [session.title for session in made]
    assert titles[:4] == ["Module 1, day 1", "Module 1, day 2", "Peer learning 1", "Module 2, day 1"]
    assert titles[-1] == "Module 5, day 2"
    modules = [session for session in made if session.component.kind == ComponentKind.MODULE]
    peer = [session for session in made if session.component.kind == ComponentKind.PEER]
    assert [session.days for session in modules] == [1] * 10
    assert [session.days for session in peer] == [HALF] * 4
    for number, half_day in enumerate(peer):
        assert modules[2 * number + 1].starts_at < half_day.starts_at < modules[2 * number + 2].starts_at
    assert timezone.localtime(peer[0].ends_at).time() == time(13)
    with pytest.raises(NotPossible, match="already has some"):
        sessions.draft_from_plan(cohort=cohort, pattern=FOUR_WEEKLY, by=coordinator)


def test_each_peer_group_meets_and_single_days_make_modules_of_two():
    cohort = CohortFactory()  # two single module days, two peer half-days
    groups = [cohort.peer_groups.create(name=name) for name in ("Blue", "Green", "Red")]
    made = sessions.draft_from_plan(cohort=cohort, pattern=FOUR_WEEKLY, by=staff(provider=cohort.programme.provider))
    assert [s.title for s in made if s.peer_group is None] == ["Modules, day 1", "Modules, day 2"]
    assert {s.peer_group for s in made if s.component.kind == ComponentKind.PEER} == set(groups)
    assert len(made) == 2 + 2 * 3


@pytest.mark.parametrize("offset", range(7))
def test_no_session_falls_on_a_weekend_and_a_module_is_not_torn_apart_by_one(offset):
    cohort = CohortFactory()
    components = bristol_plan(cohort.programme).components.all()
    drafts = planning.propose(
        components, [], Pattern(date(2020, 2, 3) + timedelta(days=offset), 3, 2, time(9), time(16))
    )
    assert all(draft.starts_at.weekday() < 5 for draft in drafts)
    modules = [draft for draft in drafts if draft.component.kind == ComponentKind.MODULE]
    for first, second in zip(modules[::2], modules[1::2], strict=True):
        assert second.starts_at.date() - first.starts_at.date() == timedelta(days=1)


# -- moved, cancelled, open to managers ----------------------------------------------------------


def test_whoever_belongs_to_a_session_is_told_that_it_moved(participant, coordinator):
    group = participant.cohort.peer_groups.create(name="Red")
    outsider = ParticipantFactory(cohort=participant.cohort)
    participant.peer_group = group
    participant.save()
    session = SessionFactory(cohort=participant.cohort, peer_group=group, venue="City Hall")
    later = session.starts_at + timedelta(days=1)
    new = {"starts_at": later, "ends_at": later + timedelta(hours=3), "venue": "Library"}
    sessions.move(session=session, by=coordinator, **new)
    message = Message.objects.get(kind="cohorts.session_moved")
    assert message.to == participant.participant != outsider.participant
    assert "Library" in message.text
    assert "City Hall" in message.text
    with pytest.raises(NotPossible, match="Nothing has changed"):
        sessions.move(session=session, by=coordinator, **new)
    with pytest.raises(NotPossible, match="end after"):
        sessions.move(session=session, by=coordinator, **{**new, "ends_at": later})
    with pytest.raises(NotAllowed):
        sessions.move(session=session, by=participant.participant, **new)


def test_a_cancelled_session_is_told_once_and_counts_no_more(participant, coordinator):
    session = SessionFactory(cohort=participant.cohort)
    assert progress_of(participant).booked == 1
    sessions.cancel(session=session, by=coordinator)
    assert progress_of(participant).booked == 0
    assert Message.objects.filter(kind="cohorts.session_cancelled").count() == 1
    with pytest.raises(NotPossible, match="cancelled"):
        sessions.cancel(session=session, by=coordinator)


@pytest.mark.requirement("B30")
def test_line_managers_are_invited_to_a_session_that_is_open_to_them_and_once(participant, coordinator):
    colleague = ParticipantFactory(cohort=participant.cohort, line_manager=participant.line_manager)
    session = SessionFactory(cohort=participant.cohort)
    with pytest.raises(NotPossible, match="welcome"):
        sessions.invite_managers(session=session, by=coordinator)
    Session.objects.update(open_to_managers=True)
    session.refresh_from_db()
    sessions.invite_managers(session=session, by=coordinator)
    message = Message.objects.get(kind="cohorts.managers_invited")
    assert message.to == participant.line_manager
    assert all(str(person.participant) in message.text for person in (participant, colleague))
    assert reverse("cohorts:team") in message.text
    with pytest.raises(NotPossible, match="already"):
        sessions.invite_managers(session=session, by=coordinator)


@pytest.mark.requirement("B30")
def test_line_managers_who_were_invited_are_told_when_it_moves_or_is_cancelled(participant, coordinator):
    session = SessionFactory(cohort=participant.cohort, open_to_managers=True)
    sessions.invite_managers(session=session, by=coordinator)
    session.refresh_from_db()
    later = session.starts_at + timedelta(days=1)
    new = {"starts_at": later, "ends_at": later + timedelta(hours=3), "venue": "Library"}
    sessions.move(session=session, by=coordinator, **new)
    moved = {message.to for message in Message.objects.filter(kind__contains="session_moved")}
    sessions.cancel(session=session, by=coordinator)
    for kind in ("cohorts.managers_session_moved", "cohorts.managers_session_cancelled"):
        message = Message.objects.get(kind=kind)
        assert message.to == participant.line_manager
        assert reverse("cohorts:managed", args=[participant.pk]) in message.text
    assert moved == {participant.participant, participant.line_manager}


@pytest.mark.requirement("B30")
def test_line_managers_who_were_not_invited_hear_that_their_people_are_away_on_another_day(participant, coordinator):
    session = SessionFactory(cohort=participant.cohort, open_to_managers=True)
    later = session.starts_at + timedelta(days=1)
    new = {"starts_at": later, "ends_at": later + timedelta(hours=3), "venue": "Library"}
    sessions.move(session=session, by=coordinator, **new)
    sessions.cancel(session=session, by=coordinator)
    told = [(message.kind, message.to) for message in Message.objects.order_by("pk")]
    assert told == [
        ("cohorts.session_moved", participant.participant),
        ("cohorts.managers_day_moved", participant.line_manager),
        ("cohorts.session_cancelled", participant.participant),
        ("cohorts.managers_day_cancelled", participant.line_manager),
    ]
    moved = Message.objects.get(kind="cohorts.managers_day_moved")
    assert str(participant.participant) in moved.text
    assert "Library" in moved.text


# -- the register --------------------------------------------------------------------------------


@pytest.fixture
def todays(participant):
    return SessionFactory(cohort=participant.cohort, starts_at=timezone.now() - timedelta(hours=1))


@pytest.mark.requirement("B4", "B5")
def test_being_there_posts_the_sessions_days_and_half_of_it_posts_half(participant, todays, coordinator):
    other = ParticipantFactory(cohort=participant.cohort)
    attendance.mark(session=todays, marks={participant.pk: Mark.PRESENT, other.pk: Mark.PART}, by=coordinator)
    assert progress_of(participant).done == 1
    assert progress_of(other).done == HALF


def test_the_register_lists_everybody_by_name(participant, todays):
    for name in ("zoë Ash", "Bola Ade", "amara Okafor"):
        ParticipantFactory(cohort=participant.cohort, participant__full_name=name)
    participant.participant.full_name = "Yan Li"
    participant.participant.save()
    names = [str(line.enrolment.participant) for line in attendance.register_of(todays)]
    assert names == ["amara Okafor", "Bola Ade", "Yan Li", "zoë Ash"]


def test_saving_the_register_twice_changes_nothing_and_a_correction_posts_anew(participant, todays, coordinator):
    marks = {participant.pk: Mark.PRESENT}
    assert len(attendance.mark(session=todays, marks=marks, by=coordinator)) == 1
    assert attendance.mark(session=todays, marks=marks, by=coordinator) == []
    assert DayEntry.objects.count() == 1
    attendance.mark(session=todays, marks={participant.pk: Mark.EXCUSED}, by=coordinator)
    assert progress_of(participant).done == 0
    attendance.mark(session=todays, marks={participant.pk: Mark.PART}, by=coordinator)
    assert progress_of(participant).done == HALF
    assert [entry.days for entry in DayEntry.objects.order_by("sequence")] == [1, -1, HALF]
    assert Attendance.objects.get().mark == Mark.PART


def test_the_register_refuses_strangers_the_future_and_marks_that_do_not_exist(participant, todays, coordinator):
    marks = {participant.pk: Mark.PRESENT}
    with pytest.raises(NotPossible, match="no longer on the list"):
        attendance.mark(session=todays, marks={ParticipantFactory().pk: Mark.PRESENT}, by=coordinator)
    with pytest.raises(NotPossible, match="not taken place"):
        attendance.mark(session=SessionFactory(cohort=participant.cohort), marks=marks, by=coordinator)
    with pytest.raises(NotPossible, match="one of the marks"):
        attendance.mark(session=todays, marks={participant.pk: "perhaps"}, by=coordinator)
    with pytest.raises(NotAllowed):
        attendance.mark(session=todays, marks=marks, by=staff())
    assert not DayEntry.objects.exists()


def test_a_session_with_a_register_cannot_be_moved_or_cancelled(participant, todays, coordinator):
    attendance.mark(session=todays, marks={participant.pk: Mark.PRESENT}, by=coordinator)
    with pytest.raises(NotPossible, match="register"):
        sessions.cancel(session=todays, by=coordinator)


def test_the_register_page_marks_everybody_at_once(in_admin, participant, todays, coordinator):
    client = in_admin(coordinator)
    address = reverse("admin:cohorts_session_register", args=[todays.pk])
    page = client.get(address)
    assert page.status_code == 200
    assert str(participant.participant) in page.text
    for _ in range(2):  # a double click
        client.post(address, {f"mark-{participant.pk}": "present"})
    assert DayEntry.objects.count() == 1
    stranger = in_admin(staff())
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, {f"mark-{participant.pk}": "absent"}).status_code == 404


def marks_of(session):
    return {one.enrolment.participant.full_name: one.mark for one in Attendance.objects.filter(session=session)}


def test_one_press_marks_all_present_who_have_no_mark_and_no_exception(in_admin, participant, todays, coordinator):
    names = ("Ben", "Chidi", "Dalia", "Efe")
    ben, chidi, dalia, _ = (
        ParticipantFactory(cohort=participant.cohort, participant__full_name=name) for name in names
    )
    ParticipantFactory(cohort=participant.cohort, participant=coordinator)
    client = in_admin(coordinator)
    address = reverse("admin:cohorts_session_register", args=[todays.pk])
    page = client.get(address)
    assert "Everybody is here" in page.text
    # Meanwhile a colleague marks two of them; the page knows nothing of it, and has an exception of its own.
    attendance.mark(session=todays, marks={ben.pk: Mark.ABSENT, chidi.pk: Mark.EXCUSED}, by=coordinator)
    for code in (200, 302):  # what the colleague did is shown first; what was chosen stays
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        data = {name: unescape(value) for name, value in hidden}
        page = client.post(address, data | {"everybody": "present", f"mark-{dalia.pk}": "part"})
        assert page.status_code == code
    assert marks_of(todays) == {
        str(participant.participant): "present", "Ben": "absent", "Chidi": "excused", "Dalia": "part", "Efe": "present",
    }  # fmt: skip
    assert "Everybody" not in client.get(address).text, "only the coordinator is left, whom a colleague marks"


def test_enter_saves_the_register_and_marks_nobody_who_was_not_marked(in_admin, participant, todays, coordinator):
    ParticipantFactory(cohort=participant.cohort)
    page = in_admin(coordinator).get(reverse("admin:cohorts_session_register", args=[todays.pk])).text
    form = page[page.index("<main") if "<main" in page else 0 :]
    first = form[form.index('type="submit"', form.index("su-register")) - 60 :].partition(">")[0]
    assert 'name="everybody"' not in first


# -- reminders -----------------------------------------------------------------------------------


def test_a_week_and_a_day_before_a_session_its_participants_are_reminded_once(participant):
    group = participant.cohort.peer_groups.create(name="Red")
    ParticipantFactory(cohort=participant.cohort)  # of no group
    complete(ParticipantFactory(cohort=participant.cohort))
    participant.peer_group = group
    participant.save()
    session = SessionFactory(cohort=participant.cohort, peer_group=group)
    day = timezone.localdate(session.starts_at)
    for ahead, kind in ((7, "cohorts.session_reminder"), (1, "cohorts.session_tomorrow")):
        for _ in range(2):
            work_out_reminders(today=day - timedelta(days=ahead))
        assert [message.to for message in Message.objects.filter(kind=kind)] == [participant.participant]
    assert Message.objects.count() == 2


@pytest.mark.requirement("B5")
def test_a_reminder_of_a_date_that_is_to_be_confirmed_says_so_to_everybody_and_no_more_once_it_is(
    participant, coordinator
):
    session = SessionFactory(cohort=participant.cohort, open_to_managers=True, to_be_confirmed=True)
    day = timezone.localdate(session.starts_at)
    sessions.invite_managers(session=session, by=coordinator)
    for ahead in (7, 1):
        work_out_reminders(today=day - timedelta(days=ahead))
    for kind in ("managers_invited", "session_reminder", "session_tomorrow"):
        written = Message.objects.get(kind=f"cohorts.{kind}")
        assert "This date is not confirmed yet. Please keep it free all the same." in written.text
        assert "(to be confirmed)" in written.text
    later = session.starts_at + timedelta(days=1)
    sessions.move(session=session, starts_at=later, ends_at=later + timedelta(hours=2), venue="", by=coordinator)
    for kind in ("session_moved", "managers_session_moved"):
        assert "(to be confirmed)" in Message.objects.get(kind=f"cohorts.{kind}").subject
    confirming.confirm(session=session, by=coordinator)
    Message.objects.all().delete()
    work_out_reminders(today=timezone.localdate(later) - timedelta(days=7))
    assert "confirmed" not in Message.objects.get(kind="cohorts.session_reminder").text


def test_nobody_is_reminded_of_a_cancelled_session_and_no_week_ahead_on_the_eve(participant):
    SessionFactory(cohort=participant.cohort, cancelled_at=timezone.now())
    soon = SessionFactory(cohort=participant.cohort, starts_at=timezone.now() + timedelta(days=1))
    work_out_reminders(today=timezone.localdate(soon.starts_at) - timedelta(days=1))
    assert list(Message.objects.values_list("kind", flat=True)) == ["cohorts.session_tomorrow"]


def test_both_reminders_are_there_from_the_start_and_can_be_switched_off_one_by_one():
    rules = ReminderRule.objects.filter(kind__startswith="cohorts.session")
    assert sorted(rules.values_list("kind", "days")) == [("cohorts.session", 7), ("cohorts.session_tomorrow", 1)]
