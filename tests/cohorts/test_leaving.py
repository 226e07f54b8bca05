"""When a participant leaves, whatever hangs on their place ends with it, and everybody concerned is told."""

import pytest
from django.urls import reverse

from cohorts.actions import enrolments
from mentoring.actions import matching
from mentoring.models import Pair
from mentoring.states import PairStatus
from modules.states import RegistrationStatus
from steppingup.messaging.models import Message
from steppingup.steps.taking import look_ahead, take
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory
from tests.factories.mentoring import confirmed_pair, mentor_for
from tests.factories.modules import placed, registered
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return ParticipantFactory()


@pytest.fixture
def coordinator(person):
    return staff(provider=person.cohort.programme.provider)


def test_what_is_said_afterwards_is_that_the_emails_wait(person, coordinator):
    taken = take(enrolments.withdraw, person, by=coordinator, values={"reason": "A new job."})
    assert taken.told > 1
    assert taken.sentence.endswith("people will be told in 10 minutes, unless you take it back by then.")


def test_mentoring_and_the_qualification_end_and_the_assignment_stays(person, coordinator):
    pair, registration, placement = confirmed_pair(person), registered(person), placed(person)
    Message.objects.all().delete()
    reason = {"reason": "A new job in Leeds."}
    previews = look_ahead(enrolments.withdraw, [person], by=coordinator, values=lambda person: reason).letters
    person.refresh_from_db()
    enrolments.withdraw(enrolment=person, reason="A new job in Leeds.", by=coordinator)
    for record in (pair, registration, placement):
        record.refresh_from_db()
    assert pair.status == PairStatus.ENDED
    assert registration.status == RegistrationStatus.WITHDRAWN
    assert placement.pk
    sent = list(Message.objects.all())
    assert sorted((m.to_email, m.subject) for m in sent) == sorted((p.to_email, p.subject) for p in previews)
    mentors = next(message for message in sent if message.to == pair.mentor.user)
    assert "no longer on the programme" in mentors.text
    assert "Leeds" not in mentors.text


def test_the_qualifications_of_those_who_stay_go_on(person, coordinator):
    own, others = registered(person), registered(ParticipantFactory(cohort=person.cohort))
    enrolments.withdraw(enrolment=person, reason="A new job.", by=coordinator)
    own.refresh_from_db()
    others.refresh_from_db()
    assert (own.status, others.status) == (RegistrationStatus.WITHDRAWN, RegistrationStatus.REGISTERED)
    assert not Message.objects.filter(kind="modules.withdrawn", to=others.enrolment.participant).exists()


def test_a_proposal_of_which_nobody_knew_is_dropped(person, coordinator):
    matching.pair_by_hand(enrolment=person, mentor=mentor_for(person), by=coordinator)
    enrolments.withdraw(enrolment=person, reason="A new job.", by=coordinator)
    assert Pair.objects.get().status == PairStatus.DROPPED
    assert not Message.objects.filter(kind__startswith="mentoring").exists()


def test_the_coordinator_reads_who_will_be_told_before_it_is_done(in_admin, person, coordinator):
    pair = confirmed_pair(person)
    client, address = in_admin(coordinator), reverse("admin:cohorts_enrolment_step", args=[person.pk, "withdraw"])
    shown = client.post(address, {"reason": "A new job.", "filled": "yes"})
    assert pair.mentor.user.full_name in shown.text
    person.refresh_from_db()
    assert person.withdrawn_at is None
    take_step(client, address, reason="A new job.")
    person.refresh_from_db()
    assert person.withdrawn_at
