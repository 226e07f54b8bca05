"""A session may count for two parts of the plan: a learning set on the second day of a module."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohorts.actions import attendance, plans, sessions
from cohorts.actions import days as ledger
from cohorts.models import Cohort, DayEntry, Plan, Session, SessionPart
from cohorts.planning.checks import Meeting, warnings
from cohorts.progress import progress_of
from cohorts.states import Mark, Unit
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import staff
from tests.factories.cohorts import CohortFactory, ParticipantFactory, PlanFactory, RunningCohortFactory, SessionFactory
from tests.staff import posted

pytestmark = pytest.mark.django_db
HALF, QUARTER = Decimal("0.5"), Decimal("0.25")


@pytest.fixture
def cohort() -> Cohort:
    return RunningCohortFactory()


@pytest.fixture
def by(cohort):
    return staff(provider=cohort.programme.provider)


def part(cohort: Cohort, key: str):
    return cohort.plan.components.get(key=key)


def held(cohort: Cohort, by, ago: int = 1, modules=HALF, peer=HALF, **more) -> Session:
    starts = timezone.now() - timedelta(days=ago)
    session = SessionFactory(cohort=cohort, component=part(cohort, "modules"), days=modules, starts_at=starts, **more)
    sessions.count_also_for(session=session, component=part(cohort, "peer"), days=peer, by=by)
    return session


def done(person) -> dict[str, Decimal]:
    return {one.component.key: one.done for one in progress_of(person).components if one.done}


@pytest.mark.requirement("B5", "B11")
def test_the_register_posts_each_part_and_a_correction_takes_back_both(cohort, by):
    person, session = ParticipantFactory(cohort=cohort), held(cohort, by)
    attendance.mark(session=session, marks={person.pk: Mark.PRESENT}, by=by)
    assert done(person) == {"modules": HALF, "peer": HALF}
    attendance.mark(session=session, marks={person.pk: Mark.PART}, by=by)
    assert done(person) == {"modules": QUARTER, "peer": QUARTER}
    attendance.mark(session=session, marks={person.pk: Mark.ABSENT}, by=by)
    assert done(person) == {}
    attendance.mark(session=session, marks={person.pk: Mark.PRESENT}, by=by)
    attendance.mark(session=session, marks={person.pk: Mark.PRESENT}, by=by)  # the same again
    assert done(person) == {"modules": HALF, "peer": HALF}


def test_all_of_it_is_booked_while_it_is_to_come_and_not_when_it_is_cancelled(cohort, by):
    person, session = ParticipantFactory(cohort=cohort), held(cohort, by, ago=-7)
    booked = {one.component.key: one.booked for one in progress_of(person).components if one.booked}
    assert booked == {"modules": HALF, "peer": HALF}
    assert ledger.waiting_on(person, timezone.localdate(session.starts_at)) == [session]
    assert ledger.free_of(person, timezone.localdate(session.starts_at)) == 0
    later = session.starts_at + timedelta(days=1)
    sessions.move(session=session, starts_at=later, ends_at=later + timedelta(hours=7), venue="Here", by=by)
    assert progress_of(person).booked == 1
    sessions.cancel(session=session, by=by)
    assert progress_of(person).booked == 0


def test_a_session_counts_at_most_a_day_with_all_its_parts(cohort, by):
    session = SessionFactory(cohort=cohort, component=part(cohort, "modules"), days=Decimal("0.75"))
    with pytest.raises(NotPossible, match=r"Together that is 1¼ days. A session counts at most one day"):
        sessions.count_also_for(session=session, component=part(cohort, "peer"), days=HALF, by=by)
    SessionPart.objects.create(session=session, component=part(cohort, "peer"), days=QUARTER)
    for act in (
        lambda: Session.objects.filter(pk=session.pk).update(days=1),
        lambda: SessionPart.objects.filter(session=session).update(days=HALF),
        lambda: SessionPart.objects.create(session=session, component=part(cohort, "stretch"), days=QUARTER),
    ):
        with pytest.raises(IntegrityError, match="at most one day"), transaction.atomic():
            act()


@pytest.mark.parametrize(
    ("key", "sentence"), [("modules", "for this part already"), ("stretch", "not a part of this cohort's plan")]
)
def test_the_second_part_is_another_one_that_has_sessions(cohort, by, key, sentence):
    session = SessionFactory(cohort=cohort, component=part(cohort, "modules"), days=HALF)
    with pytest.raises(NotPossible, match=sentence):
        sessions.count_also_for(session=session, component=part(cohort, key), days=HALF, by=by)


def test_what_was_posted_is_not_changed_under_the_register(cohort, by):
    person, session = ParticipantFactory(cohort=cohort), held(cohort, by)
    attendance.mark(session=session, marks={person.pk: Mark.PRESENT}, by=by)
    with pytest.raises(NotPossible, match="register of this session has been taken"):
        sessions.count_also_for(session=session, component=None, days=None, by=by)


def test_two_sessions_of_a_date_that_come_to_more_than_a_day_are_warned_of(cohort, by):
    session = held(cohort, by, ago=-3)
    more = Meeting(cohort, None, session.ends_at, session.ends_at + timedelta(hours=1), days=HALF)
    if timezone.localdate(session.ends_at) == timezone.localdate(session.starts_at):
        assert any("Together that is 1½ days" in sentence for sentence in warnings(more))


def test_a_part_that_is_held_within_other_sessions_gets_none_from_the_plan(cohort, by):
    from datetime import time

    from cohorts.planning import Pattern

    held(cohort, by, ago=-3)
    pattern = Pattern(timezone.localdate() + timedelta(days=10), 4, 2, time(9), time(16))
    assert sessions.drafts_for(cohort, pattern) == []


def test_both_parts_go_along_to_another_plan_or_its_next_version(by, cohort):
    coming = CohortFactory(programme=cohort.programme, plan=cohort.plan)
    session = SessionFactory(cohort=coming, component=part(coming, "modules"), days=HALF)
    sessions.count_also_for(session=session, component=part(coming, "peer"), days=HALF, by=by)
    ParticipantFactory(cohort=cohort)
    new, _ = plans.revise(plan=Plan.objects.get(pk=cohort.plan_id), by=by)
    assert session.parts.get().component == new.components.get(key="peer")
    bare = PlanFactory(programme=cohort.programme)
    bare.components.filter(key="peer").delete()
    coming.refresh_from_db()
    with pytest.raises(NotPossible, match="further parts of sessions name"):
        plans.follow(cohort=coming, plan=bare, by=by)
    other = PlanFactory(programme=cohort.programme)
    plans.follow(cohort=coming, plan=other, by=by)
    assert session.parts.get().component == other.components.get(key="peer")


def test_the_form_takes_two_parts_each_as_it_is_counted(in_admin, by):
    plan = PlanFactory()
    plan.components.create(
        key="talks", kind="module", title="Talks", unit=Unit.SESSIONS, minutes_each=120, most=4, order=8
    )
    cohort = RunningCohortFactory(programme=plan.programme, plan=plan)
    desk = in_admin(staff(provider=plan.programme.provider))
    session = SessionFactory(cohort=cohort, component=part(cohort, "modules"), days=1)
    address = reverse("admin:cohorts_session_change", args=[session.pk])
    data = posted(desk.get(address))
    assert (str(data["days"]), data["also"], data["also_days"]) == ("1", "", "")
    talks = str(part(cohort, "talks").pk)
    refused = desk.post(address, {**data, "also": talks, "also_days": "1"})
    assert "A session counts at most one day" in refused.text
    assert "Say both for which second part" in desk.post(address, {**data, "also": talks}).text
    assert desk.post(address, {**data, "days": "0.5", "also": talks, "also_days": "1"}).status_code == 302
    session.refresh_from_db()
    assert session.in_words == "½ day of Modules and 1 session of Talks"
    data = posted(desk.get(address))
    assert [str(data[name]) for name in ("days", "also", "also_days")] == ["0.5", talks, "1"]
    assert desk.post(address, {**data, "also": "", "also_days": ""}).status_code == 302
    assert not session.parts.exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 100), st.integers(0, 99), st.lists(st.sampled_from(list(Mark)), min_size=1, max_size=3)
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_marked_the_ledger_has_each_part_of_the_last_mark_once(cohort, by, rows):
    worth = {Mark.PRESENT: Decimal(1), Mark.PART: HALF}
    with transaction.atomic():
        person, expected = ParticipantFactory(cohort=cohort), {"modules": Decimal(0), "peer": Decimal(0)}
        for ago, (first, second, marks) in enumerate(rows, 1):
            first, second = Decimal(first) / 100, Decimal(min(second, 100 - first)) / 100
            session = SessionFactory(
                cohort=cohort,
                component=part(cohort, "modules"),
                days=first,
                starts_at=timezone.now() - timedelta(days=ago),
            )
            if second:
                sessions.count_also_for(session=session, component=part(cohort, "peer"), days=second, by=by)
            for mark in marks:
                attendance.mark(session=session, marks={person.pk: mark}, by=by)
            for key, days in (("modules", first), ("peer", second)):
                expected[key] += days * worth.get(marks[-1], Decimal(0))
        found = done(person)
        assert all(abs(found.get(key, 0) - days) <= Decimal("0.005") * len(rows) for key, days in expected.items())
        assert not DayEntry.objects.of_more_than_a_day().exists()
        transaction.set_rollback(True)
