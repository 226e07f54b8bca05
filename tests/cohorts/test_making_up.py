"""What is agreed in place of a session that somebody missed, and what it counts."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from cohorts.actions import making_up, pausing
from cohorts.actions.attendance import mark
from cohorts.models import MakeUp, Session, SessionPart
from cohorts.progress import progress_of
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory, complete, day
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db
HALF = Decimal("0.5")


@pytest.fixture
def person():
    return ParticipantFactory()


@pytest.fixture
def coordinator(person):
    return staff(provider=person.cohort.programme.provider)


def held(person, ago=10, **more):
    found = SessionFactory(cohort=person.cohort, **more)
    starts = found.starts_at - timedelta(days=7 + ago)
    Session.objects.filter(pk=found.pk).update(starts_at=starts, ends_at=starts + timedelta(hours=7))
    found.refresh_from_db()
    return found


def agreed(person, session, coordinator, **more):
    given = {"kind": "work", "what": "A page on the reading", "due_on": day(20), "component": session.component, **more}
    return making_up.agree_make_up(enrolment=person, session=session, by=coordinator, **given)


@pytest.mark.parametrize(("given", "missing"), [("absent", 1), ("excused", 1), ("part", HALF), ("present", None)])
def test_what_is_missing_of_a_session_is_what_its_mark_did_not_bring(person, coordinator, given, missing):
    session = held(person)
    mark(session=session, marks={person.pk: given}, by=coordinator)
    expected = [] if missing is None else [(session, session.component, Decimal(missing))]
    assert making_up.missed_of(person) == expected


def test_a_session_in_a_pause_is_missed_and_one_that_was_cancelled_or_is_to_come_is_not(person, coordinator):
    other = ParticipantFactory(cohort=person.cohort)
    session, cancelled, coming = held(person), held(person, 12), SessionFactory(cohort=person.cohort)
    pausing.pause(enrolment=person, starts_on=day(-13), ends_on=day(-5), by=coordinator)
    for one in (session, cancelled):
        mark(session=one, marks={other.pk: "present"}, by=coordinator)
    Session.objects.filter(pk=cancelled.pk).update(cancelled_at=cancelled.starts_at)
    assert [found[0] for found in making_up.missed_of(person)] == [session]
    assert coming.pk


@pytest.mark.requirement("B4")
def test_what_was_agreed_counts_once_it_is_done_and_not_after_it_was_a_mistake(person, coordinator):
    session = held(person)
    mark(session=session, marks={person.pk: "absent"}, by=coordinator)
    made = agreed(person, session, coordinator)
    assert progress_of(person).counted == 0
    assert making_up.missed_of(person) == []
    making_up.record_made_up(make_up=made, on=day(-1), by=coordinator)
    assert progress_of(person).counted == 1
    with pytest.raises(NotPossible, match="done already"):
        making_up.record_made_up(make_up=made, by=coordinator)
    making_up.not_made_up(make_up=made, by=coordinator)
    assert progress_of(person).counted == 0
    with pytest.raises(NotPossible, match="not recorded"):
        making_up.not_made_up(make_up=made, by=coordinator)
    making_up.call_off_make_up(make_up=made, by=coordinator)
    with pytest.raises(NotPossible, match="called off"):
        making_up.record_made_up(make_up=made, by=coordinator)
    assert [found[0] for found in making_up.missed_of(person)] == [session]
    assert [one.kind for one in Message.objects.filter(kind__contains="make_up").order_by("pk")] == [
        "cohorts.make_up_agreed",
        "cohorts.make_up_done",
        "cohorts.make_up_called_off",
    ]


def test_each_part_of_a_session_is_made_up_by_itself(person, coordinator):
    peer = person.cohort.plan.components.get(key="peer")
    session = held(person, days=HALF)
    SessionPart.objects.create(session=session, component=peer, days=HALF)
    mark(session=session, marks={person.pk: "absent"}, by=coordinator)
    assert len(making_up.missed_of(person)) == 2
    making_up.record_made_up(make_up=agreed(person, session, coordinator, component=peer), by=coordinator)
    assert [(one[1], one[2]) for one in making_up.missed_of(person)] == [(session.component, HALF)]
    assert progress_of(person).like(peer).counted == HALF


def test_what_cannot_be_agreed_or_recorded(person, coordinator):
    session = held(person)
    with pytest.raises(NotPossible, match="missed nothing that is still open"):
        agreed(person, session, coordinator)
    mark(session=session, marks={person.pk: "absent"}, by=coordinator)
    peer = person.cohort.plan.components.get(key="peer")
    with pytest.raises(NotPossible, match="missed nothing of this session"):
        agreed(person, session, coordinator, component=peer)
    with pytest.raises(NotPossible, match="today or a later day"):
        agreed(person, session, coordinator, due_on=day(-1))
    made = agreed(person, session, coordinator)
    with pytest.raises(NotPossible, match="of that day or later"):
        making_up.record_made_up(make_up=made, on=day(-11), by=coordinator)
    themselves = staff(provider=person.cohort.programme.provider)
    MakeUp.objects.filter(pk=made.pk).update(enrolment=ParticipantFactory(cohort=person.cohort, participant=themselves))
    with pytest.raises(NotAllowed, match="agree with yourself"):
        making_up.record_made_up(make_up=MakeUp.objects.for_steps().get(), by=themselves)
    over = complete(person)
    with pytest.raises(NotPossible, match="nothing can be made up"):
        agreed(over, session, coordinator)
    MakeUp.objects.filter(pk=made.pk).update(enrolment=over)
    with pytest.raises(NotPossible, match="Completion has been recorded"):
        making_up.record_made_up(make_up=MakeUp.objects.for_steps().get(), by=coordinator)


def test_a_coordinator_agrees_it_on_the_desk_and_the_participant_reads_it(client, person, coordinator):
    session = held(person)
    mark(session=session, marks={person.pk: "absent"}, by=coordinator)
    with_second_factor(client, coordinator)
    url = reverse("admin:cohorts_enrolment_step", args=[person.pk, "agree_make_up"])
    given = {"missed": f"{session.pk}-{session.component_id}", "kind": "session", "what": "Module 1 in autumn"}
    due = day(30)
    answer = take_step(client, url, **given, due_on=due.isoformat())
    assert answer.status_code == 302
    client.force_login(person.participant)
    page = client.get(reverse("cohorts:days", args=[person.pk])).content.decode()
    assert "Module 1 in autumn" in page
    assert "You have missed" not in page
