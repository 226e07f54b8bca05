"""A person has one day a day, over all parts of the programme and all their programmes."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial

import pgtrigger
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import attendance, placements
from cohorts.actions import days as ledger
from cohorts.models import DayEntry, Session
from cohorts.states import Mark
from mentoring.actions import sessions as mentoring
from mentoring.models import MentoringSession
from steppingup import clock
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory, day
from tests.factories.mentoring import confirmed_pair
from tests.racing import at_once

pytestmark = pytest.mark.django_db
HALF = Decimal("0.5")


@pytest.fixture
def person():
    return ParticipantFactory()


@pytest.fixture
def coordinator(person):
    return staff(provider=person.cohort.programme.provider)


@pytest.fixture
def placement(person, coordinator):
    return placements.set_placement(
        enrolment=person, host=OrganisationFactory(), kind="project", title="A front desk", by=coordinator
    )


def meeting(cohort, ago: int, begins: int = 9, hours: int = 7, days: Decimal | int = 1, **more) -> Session:
    starts = timezone.make_aware(datetime.combine(day(-ago), time(begins)))
    return SessionFactory(cohort=cohort, starts_at=starts, ends_at=starts + timedelta(hours=hours), days=days, **more)


def there(session, *people, by, given=Mark.PRESENT):
    return attendance.mark(session=session, marks={person.pk: given for person in people}, by=by)


def test_an_assignment_and_a_module_share_the_day(person, coordinator, placement):
    morning, whole = meeting(person.cohort, 5, 9, 3, HALF), meeting(person.cohort, 4)
    there(morning, person, by=coordinator)
    there(whole, person, by=coordinator)
    record = partial(placements.record_day, placement=placement, by=person.participant)
    for on, days, sentence in (
        (day(-4), HALF, "already has a whole day on .*: 1 day of Modules"),
        (day(-5), Decimal(1), "has only ½ day left"),
    ):
        with pytest.raises(NotPossible, match=sentence) as refused:
            record(on=on, days=days)
        assert (refused.value.code, refused.value.field) == ("day_full", "on")
    record(on=day(-5), days=HALF)
    there(whole, person, by=coordinator, given=Mark.PART)
    record(on=day(-4), days=HALF)
    with pytest.raises(NotPossible, match="only ½ day left"):
        there(whole, person, by=coordinator)


def test_a_date_with_a_session_waits_for_its_register(person, placement, coordinator):
    session = meeting(person.cohort, 3)
    record = partial(placements.record_day, placement=placement, on=day(-3), days=Decimal(1), by=person.participant)
    with pytest.raises(NotPossible, match="its register has not been taken yet"):
        record()
    there(session, person, by=coordinator, given=Mark.ABSENT)
    assert record().days == 1


def test_nobody_is_at_two_sessions_at_a_time(person, coordinator):
    other = ParticipantFactory(cohort=person.cohort)
    first = meeting(person.cohort, 3, 9, 3, HALF)
    overlapping, after = meeting(person.cohort, 3, 11, 3, HALF), meeting(person.cohort, 3, 14, 3, HALF)
    there(first, person, by=coordinator)
    with pytest.raises(NotPossible, match="two sessions at the same time") as refused:
        there(overlapping, person, other, by=coordinator)
    assert str(person.participant) in str(refused.value)
    assert str(other.participant) not in str(refused.value)
    there(overlapping, person, by=coordinator, given=Mark.ABSENT)
    there(after, person, by=coordinator)
    assert ledger.left_of(person, day(-3)) == 0


def test_a_day_is_one_over_two_cohorts_and_the_other_is_not_named(person, coordinator):
    elsewhere = ParticipantFactory(participant=person.participant)
    there(meeting(elsewhere.cohort, 3), elsewhere, by=staff(provider=elsewhere.cohort.programme.provider))
    with pytest.raises(NotPossible, match="at a session of another cohort"):
        there(meeting(person.cohort, 3), person, by=coordinator)
    with pytest.raises(NotPossible, match="a whole day on .*: a part on another programme"):
        there(meeting(person.cohort, 3, 18, 2), person, by=coordinator)


def test_what_was_chosen_in_a_register_that_is_refused_stays_on_the_page(person, coordinator, placement, in_admin):
    other = ParticipantFactory(cohort=person.cohort)
    placements.record_day(placement=placement, on=day(-3), days=Decimal(1), by=person.participant)
    session = meeting(person.cohort, 3)
    url = reverse("admin:cohorts_session_register", args=[session.pk])
    sent = {f"mark-{person.pk}": "present", f"mark-{other.pk}": "part"}
    page = in_admin(coordinator).post(url, sent)
    assert "already has a whole day" in page.text
    assert page.text.count(" checked") == 2
    assert not session.attendances.exists()


def test_a_session_counts_at_most_a_day(person, coordinator, in_admin):
    with pytest.raises(IntegrityError, match="at most one day"), transaction.atomic():
        meeting(person.cohort, 3, days=5)
    session = meeting(person.cohort, 3)
    with pgtrigger.ignore("cohorts.Session:at_most_a_day"):
        Session.objects.update(days=5)  # as it was possible before
    with pytest.raises(NotPossible, match="more than one day on one date"):
        there(session, person, by=coordinator)
    Session.objects.update(title="Renamed")  # and it can still be changed otherwise
    page = in_admin(coordinator).post(reverse("admin:cohorts_session_change", args=[session.pk]), {"days": "2"})
    assert "A session counts at most one day" in page.text


# -- minutes ---------------------------------------------------------------------------------------


def test_mentoring_on_a_full_day_needs_to_say_when(person, coordinator):
    pair = confirmed_pair(person)
    type(pair).objects.update(confirmed_at=timezone.now() - timedelta(days=30))
    there(meeting(person.cohort, 3), person, by=coordinator)
    meet = partial(mentoring.record, pair=pair, on=day(-3), mode="video", by=person.participant)
    with pytest.raises(ledger.DayFull, match="Say when you met") as refused:
        meet(minutes=60)
    assert (refused.value.field, MentoringSession.objects.count()) == ("beside", 0)
    meet(minutes=60, beside="In the evening")
    assert DayEntry.objects.get(component__kind="mentoring").beside == "In the evening"
    free = mentoring.record(pair=pair, on=day(-2), minutes=60, mode="video", by=person.participant, beside="At noon")
    assert ledger.entries_of(free).get().beside == ""  # it was not needed
    with pytest.raises(NotPossible, match="more than one day"):
        ledger.post(
            enrolment=person,
            component=person.cohort.plan.components.get(kind="mentoring"),
            days=Decimal("1.5"),
            on=day(-9),
            source=pair,
            beside="At night",
            by=coordinator,
        )


def test_however_long_two_talk_it_is_one_day(person):
    pair = confirmed_pair(person)
    session = mentoring.record(pair=pair, on=day(0), minutes=600, mode="video", by=person.participant)
    assert ledger.entries_of(session).get().days == 1


def test_the_page_asks_when_they_met_only_once_the_day_is_full(person, coordinator, client):
    pair = confirmed_pair(person)
    there(
        SessionFactory(cohort=person.cohort, starts_at=clock.local().replace(hour=0, minute=0, second=1)),
        person,
        by=coordinator,
    )
    url = reverse("mentoring:record", args=[person.pk])
    client.force_login(person.participant)
    assert "when did you meet?" not in client.get(url).text
    today = timezone.localdate()
    sent = {"on_0": today.day, "on_1": today.month, "on_2": today.year, "minutes": 60, "mode": "video"}
    page = client.post(url, sent)
    assert "Say when you met" in page.text
    assert "when did you meet?" in page.text
    client.post(url, {**sent, "ask": "beside", "beside": "After six"})
    assert pair.sessions.count() == 1


# -- the database ----------------------------------------------------------------------------------


def entry(person, days, component="modules", **more) -> DayEntry:
    found = person.cohort.plan.components.get(key=component)
    source = SessionFactory(cohort=person.cohort)
    return DayEntry.objects.create(enrolment=person, component=found, days=days, on=day(-1), source=source, **more)


def test_the_database_keeps_one_day_a_day(person):
    first = entry(person, HALF)
    entry(person, HALF, "stretch")
    with pytest.raises(IntegrityError, match="one day a day"), transaction.atomic():
        entry(person, Decimal("0.01"))
    entry(person, Decimal("0.2"), "mentoring", beside="In the evening")
    with pytest.raises(IntegrityError, match="recorded in minutes"), transaction.atomic():
        entry(person, Decimal("0.2"), beside="In the evening")
    ledger.reverse_all(source=first.source, by=staff())
    entry(person, HALF)


def test_what_was_recorded_before_stays_and_nothing_is_added_to_its_date(person, coordinator):
    with pgtrigger.ignore("cohorts.DayEntry:one_day_a_day"):
        old = [entry(person, 1), entry(person, 1, "stretch")]
    alone = DayEntry.objects.create(
        enrolment=person, component=old[0].component, days=1, on=day(-2), source=SessionFactory(cohort=person.cohort)
    )
    assert set(DayEntry.objects.of_more_than_a_day()) == set(old)
    with pytest.raises(NotPossible, match="already has a whole day"):
        ledger.post(
            enrolment=person, component=old[0].component, days=1, on=day(-1), source=coordinator, by=coordinator
        )
    ledger.reverse_all(source=old[1].source, by=coordinator)
    assert not DayEntry.objects.of_more_than_a_day().exists()
    assert alone in DayEntry.objects.standing()


@pytest.mark.django_db(transaction=True)
def test_two_who_fill_one_day_at_once_fill_it_once():
    person = ParticipantFactory()
    component, by = person.cohort.plan.components.first(), staff(provider=person.cohort.programme.provider)
    sources = SessionFactory.create_batch(4, cohort=person.cohort)
    post = partial(ledger.post, enrolment=person, component=component, days=HALF, on=day(-1), by=by)
    outcomes = at_once([partial(post, source=source) for source in sources])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DayEntry", "DayEntry", "DayFull", "DayFull"]
