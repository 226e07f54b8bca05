"""Assessors: who scores what, blind and impartial (design rule 7)."""

import pytest
from django.db import IntegrityError, transaction

from applications.actions import decisions, employers, reviews
from applications.actions.allocation import allocate
from applications.models import Application, Review
from applications.roles import RoleName
from applications.states import REVIEW, ReviewStatus
from applications.states import ApplicationStatus as S
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import User
from steppingup.formats.english import counted
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.taking import ADDRESS, LINK, look_ahead
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory, RoleAssignmentFactory, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def window():
    return make.window()


@pytest.fixture
def coordinator(window):
    return make.coordinator(window)


def refused_by_database(action) -> bool:
    try:
        with transaction.atomic():
            action()
    except IntegrityError:
        return True
    return False


@pytest.mark.requirement("B23")
def test_an_assessor_scores_every_criterion_and_submits(window, coordinator):
    application = make.arrived(window)
    review = reviews.assign(application=application, assessor=make.assessor(window), by=coordinator)
    assert make.fresh(application).status == S.IN_REVIEW
    first, second = make.criteria(window)
    reviews.save_scores(review=review, scores={first.pk: (4, "Clear")}, by=review.assessor)
    with pytest.raises(NotPossible, match=second.title):
        reviews.submit(review=make.fresh(review), by=review.assessor)
    reviews.save_scores(review=review, scores={second.pk: (5, "")}, comment="Strong", by=review.assessor)
    done = reviews.submit(review=make.fresh(review), by=review.assessor)
    assert (done.status, done.total, done.comment) == (ReviewStatus.SUBMITTED, 9, "Strong")
    with pytest.raises(NotPossible, match="can no longer be changed"):
        reviews.save_scores(review=review, scores={first.pk: (0, "")}, by=review.assessor)


def test_scores_lie_between_nothing_and_the_windows_highest(window, coordinator):
    review = reviews.assign(application=make.arrived(window), assessor=make.assessor(window), by=coordinator)
    criterion = make.criteria(window)[0]
    for value in (-1, window.max_score + 1):
        with pytest.raises(NotPossible, match="from 0 to 5"):
            reviews.save_scores(review=review, scores={criterion.pk: (value, "")}, by=review.assessor)
    foreign = make.criteria(make.window())[0]
    with pytest.raises(NotPossible, match="no such criterion"):
        reviews.save_scores(review=review, scores={foreign.pk: (1, "")}, by=review.assessor)


@pytest.mark.parametrize("related", ["same", "parent", "subsidiary"])
def test_nobody_scores_a_person_of_their_own_organisation(window, coordinator, related):
    employer = OrganisationFactory()
    organisation = employer
    if related == "parent":
        organisation = OrganisationFactory()
        employer.parent = organisation
        employer.save()
    elif related == "subsidiary":
        organisation = OrganisationFactory(parent=employer)
    application = make.arrived(window, employer=employer)
    colleague = make.assessor(window, organisation=organisation)
    with pytest.raises(NotPossible, match="cannot judge this application"):
        reviews.assign(application=application, assessor=colleague, by=coordinator)
    assert refused_by_database(lambda: Review.objects.create(application=application, assessor=colleague))


def test_an_employer_that_was_typed_counts_as_the_organisation_of_that_name(window, coordinator):
    employer = OrganisationFactory(name="Quay Housing")
    application = make.arrived(window)
    Application.objects.filter(pk=application.pk).update(employer=None, employer_name="quay housing ")
    with pytest.raises(NotPossible, match="cannot judge this application"):
        reviews.assign(
            application=make.fresh(application), assessor=make.assessor(window, organisation=employer), by=coordinator
        )


def test_an_employer_settled_late_must_not_be_an_assessors(window, coordinator):
    application = make.arrived(window)
    Application.objects.filter(pk=application.pk).update(employer=None, employer_name="Somewhere else")
    assessor = make.assessor(window)
    review = reviews.assign(application=make.fresh(application), assessor=assessor, by=coordinator)
    with pytest.raises(NotPossible, match="Take them off first"):
        employers.settle_employer(application=make.fresh(application), employer=assessor.organisation, by=coordinator)
    late = Application.objects.filter(pk=application.pk)
    assert refused_by_database(lambda: late.update(employer=assessor.organisation))
    reviews.remove(review=review, by=coordinator)
    employers.settle_employer(application=make.fresh(application), employer=assessor.organisation, by=coordinator)


def test_nobody_scores_their_own_application(window, coordinator):
    assessor = make.assessor(window)
    application = make.arrived(window, applicant=assessor)
    with pytest.raises(NotPossible):
        reviews.assign(application=application, assessor=assessor, by=coordinator)
    assert refused_by_database(lambda: Review.objects.create(application=application, assessor=assessor))


def test_an_assessor_who_has_moved_to_the_applicants_organisation_can_still_step_back(window, coordinator):
    application = make.arrived(window)
    review = reviews.assign(application=application, assessor=make.assessor(window), by=coordinator)
    User.objects.filter(pk=review.assessor_id).update(organisation=application.employer)
    with pytest.raises(NotPossible, match="Say briefly"):
        reviews.step_back(review=make.fresh(review), reason=" ", by=review.assessor)
    reviews.step_back(review=make.fresh(review), reason="I work with her now.", by=review.assessor)
    told = Message.objects.about(application).get(kind="applications.stepped_back")
    assert told.to == coordinator
    assert "I work with her now." in told.text


def test_only_the_assessor_themselves_scores(window, coordinator):
    review = reviews.assign(application=make.arrived(window), assessor=make.assessor(window), by=coordinator)
    for other in (coordinator, make.assessor(window)):
        for step in (
            lambda by: reviews.save_scores(review=review, scores={}, by=by),
            lambda by: reviews.submit(review=review, by=by),
            lambda by: reviews.step_back(review=review, reason="x", by=by),
        ):
            with pytest.raises(NotAllowed):
                step(other)


def test_an_assessor_who_was_taken_off_may_be_assigned_again_and_one_who_stepped_back_may_not(window, coordinator):
    application, assessor = make.arrived(window), make.assessor(window)
    first = reviews.assign(application=application, assessor=assessor, by=coordinator)
    with pytest.raises(NotPossible, match="already has this application"):
        reviews.assign(application=application, assessor=assessor, by=coordinator)
    reviews.remove(review=first, by=coordinator)
    again = reviews.assign(application=application, assessor=assessor, by=coordinator)
    assert (again.status, make.fresh(first).status) == (ReviewStatus.ASSIGNED, ReviewStatus.REMOVED)
    reviews.step_back(review=again, reason="My neighbour.", by=assessor)
    with pytest.raises(NotPossible, match="stepped back from it"):
        reviews.assign(application=application, assessor=assessor, by=coordinator)


def test_strangers_assign_nobody(window):
    application, assessor = make.arrived(window), make.assessor(window)
    for stranger in (assessor, staff(RoleName.COORDINATOR), staff(RoleName.FINANCE, window.cohort.programme.provider)):
        with pytest.raises(NotAllowed):
            reviews.assign(application=application, assessor=assessor, by=stranger)


def test_a_coordinator_of_other_cohorts_only_assigns_nobody(window):
    person = staff()
    role = RoleAssignmentFactory(user=person, role=RoleName.COORDINATOR, provider=window.cohort.programme.provider)
    make.window().cohort.limited_roles.add(role)
    person = User.objects.get(pk=person.pk)
    with pytest.raises(NotAllowed):
        reviews.assign(application=make.arrived(window), assessor=make.assessor(window), by=person)


def test_others_scores_appear_only_after_ones_own(window, coordinator):
    application = make.arrived(window)
    mine, other = (
        reviews.assign(application=application, assessor=make.assessor(window), by=coordinator) for _ in range(2)
    )
    make.scored(other, 4)
    assert not Review.objects.by_others(make.fresh(mine)).exists()
    make.scored(mine, 2)
    assert Review.objects.by_others(make.fresh(mine)).get() == other
    reviews.reopen(review=make.fresh(mine), reason="Look at the second answer again.", by=coordinator)
    assert not Review.objects.by_others(make.fresh(mine)).exists()


def test_scores_are_not_wanted_once_it_is_decided(window, coordinator):
    application = make.arrived(window)
    review = reviews.assign(application=application, assessor=make.assessor(window), by=coordinator)
    decisions.turn_down(application=make.fresh(application), reason="not_ready", by=coordinator)
    with pytest.raises(NotPossible, match="decided or withdrawn"):
        reviews.save_scores(review=make.fresh(review), scores={}, by=review.assessor)
    assert review not in Review.objects.to_do()


def test_every_step_of_a_review_that_its_table_does_not_allow_is_refused(window, coordinator):
    def review_in(state: str) -> Review:
        review = reviews.assign(application=make.arrived(window), assessor=make.assessor(window), by=coordinator)
        if state == ReviewStatus.SUBMITTED:
            return make.scored(review)
        if state == ReviewStatus.STEPPED_BACK:
            return reviews.step_back(review=review, reason="x", by=review.assessor)
        return reviews.remove(review=review, by=coordinator) if state == ReviewStatus.REMOVED else review

    steps = {
        "submit": lambda r: reviews.submit(review=r, by=r.assessor),
        "step_back": lambda r: reviews.step_back(review=r, reason="x", by=r.assessor),
        "remove": lambda r: reviews.remove(review=r, by=coordinator),
        "reopen": lambda r: reviews.reopen(review=r, reason="x", by=coordinator),
    }
    assert set(steps) == set(REVIEW.moves)
    for state in ReviewStatus:
        for name, step in steps.items():
            if state in REVIEW.moves[name].sources:
                continue
            review = make.fresh(review_in(state))
            with pytest.raises(NotPossible):
                step(review)
            assert make.fresh(review).status == state


# -- many at once ----------------------------------------------------------------------------------


def test_applications_are_spread_and_each_assessor_is_told_once(window, coordinator):
    people = [make.assessor(window) for _ in range(4)]
    found = [make.arrived(window) for _ in range(6)]
    found.append(make.arrived(window, employer=people[0].organisation))
    made = allocate(cohort=window.cohort, applications=[one.pk for one in found], by=coordinator)
    assert len(made) == 14
    for application in found:
        given = list(application.reviews.values_list("assessor", flat=True))
        assert len(given) == len(set(given)) == window.assessors_each
    assert not found[-1].reviews.filter(assessor=people[0]).exists()
    assert Message.objects.filter(kind="applications.reviews_assigned").count() == 4
    with pytest.raises(NotPossible, match="already has its assessors"):
        allocate(cohort=window.cohort, applications=[one.pk for one in found], by=coordinator)
    assert Message.objects.filter(kind="applications.reviews_assigned").count() == 4


def test_without_a_choice_everybody_who_lacks_assessors_gets_them_and_each_letter_says_how_many(window, coordinator):
    for _ in range(3):
        make.assessor(window)
    for _ in range(3):
        make.arrived(window)
    ahead = look_ahead(allocate, [window.cohort], by=coordinator, values=lambda cohort: {})
    assert "3 applications will be shared out evenly, until each has 2 assessors" in ahead.outlooks[0].meaning
    allocate(cohort=window.cohort, by=coordinator)
    told = Message.objects.filter(kind="applications.reviews_assigned").order_by("pk")
    assert [letter.text for letter in ahead.letters] == [ADDRESS.sub(LINK, message.text) for message in told]
    numbers = {pk: Review.objects.filter(assessor=pk).count() for pk in told.values_list("to", flat=True)}
    assert sum(numbers.values()) == 6 == Review.objects.count()
    assert {m.to_id: m.context["count"] for m in told} == {pk: counted(n, "application") for pk, n in numbers.items()}
    with pytest.raises(NotPossible, match="already has its assessors"):
        allocate(cohort=window.cohort, by=coordinator)


def test_an_application_that_has_some_assessors_gets_only_those_that_it_lacks(coordinator, window):
    window.assessors_each = 3
    window.save()
    application = make.arrived(window)
    people = [make.assessor(window) for _ in range(5)]
    for assessor in people[:2]:
        reviews.assign(application=application, assessor=assessor, by=coordinator)
    made = allocate(cohort=window.cohort, by=coordinator)
    assert [review.assessor for review in made] == [people[2]]


def test_an_assessor_of_another_cohort_is_not_given_applications_of_this_one(window, coordinator):
    assessor = make.assessor(window)
    make.window(cohort__programme=window.cohort.programme).cohort.limited_roles.add(assessor.role_assignments.get())
    with pytest.raises(NotPossible, match="not an assessor here"):
        reviews.assign(application=make.arrived(window), assessor=assessor, by=coordinator)


def test_whoever_stepped_back_does_not_get_it_again(window, coordinator):
    people = [make.assessor(window) for _ in range(2)]
    application = make.arrived(window)
    allocate(cohort=window.cohort, applications=[application.pk], by=coordinator)
    back = Review.objects.get(application=application, assessor=people[0])
    reviews.step_back(review=back, reason="My neighbour.", by=people[0])
    with pytest.raises(NotPossible, match="Nobody can score"):
        allocate(cohort=window.cohort, applications=[application.pk], by=coordinator)


def test_without_assessors_it_says_so(window, coordinator):
    with pytest.raises(NotPossible, match="Nobody can score"):
        allocate(cohort=window.cohort, applications=[make.arrived(window).pk], by=coordinator)
