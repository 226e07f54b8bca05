"""From wishes and offers to pairs: proposed, changed by hand, confirmed, ended."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cohorts.actions import enrolments
from cohorts.actions.placements import part_of
from cohorts.models import Cohort, Placement
from cohorts.states import ENROLMENT
from mentoring.actions import matching, mentors
from mentoring.matching import pool
from mentoring.matching.pairing import Weights
from mentoring.models import MatchingWeights, Mentor, Pair
from mentoring.states import PAIR, PairStatus
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs import actions as jobs
from steppingup.jobs.states import JobStatus
from steppingup.messaging.models import Message
from steppingup.steps.taking import look_ahead
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import CohortFactory, ParticipantFactory, RunningCohortFactory
from tests.factories.mentoring import (
    MentorFactory,
    ThemeFactory,
    confirmed_pair,
    coordinator_of,
    mentor_for,
    wish_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return RunningCohortFactory()


@pytest.fixture
def coordinator(cohort):
    return staff(provider=cohort.programme.provider)


def proposals(cohort):
    return {(pair.enrolment_id, pair.mentor_id) for pair in Pair.objects.proposed().filter(enrolment__cohort=cohort)}


@pytest.mark.requirement("B13", "L8")
def test_one_click_proposes_the_pairs_that_share_most(cohort, coordinator):
    change, money = (ThemeFactory(programme=cohort.programme, name=name) for name in ("Change", "Money"))
    ben, cy = ParticipantFactory.create_batch(2, cohort=cohort)
    wish_of(ben, change, area="Bedminster")
    wish_of(cy, money)
    ann, dee = mentor_for(ben, area="bedminster, Clifton"), mentor_for(ben)
    dee.themes.set([money])
    ann.themes.set([change])
    job = matching.propose(cohort=cohort, by=coordinator)
    assert matching.propose(cohort=cohort, by=coordinator) == job
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert job.status == JobStatus.DONE
    assert job.label == "2 pairs proposed."
    assert job.result_url == f"/admin/mentoring/pair/match/{cohort.pk}/"
    assert proposals(cohort) == {(ben.pk, ann.pk), (cy.pk, dee.pk)}
    pair = Pair.objects.get(enrolment=ben)
    assert (pair.score, pair.reason) == (15, "Both named “Change”; both can meet in bedminster.")
    assert not Message.objects.exists()


@pytest.mark.requirement("B13")
def test_nobody_is_proposed_their_own_organisation_its_parent_or_subsidiary(cohort, coordinator):
    trust = OrganisationFactory(name="Avon Trust")
    hospital, ward = OrganisationFactory(parent=trust), None
    ward = OrganisationFactory(parent=hospital)
    ben = ParticipantFactory(cohort=cohort, employer=hospital)
    for home in (trust, hospital, ward):
        mentor_for(ben, organisation=home)
    run = matching.work_out(cohort=cohort, by=coordinator)
    assert proposals(cohort) == set()
    assert run.unmatched[0]["enrolment"] == ben.pk
    assert "works there" in run.unmatched[0]["reason"]
    other = mentor_for(ben)
    matching.work_out(cohort=cohort, by=coordinator)
    assert proposals(cohort) == {(ben.pk, other.pk)}


def test_neither_oneself_nor_the_line_manager_nor_an_ended_pair_is_proposed(cohort, coordinator):
    before = confirmed_pair(ParticipantFactory(cohort=cohort))
    ben = before.enrolment
    matching.end(pair=before, reason="They moved away.", by=coordinator)
    mentor_for(ben, user=ben.participant)
    mentor_for(ben, user=ben.line_manager)
    run = matching.work_out(cohort=cohort, by=coordinator)
    assert proposals(cohort) == set()
    assert "cannot be their mentor" in run.unmatched[0]["reason"]


def test_matching_again_keeps_confirmed_pairs_and_replaces_proposals(cohort, coordinator):
    ben, cy = ParticipantFactory.create_batch(2, cohort=cohort)
    ann = mentor_for(ben)
    kept = confirmed_pair(ben, ann)
    matching.work_out(cohort=cohort, by=coordinator)
    assert proposals(cohort) == set()  # Ann's one place is taken
    dee = mentor_for(cy)
    matching.work_out(cohort=cohort, by=coordinator)
    matching.work_out(cohort=cohort, by=SYSTEM)
    assert proposals(cohort) == {(cy.pk, dee.pk)}
    kept.refresh_from_db()
    assert kept.status == PairStatus.CONFIRMED
    assert Pair.objects.filter(enrolment=cy, status=PairStatus.DROPPED).count() == 1


def test_matching_works_without_mentors_and_without_participants(cohort, coordinator):
    assert matching.work_out(cohort=cohort, by=coordinator).unmatched == []
    ParticipantFactory(cohort=cohort)
    assert matching.work_out(cohort=cohort, by=coordinator).unmatched[0]["reason"] == "No mentor has a free place."


def test_places_taken_in_another_cohort_count(cohort, coordinator):
    ben = ParticipantFactory(cohort=cohort)
    ann = mentor_for(ben)
    other = Cohort.objects.get(pk=RunningCohortFactory(programme=cohort.programme, plan=cohort.plan).pk)
    confirmed_pair(ParticipantFactory(cohort=other), ann)
    matching.work_out(cohort=cohort, by=coordinator)
    assert proposals(cohort) == set()


def test_matching_one_cohort_leaves_the_proposals_of_another(cohort, coordinator):
    other = Cohort.objects.get(pk=RunningCohortFactory(programme=cohort.programme, plan=cohort.plan).pk)
    there = ParticipantFactory(cohort=other)
    mentor_for(there)
    matching.work_out(cohort=other, by=SYSTEM)
    before = proposals(other)
    matching.work_out(cohort=cohort, by=coordinator)
    assert proposals(other) == before != set()


def test_a_place_is_free_again_when_the_participant_has_left(cohort, coordinator):
    pair = confirmed_pair(ParticipantFactory(cohort=cohort))
    enrolments.withdraw(enrolment=pair.enrolment, reason="A new job.", by=SYSTEM)
    assert Mentor.objects.with_places().get(pk=pair.mentor_id).places_free == 1


def test_a_coordinator_moves_a_proposal_within_the_rules(cohort, coordinator):
    ben = ParticipantFactory(cohort=cohort)
    ann, dee = mentor_for(ben), mentor_for(ben)
    own, full, away = mentor_for(ben, organisation=ben.employer), mentor_for(ben, capacity=0), mentor_for(ben)
    mentors.change(mentor=away, by=coordinator, is_available=False)
    pair = matching.pair_by_hand(enrolment=ben, mentor=ann, by=coordinator)
    for mentor, sentence in (
        (own, "from another organisation"),
        (full, "has no free place: 0 of 0"),
        (away, "cannot take anybody on"),
        (ann, "is already the mentor in this proposal"),
        (MentorFactory(), "mentor on another programme"),
    ):
        with pytest.raises(NotPossible, match=sentence):
            matching.move(pair=pair, mentor=mentor, by=coordinator)
    assert proposals(cohort) == {(ben.pk, ann.pk)}
    moved = matching.move(pair=pair, mentor=dee, by=coordinator)
    assert proposals(cohort) == {(ben.pk, dee.pk)}
    assert moved.reason.startswith("Chosen by hand. ")
    with pytest.raises(NotPossible, match="is already paired with"):
        matching.pair_by_hand(enrolment=ben, mentor=ann, by=coordinator)


def test_mentors_are_offered_by_points_then_by_how_many_they_have_then_by_name(cohort):
    ben = ParticipantFactory(cohort=cohort)
    theme = ThemeFactory(programme=cohort.programme)
    wish_of(ben, theme)
    for name in ("Busy", "Zed", "Abe", "Wise"):
        made = mentor_for(ben, user=UserFactory(full_name=name), capacity=2)
        if name == "Busy":
            confirmed_pair(ParticipantFactory(cohort=cohort), made)
        if name == "Wise":
            made.themes.set([theme])
    assert [choice.offer.name for choice in pool.choices_for(ben)] == ["Wise", "Abe", "Zed", "Busy"]


def test_pairs_are_weighed_as_their_own_programme_says(cohort, coordinator):
    ben = ParticipantFactory(cohort=cohort)
    theme = ThemeFactory(programme=cohort.programme)
    wish_of(ben, theme, area="Redland")
    mentor_for(ben, area="Redland").themes.set([theme])
    MatchingWeights.objects.create(programme=RunningCohortFactory().programme, theme_points=90, area_points=9)
    assert pool.weights_of(cohort.programme) == Weights(10, 5)
    MatchingWeights.objects.create(programme=cohort.programme, theme_points=3, area_points=1)
    assert pool.weights_of(cohort.programme) == pool.weights_of(cohort.programme_id) == Weights(3, 1)
    matching.work_out(cohort=cohort, by=coordinator)
    assert Pair.objects.get(enrolment=ben).score == 4


def test_both_are_told_when_a_pair_is_confirmed_and_when_it_ends(cohort, coordinator):
    ben = ParticipantFactory(cohort=cohort, job_title="Team leader")
    theme = ThemeFactory(programme=cohort.programme, name="Leading change")
    wish_of(ben, theme)
    pair = matching.pair_by_hand(enrolment=ben, mentor=mentor_for(ben), by=coordinator)
    ahead = look_ahead(matching.confirm, [pair], by=coordinator, values=lambda pair: {})
    assert [letter.told for letter in ahead.letters] == ["The participant", "The mentor"]
    assert not Message.objects.exists()
    matching.confirm(pair=pair, by=coordinator)
    letters = {message.to_id: message.text for message in Message.objects.all()}
    assert set(letters) == {ben.participant_id, pair.mentor.user_id}
    assert pair.mentor.user.email in letters[ben.participant_id]
    assert "Leading change" in letters[pair.mentor.user_id]
    assert ben.participant.email in letters[pair.mentor.user_id]
    with pytest.raises(NotPossible):
        matching.confirm(pair=pair, by=coordinator)
    with pytest.raises(NotPossible, match="Say why"):
        matching.end(pair=pair, reason=" ", by=coordinator)
    Message.objects.all().delete()
    matching.end(pair=pair, reason="Their diaries never met.", by=coordinator)
    assert Message.objects.count() == 2
    assert all("Their diaries never met." in message.text for message in Message.objects.all())


def test_the_proposal_of_somebody_who_has_left_is_not_confirmed(cohort, coordinator):
    cy = ParticipantFactory(cohort=cohort)
    pair = matching.pair_by_hand(enrolment=cy, mentor=mentor_for(cy), by=coordinator)
    ENROLMENT.move(cy, "withdraw", withdrawn_at=timezone.now(), withdrawal_reason="A new job.")  # at the same moment
    with pytest.raises(NotPossible, match="no longer on the programme"):
        matching.confirm(pair=pair, by=coordinator)
    assert not Pair.objects.confirmed().exists()


def test_only_those_who_run_the_mentoring_of_this_cohort_may(cohort, coordinator):
    ben = ParticipantFactory(cohort=cohort)
    mentor = mentor_for(ben)
    pair = matching.pair_by_hand(enrolment=ben, mentor=mentor, by=coordinator)
    limited = staff(provider=cohort.programme.provider)
    CohortFactory(programme=cohort.programme, plan=cohort.plan).limited_roles.set(limited.role_assignments.all())
    for stranger in (UserFactory(), staff(), staff("finance", cohort.programme.provider), limited, ben.participant):
        for forbidden in (
            lambda by: matching.propose(cohort=cohort, by=by),
            lambda by: matching.work_out(cohort=cohort, by=by),
            lambda by: matching.pair_by_hand(enrolment=ben, mentor=mentor, by=by),
            lambda by: matching.move(pair=pair, mentor=mentor, by=by),
            lambda by: matching.confirm(pair=pair, by=by),
            lambda by: matching.drop(pair=pair, by=by),
            lambda by: matching.end(pair=pair, reason="No.", by=by),
        ):
            with pytest.raises(NotAllowed):
                forbidden(stranger)


# -- what PostgreSQL refuses ---------------------------------------------------------------------


def refused(sentence):
    return pytest.raises(IntegrityError, match=sentence)


@pytest.mark.requirement("B13")
def test_the_database_refuses_a_mentor_of_the_same_family_however_it_is_written():
    ben = ParticipantFactory(employer=OrganisationFactory(parent=OrganisationFactory()))
    child = OrganisationFactory(parent=ben.employer)
    for home in (ben.employer, ben.employer.parent, child):
        with refused("from another organisation"), transaction.atomic():
            Pair.objects.create(enrolment=ben, mentor=mentor_for(ben, organisation=home))
    other = mentor_for(ben)
    pair = Pair.objects.create(enrolment=ben, mentor=other)
    with refused("from another organisation"), transaction.atomic():
        Pair.objects.filter(pk=pair.pk).update(mentor=mentor_for(ben, organisation=child))
    with refused("has a mentee of this organisation"), transaction.atomic():
        Mentor.objects.filter(pk=other.pk).update(organisation=child)


@pytest.mark.requirement("B8", "B13")
def test_the_database_refuses_a_host_of_the_mentors_family_also_when_it_changes():
    ben = ParticipantFactory()
    pair = Pair.objects.create(enrolment=ben, mentor=mentor_for(ben))
    child = OrganisationFactory(parent=pair.mentor.organisation)
    made = {"enrolment": ben, "component": part_of(ben), "kind": Placement.Kind.PROJECT, "title": "A front desk"}
    for home in (pair.mentor.organisation, child):
        with refused("another organisation than the mentor"), transaction.atomic():
            Placement.objects.create(host=home, **made)
    placement = Placement.objects.create(host=OrganisationFactory(), **made)
    with refused("another organisation than the mentor"), transaction.atomic():
        Placement.objects.filter(pk=placement.pk).update(host=child)
    Placement.objects.filter(pk=placement.pk).update(title="Another title")
    PAIR.move(pair, "drop")
    Placement.objects.filter(pk=placement.pk).update(host=child)


def test_the_database_counts_places_and_programmes():
    ben, cy = ParticipantFactory.create_batch(2, cohort=RunningCohortFactory())
    ann = mentor_for(ben)
    Pair.objects.create(enrolment=ben, mentor=ann)
    with refused("no free place"), transaction.atomic():
        Pair.objects.create(enrolment=cy, mentor=ann)
    with refused("another programme"), transaction.atomic():
        Pair.objects.create(enrolment=cy, mentor=MentorFactory())
    with refused("one_mentor_at_a_time"), transaction.atomic():
        Pair.objects.create(enrolment=ben, mentor=mentor_for(ben))


@pytest.mark.requirement("B13")
def test_when_two_organisations_are_joined_the_pair_is_shown_and_can_be_ended_but_not_confirmed(cohort, coordinator):
    """The truth about organisations may be recorded; a pair that it makes impossible comes to an end."""
    known = confirmed_pair(ParticipantFactory(cohort=cohort))
    cy = ParticipantFactory(cohort=cohort)
    proposed = matching.pair_by_hand(enrolment=cy, mentor=mentor_for(cy), by=coordinator)
    for pair in (known, proposed):
        home = pair.mentor.organisation
        home.parent = pair.enrolment.employer
        home.save()
    assert set(Pair.objects.no_longer_allowed()) == {known, proposed}
    with pytest.raises(NotPossible, match="must be from another organisation"):
        matching.confirm(pair=proposed, by=coordinator)
    matching.drop(pair=proposed, by=coordinator)
    matching.end(pair=known, reason="Your organisations were joined.", by=coordinator)
    assert not Pair.objects.no_longer_allowed().exists()


@pytest.mark.requirement("B13")
def test_a_mentor_who_changes_organisation_first_leaves_the_mentee_of_it(cohort, coordinator):
    pair = confirmed_pair(ParticipantFactory(cohort=cohort))
    new_home = OrganisationFactory(parent=pair.enrolment.employer)
    with pytest.raises(NotPossible, match="End that pair"):
        mentors.change(mentor=pair.mentor, by=coordinator, organisation=new_home)
    matching.end(pair=pair, reason="A new employer.", by=coordinator)
    assert mentors.change(mentor=pair.mentor, by=coordinator, organisation=new_home).organisation == new_home


def test_times_and_statuses_never_disagree():
    pair = confirmed_pair()
    with pytest.raises(IntegrityError), transaction.atomic():
        Pair.objects.filter(pk=pair.pk).update(confirmed_at=None, confirmed_by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        PAIR.move(pair, "end")
    with connection.cursor() as cursor, pytest.raises(Exception, match="Invalid transition"), transaction.atomic():
        cursor.execute("UPDATE mentoring_pair SET status = 'proposed' WHERE id = %s", [pair.pk])
    pair.refresh_from_db()
    assert pair.status == PairStatus.CONFIRMED
    assert coordinator_of(pair.enrolment) != pair.confirmed_by
