"""Somebody who applies to two providers, takes part at a third and is a mentor at one of them: one account, and no provider
learns of the others."""

import pytest
from django.urls import reverse

from applications.actions import decisions
from applications.states import ApplicationStatus
from mentoring.models import Pair
from steppingup.accounts.models import User
from steppingup.messaging.models import Message
from tests.factories import applications as applying
from tests.factories import review
from tests.factories.accounts import UserFactory
from tests.factories.cohorts import ParticipantFactory
from tests.factories.mentoring import confirmed_pair, coordinator_of, mentor_for

pytestmark = pytest.mark.django_db


def called(record, name: str):
    """Under a name that is no part of another."""
    cohort = record.enrolment.cohort if isinstance(record, Pair) else record.cohort
    type(cohort).objects.filter(pk=cohort.pk).update(name=f"{name} cohort")
    type(cohort.programme).objects.filter(pk=cohort.programme_id).update(name=f"{name} programme")
    return type(record).objects.get(pk=record.pk)


@pytest.fixture
def person() -> User:
    return UserFactory(full_name="Ines Okoro", email="ines@example.org")


@pytest.fixture
def submitted(person):
    """At the first provider."""
    return called(review.arrived(review.window(), applicant=person, name="Ines Okoro"), "Alder")


@pytest.fixture
def begun(person):
    """At the second."""
    return called(applying.started(applying.WindowFactory(), person), "Birch")


@pytest.fixture
def pair(person):
    """A mentor at the third; their mentee is from somewhere else."""
    enrolment = ParticipantFactory(participant__full_name="Mia Mentee")
    return called(confirmed_pair(enrolment, mentor_for(enrolment, user=person)), "Cedar")


@pytest.fixture
def taking_part(person):
    return called(ParticipantFactory(participant=person), "Damson")


def test_one_sign_in_opens_all_that_somebody_is(client, person, submitted, begun, pair, taking_part):
    client.force_login(person)
    applications = client.get(reverse("applications:list")).text
    assert submitted.cohort.programme.name in applications
    assert begun.cohort.programme.name in applications
    assert client.get(reverse("cohorts:participant", args=[taking_part.pk])).status_code == 200
    mentees = client.get(reverse("mentoring:mentees")).text
    assert "Mia Mentee" in mentees
    home = client.get(reverse("home")).text
    assert reverse("mentoring:mentees") in home
    assert reverse("applications:list") in home


def test_each_provider_sees_its_own_part_of_somebody(in_admin, person, submitted, begun, pair, taking_part):
    """On their page, in the search, in the list of emails: nothing of what they are elsewhere."""
    first = review.coordinator(submitted.cohort.window)
    decisions.turn_down(application=submitted, reason="not_ready", by=first)
    parts = {
        submitted.cohort: (first, submitted.reference),
        pair.enrolment.cohort: (coordinator_of(pair.enrolment), "Mia Mentee"),
        taking_part.cohort: (coordinator_of(taking_part), "Damson cohort"),
    }
    names = {cohort: (cohort.programme.name, cohort.name, told) for cohort, (_, told) in parts.items()}
    names[begun.cohort] = (begun.cohort.programme.name, begun.cohort.name)
    for cohort, (coordinator, told) in parts.items():
        desk = in_admin(coordinator)
        page = desk.get(reverse("admin:accounts_user_change", args=[person.pk])).text
        found = desk.get(reverse("admin:search"), {"s": "Ines Okoro"}).text
        letters = desk.get(reverse("admin:messaging_message_changelist")).text
        assert told in page
        assert "Ines Okoro" in found
        for elsewhere in set(names) - {cohort}:
            for name in names[elsewhere]:
                assert name not in page + found + letters, (cohort, name)
    assert Message.objects.filter(to=person, provider=submitted.cohort.programme.provider).exists()


def test_a_decision_at_one_provider_changes_nothing_at_another(person, submitted, begun, pair, taking_part):
    decisions.turn_down(application=submitted, reason="not_ready", by=review.coordinator(submitted.cohort.window))
    for record in (begun, pair, taking_part):
        before = record.status
        record.refresh_from_db()
        assert record.status == before
    assert review.fresh(submitted).status == ApplicationStatus.TURNED_DOWN
