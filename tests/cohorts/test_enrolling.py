"""Taking a place, giving it up, and the line manager."""

import hashlib
from collections import Counter
from functools import partial

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.db.models import ProtectedError
from django.forms.models import model_to_dict

from cohorts.actions import enrolments, placements
from cohorts.actions.agreements import sign
from cohorts.actions.arranging import arrange
from cohorts.actions.enrolments import NoPlaceLeft, enrol
from cohorts.models import Agreement, Enrolment, Placement, Signature
from cohorts.states import EnrolmentStatus
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import User
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.agreements import asked_by, signed
from tests.factories.cohorts import CohortFactory, ParticipantFactory, PublishedCohortFactory
from tests.racing import at_once

pytestmark = pytest.mark.django_db


def take_a_place(cohort, participant=None, **changes) -> Enrolment:
    participant = participant or UserFactory()
    values = {
        "cohort": cohort,
        "participant": participant,
        "employer": changes.pop("employer", None) or OrganisationFactory(),
        "line_manager_name": "Grace Hall",
        "line_manager_email": "Grace.Hall@example.org",
        "job_title": "Team leader",
        "by": participant,
    }
    return enrol(**{**values, **changes})


@pytest.mark.requirement("B2")
def test_a_participant_stays_with_their_employer_also_while_working_for_a_host():
    employer, host = OrganisationFactory(), OrganisationFactory()
    person = UserFactory(organisation=employer)
    enrolment = take_a_place(PublishedCohortFactory(), person, employer=employer)
    coordinator = staff(provider=enrolment.cohort.programme.provider)
    details = {"kind": Placement.Kind.PROJECT, "title": "A new front desk"}
    placements.set_placement(enrolment=enrolment, host=host, by=coordinator, **details)
    enrolment.refresh_from_db()
    person.refresh_from_db()
    assert enrolment.employer == person.organisation == employer
    assert enrolment.placements.get().host == host


@pytest.mark.requirement("N12", "B31")
def test_a_place_comes_with_the_agreement_as_signed_and_both_are_welcomed():
    cohort, person = PublishedCohortFactory(), UserFactory()
    asked_by(cohort, text="{{ participant }} takes part in {{ programme }}.")
    with pytest.raises(NotPossible, match="First this has to be signed: “Learning agreement”"):
        take_a_place(cohort, person)
    with pytest.raises(IntegrityError, match="has to be signed first"), transaction.atomic():
        Enrolment.objects.create(cohort=cohort, participant=person, employer=OrganisationFactory())
    (agreement,) = arrange(person=person, cohort=cohort, employer=None)
    sign(agreement=agreement, name="Amara  Ngozi Okafor", by=person)
    enrolment = take_a_place(cohort, person)
    signature = Signature.objects.get(agreement__enrolment=enrolment)
    assert signature.text == f"{person} takes part in {cohort.programme.name}."
    assert signature.digest == hashlib.sha256(signature.text.encode()).hexdigest()
    assert (signature.name, signature.email, signature.how) == ("Amara Ngozi Okafor", person.email, "account")
    assert enrolment.line_manager.email == "grace.hall@example.org"
    assert enrolment.line_manager.full_name == "Grace Hall"
    told = {message.kind: message for message in Message.objects.all()}
    assert told["cohorts.enrolled"].to == enrolment.participant
    assert told["cohorts.manager_welcome"].to_email == "grace.hall@example.org"
    assert "attendance" in told["cohorts.manager_welcome"].text


def test_a_signed_agreement_is_never_changed_or_removed():
    signature = signed(ParticipantFactory())
    for change in (
        lambda: Signature.objects.update(name="Somebody Else"),
        lambda: Signature.objects.all().delete(),
        lambda: Agreement.objects.all().delete(),
    ):
        with pytest.raises((InternalError, ProtectedError), match="(?i)cannot (update|delete)"), transaction.atomic():
            change()
    assert Signature.objects.get().name == signature.name


def test_a_hash_that_is_not_of_the_text_is_refused():
    given = model_to_dict(signed(ParticipantFactory()), exclude=["id", "agreement", "signed_by"])
    agreement = Agreement.objects.get()
    with pytest.raises(IntegrityError, match="not that of the text"), transaction.atomic():
        Signature.objects.create(**{**given, "agreement": agreement, "role": "employer", "text": "Another text."})


def test_nobody_takes_a_place_for_somebody_else():
    cohort = PublishedCohortFactory()
    with pytest.raises(NotAllowed):
        take_a_place(cohort, by=staff(provider=cohort.programme.provider))


def test_a_line_manager_with_an_account_keeps_it_and_is_never_the_participant():
    manager = UserFactory(email="grace.hall@example.org", full_name="Dame Grace Hall")
    enrolment = take_a_place(PublishedCohortFactory())
    assert enrolment.line_manager == manager
    manager.refresh_from_db()
    assert manager.full_name == "Dame Grace Hall"
    with pytest.raises(NotPossible, match="their own line manager"):
        take_a_place(PublishedCohortFactory(), manager)
    assert User.objects.filter(email__iexact="grace.hall@example.org").count() == 1


def test_a_line_managers_name_is_kept_as_far_as_there_is_room():
    nameless = UserFactory(email="jo@example.org", full_name="")
    enrolment = take_a_place(PublishedCohortFactory(), line_manager_name="n" * 151)
    assert enrolment.line_manager.full_name == "n" * 150
    other = take_a_place(PublishedCohortFactory(), line_manager_name="m" * 151, line_manager_email="jo@example.org")
    nameless.refresh_from_db()
    assert (nameless.full_name, other.manager) == ("", "m" * 150)


def test_a_cohort_in_preparation_takes_nobody_and_nobody_takes_two_places():
    with pytest.raises(NotPossible, match="not taking"):
        take_a_place(CohortFactory())
    enrolment = take_a_place(PublishedCohortFactory())
    with pytest.raises(NotPossible, match="already"):
        take_a_place(enrolment.cohort, enrolment.participant)


def test_a_full_cohort_says_so_and_the_database_counts_again():
    cohort = PublishedCohortFactory(capacity=1)
    first = take_a_place(cohort)
    with pytest.raises(NoPlaceLeft):
        take_a_place(cohort)
    with pytest.raises(IntegrityError, match="no place left"), transaction.atomic():
        ParticipantFactory(cohort=cohort)
    enrolments.withdraw(enrolment=first, reason="A new job", by=staff(provider=cohort.programme.provider))
    assert take_a_place(cohort).status == EnrolmentStatus.ENROLLED


@pytest.mark.django_db(transaction=True)
def test_twelve_people_race_for_three_places_and_three_get_one():
    cohort = PublishedCohortFactory(capacity=3)
    people, employer = UserFactory.create_batch(12), OrganisationFactory()
    outcomes = at_once([partial(take_a_place, cohort, person, employer=employer) for person in people])
    assert Counter(type(outcome) for outcome in outcomes) == {Enrolment: 3, NoPlaceLeft: 9}
    assert User.objects.filter(email="grace.hall@example.org").count() == 1


def test_whoever_leaves_and_their_line_manager_are_told_and_only_the_one_hears_why():
    cohort = PublishedCohortFactory()
    enrolment = take_a_place(cohort)
    coordinator = staff(provider=cohort.programme.provider)
    with pytest.raises(NotPossible, match="Say why"):
        enrolments.withdraw(enrolment=enrolment, reason=" ", by=coordinator)
    enrolments.withdraw(enrolment=enrolment, reason="Long illness", by=coordinator)
    told = {message.kind: message for message in Message.objects.all()}
    assert "Long illness" in told["cohorts.withdrawn"].text
    assert "Long illness" not in told["cohorts.manager_withdrawn"].text
    with pytest.raises(NotPossible):
        enrolments.withdraw(enrolment=enrolment, reason="Again", by=coordinator)


def test_the_coordinator_of_another_provider_can_do_nothing():
    enrolment = take_a_place(PublishedCohortFactory())
    stranger = staff()
    for act in (
        lambda: enrolments.withdraw(enrolment=enrolment, reason="No", by=stranger),
        lambda: enrolments.change_line_manager(enrolment=enrolment, name="A", email="a@example.org", by=stranger),
        lambda: enrolments.correct(enrolment=enrolment, job_title="No", by=stranger),
        lambda: enrolments.place_in_group(enrolment=enrolment, peer_group=None, by=stranger),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_new_line_manager_is_welcomed_and_the_one_before_sees_nothing_any_more():
    enrolment = take_a_place(PublishedCohortFactory())
    before = enrolment.line_manager
    coordinator = staff(provider=enrolment.cohort.programme.provider)
    enrolments.change_line_manager(enrolment=enrolment, name="Jo Lee", email="jo@example.org", by=coordinator)
    assert not before.managed_enrolments.exists()
    assert Message.objects.filter(kind="cohorts.manager_welcome", to_email="jo@example.org").count() == 1
