"""A participant goes on with another cohort: one place, with its days, fee and agreement, and the registers of both as they were."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import attendance, enrolments, transfers
from cohorts.models import Cohort, Enrolment, Session
from cohorts.progress import progress_of
from cohorts.progress.completion import standings
from cohorts.progress.dates import dates_of
from cohorts.states import Mark
from funding.models import FeeAgreement
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import (
    CohortFactory,
    ParticipantFactory,
    ProgrammeFactory,
    PublishedCohortFactory,
    RunningCohortFactory,
    SessionFactory,
    day,
)
from tests.factories.funding import AgreementFactory
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def old():
    return RunningCohortFactory()


@pytest.fixture
def new(old):
    return RunningCohortFactory(programme=old.programme, plan=old.plan, capacity=2, name="Autumn")


@pytest.fixture
def coordinator(old):
    return staff(provider=old.programme.provider)


@pytest.fixture
def person(old):
    return ParticipantFactory(cohort=old, peer_group=old.peer_groups.create(name="Avon"))


def meeting(cohort: Cohort, days_ago: int) -> Session:
    starts = timezone.make_aware(datetime.combine(day(-days_ago), time(0, 1)))
    ends = starts + timedelta(hours=3)
    return SessionFactory(cohort=cohort, starts_at=starts, ends_at=ends, days=Decimal("0.5"))


def in_register(session: Session) -> dict[int, str]:
    return {line.enrolment.pk: line.mark for line in attendance.register_of(session)}


def move(person: Enrolment, cohort: Cohort, by: Any, from_on: int = 0) -> Enrolment:
    return transfers.transfer(enrolment=person, cohort=cohort, from_on=day(from_on), by=by)


def test_days_and_registers_stay_and_what_comes_is_the_other_cohorts(old, new, person, coordinator):
    before, missed, there, coming = meeting(old, 20), meeting(old, 5), meeting(new, 5), meeting(new, 0)
    meeting(new, 20)
    attendance.mark(session=before, marks={person.pk: Mark.PRESENT}, by=coordinator)
    move(person, new, coordinator, -10)
    person.refresh_from_db()
    assert (person.cohort, person.peer_group) == (new, None)
    assert [date.session for date in dates_of(person)] == [before, there, coming]
    assert [in_register(session) for session in (missed, there)] == [{}, {person.pk: ""}]
    assert [standing.enrolment for standing in standings(new)] == [person]
    assert (list(standings(old)), progress_of(person).done) == ([], before.days)
    # The register of before is as it was, and can still be put right.
    assert in_register(before) == {person.pk: Mark.PRESENT}
    attendance.mark(session=before, marks={person.pk: Mark.ABSENT}, by=coordinator)
    assert progress_of(person).done == 0
    told = {message.kind: message.to for message in Message.objects.all()}
    assert told == {"cohorts.transferred": person.participant, "cohorts.manager_transferred": person.line_manager}
    move(person, old, coordinator)
    assert [in_register(session) for session in (missed, there, coming)] == [{}, {person.pk: ""}, {}]


def test_a_group_of_the_new_cohort_begins_with_it(old, new, person, coordinator):
    move(person, new, coordinator, -10)
    group = new.peer_groups.create(name="Red")
    with pytest.raises(NotPossible, match="joined on"):
        enrolments.place_in_group(enrolment=person, peer_group=group, from_on=day(-11), by=coordinator)
    enrolments.place_in_group(enrolment=person, peer_group=group, from_on=day(-10), by=coordinator)
    spans = [(span.cohort, span.peer_group and span.peer_group.name) for span in person.memberships.all()]
    assert spans == [(old, "Avon"), (new, "Red")]


def test_nobody_moves_where_they_cannot_be(old, new, person, coordinator):
    attendance.mark(session=meeting(old, 5), marks={person.pk: Mark.PRESENT}, by=coordinator)
    other_plan = RunningCohortFactory(programme=old.programme)
    elsewhere = RunningCohortFactory(programme=ProgrammeFactory(provider=old.programme.provider))
    for cohort, from_on, sentence in (
        (old, 0, "already"),
        (other_plan, 0, "another plan of days"),
        (elsewhere, 0, "another plan of days"),
        (new, 1, "in the future"),
        (new, -5, "so they go on after it"),
        (new, -400, "so they go on after it"),
    ):
        with pytest.raises(NotPossible, match=sentence), transaction.atomic():
            move(Enrolment.objects.get(pk=person.pk), cohort, coordinator, from_on)
    with pytest.raises(NotAllowed):
        move(person, RunningCohortFactory(), coordinator)
    with pytest.raises(NotAllowed):
        move(person, new, person.participant)
    AgreementFactory(person=person.participant, cohort=new)
    with pytest.raises(NotPossible, match="a fee of theirs for"), transaction.atomic():
        move(person, new, coordinator)
    FeeAgreement.objects.all().delete()
    twice = ParticipantFactory(cohort=new, participant=person.participant)
    with pytest.raises(NotPossible, match="already have, or had, a place on"), transaction.atomic():
        move(person, new, coordinator)
    enrolments.withdraw(enrolment=twice, reason="A new job.", by=coordinator)
    with pytest.raises(NotPossible, match="only while somebody is on the programme"), transaction.atomic():
        move(twice, old, coordinator)
    draft = PublishedCohortFactory(programme=old.programme, plan=old.plan)
    Cohort.objects.filter(pk=draft.pk).update(capacity=1)
    ParticipantFactory(cohort=draft)
    with pytest.raises(NotPossible, match="are taken"):
        move(person, draft, coordinator)
    with pytest.raises(IntegrityError, match="no place left"), transaction.atomic():
        Enrolment.objects.filter(pk=person.pk).update(cohort=draft)
    assert not person.memberships.exclude(cohort=old).exists()


def test_a_cohort_that_takes_nobody_is_not_offered(old, new, person, coordinator):
    assert list(transfers.cohorts_for(person)) == [new]
    draft = CohortFactory(programme=old.programme, plan=old.plan)
    assert draft not in transfers.cohorts_for(person)
    with pytest.raises(NotPossible, match="is not taking participants"):
        move(person, draft, coordinator)


def test_the_page_says_what_follows_and_the_fee_goes_along(old, new, person, coordinator, in_admin):
    agreement = AgreementFactory(person=person.participant, cohort=old, enrolment=person)
    url = reverse("admin:cohorts_enrolment_step", args=[person.pk, "transfer"])
    client = in_admin(coordinator)
    assert "2 places free" in client.get(url).text
    asked = {"filled": "yes", "cohort": new.pk, "from_on": day(-1).isoformat()}
    page = client.post(url, asked).text
    assert "They leave the peer group Avon" in page
    assert person.participant.email in page
    take_step(client, url, **asked)
    person.refresh_from_db()
    agreement.refresh_from_db()
    assert (person.cohort, agreement.cohort) == (new, new)
    shown = client.get(reverse("admin:cohorts_enrolment_change", args=[person.pk])).text
    assert "Moved to another cohort" in shown
