"""A role ends: what hangs on it is seen, and goes to others with one press; what was left is found on Today."""

from datetime import timedelta

import pgtrigger
import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from applications.actions import reviews
from applications.models import Application, Review
from applications.queries import left_by_assessors
from applications.roles import RoleName
from applications.states import ReviewStatus
from mentoring.models import Pair
from steppingup.accounts.models import RoleAssignment, User
from steppingup.desk.duties import hanging_on, left_behind, ties_of
from steppingup.desk.handing import hand_over
from steppingup.history.lifecycle import NotPossible
from steppingup.history.previews import previewing
from steppingup.jobs.actions import try_again
from steppingup.jobs.models import Job
from steppingup.jobs.states import NOBODY_LEFT
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import ParticipantFactory, PublishedCohortFactory, RunningCohortFactory
from tests.factories.mentoring import MentorFactory
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def window():
    return WindowFactory(cohort=PublishedCohortFactory(fee=0))


@pytest.fixture
def ana(window):
    return make.coordinator(window, full_name="Ana Coordinator")


def with_reviews(window, by: User, number: int) -> tuple[User, RoleAssignment]:
    """An assessor who has so many to score, and their role."""
    assessor = make.assessor(window, full_name=f"Leaving {number}")
    for n in range(number):
        reviews.assign(application=make.arrived(window, name=f"Person {n}"), assessor=assessor, by=by)
    return assessor, RoleAssignment.objects.get(user=assessor)


def test_an_assessor_leaves_and_another_takes_everything_over_with_one_press(in_admin, window, ana):
    leaving, role = with_reviews(window, ana, 3)
    done = Review.objects.filter(assessor=leaving).first()
    make.scored(done, 3)
    heir = make.assessor(window, full_name="Holly Heir")
    browser = in_admin(ana)
    url = reverse("admin:accounts_roleassignment_step", args=[role.pk, "hand_over"])
    shown = browser.get(url).text
    assert "2 open reviews" in shown
    assert "Holly Heir" in shown
    assert "Choose who takes this over." in take_step(browser, url, reviews="").text
    written = set(Message.objects.values_list("pk", flat=True))
    take_step(browser, url, reviews=heir.pk)
    role.refresh_from_db()
    assert role.until < timezone.localdate()
    assert Review.objects.to_do().filter(assessor=heir).count() == 2
    assert not Review.objects.to_do().filter(assessor=leaving).exists()
    done.refresh_from_db()
    assert (done.assessor, done.status) == (leaving, ReviewStatus.SUBMITTED)
    told = Message.objects.exclude(pk__in=written)
    assert sorted(told.values_list("to", flat=True)) == sorted([heir.pk, leaving.pk])
    assert "2 applications" in told.get(to=heir).text
    take_back(taking=Taking.objects.on(role).standing().first(), reason="The wrong person.", by=ana)
    role.refresh_from_db()
    assert role.until is None
    assert Review.objects.to_do().filter(assessor=leaving).count() == 2


def test_who_is_too_near_gets_none_and_the_page_says_which_wait(window, ana):
    leaving, role = with_reviews(window, ana, 2)
    near = Application.objects.first()
    heir = make.assessor(window, organisation=near.employer, full_name="Nora Near")
    with previewing() as preview:
        hand_over(assignment=role, heirs={"reviews": heir}, by=ana)
    assert [one for one in preview.notes if near.reference in one and "waits to be shared out" in one]
    role.refresh_from_db()
    hand_over(assignment=role, heirs={"reviews": heir}, by=ana)
    assert Review.objects.to_do().get().assessor == heir
    assert near in Application.objects.lacking_assessors()


def test_a_coordinator_leaves_and_people_write_to_another(window, ana):
    programme, other = window.cohort.programme, make.coordinator(window, full_name="Olu Other")
    programme.contact_email = ana.email
    programme.save(update_fields=["contact_email"])
    role = RoleAssignment.objects.get(user=ana)
    with pytest.raises(NotPossible, match="Choose who takes this over"):
        hand_over(assignment=role, heirs={}, by=other)
    hand_over(assignment=role, heirs={"contact": other}, by=other)
    programme.refresh_from_db()
    assert programme.contact_email == other.email
    assert list(hanging_on(RoleAssignment.objects.get(user=other)))


def stopped_job(by: User, provider, status: str = "failed", **fields) -> Job:
    values = {"error": "It broke.", "finished_at": timezone.now()} if status == "failed" else {}
    job = Job.objects.create(kind="cohorts.certificates", title=f"Work {status}", started_by=by, provider=provider)
    with pgtrigger.ignore():
        Job.objects.filter(pk=job.pk).update(status=status, **values, **fields)
    return Job.objects.get(pk=job.pk)


def test_background_jobs_go_to_another_or_are_given_up_and_one_that_runs_stays_till_it_ends(window, ana):
    provider, other = window.cohort.programme.provider, make.coordinator(window, full_name="Olu Other")
    waits, broke, runs = (stopped_job(ana, provider, status) for status in ("queued", "failed", "running"))
    stopped_job(ana, provider, "queued", kind="steps.look_ahead")  # only looked at
    role = RoleAssignment.objects.get(user=ana)
    [(duty, number)] = list(hanging_on(role))
    assert (duty.key, number) == ("jobs", 3)
    with previewing() as preview:
        hand_over(assignment=role, heirs={"jobs": other}, by=other)
    assert [one for one in preview.notes if "“Work running” is running" in one]
    role.refresh_from_db()
    hand_over(assignment=role, heirs={"jobs": other}, by=other)
    assert [Job.objects.get(pk=job.pk).started_by for job in (waits, broke, runs)] == [other, other, ana]
    assert try_again.is_offered(other, Job.objects.get(pk=broke.pk))
    assert left_behind(RoleAssignment.objects.all()).get() == role  # the one that runs, until it ends
    before = [Job.objects.filter(pk=job.pk).values().get() for job in (waits, broke)]
    for one in before:
        one["started_by_id"] = ana.pk
    take_back(taking=Taking.objects.on(role).standing().first(), reason="Too early.", by=other)
    assert [Job.objects.filter(pk=job.pk).values().get() for job in (waits, broke)] == before
    hand_over(assignment=RoleAssignment.objects.get(user=ana), heirs={"jobs": None}, by=other)
    for job in (waits, broke):
        found = Job.objects.get(pk=job.pk)
        assert (found.status, found.error) == ("failed", NOBODY_LEFT)
        assert str(try_again.refusal(other, found)) == NOBODY_LEFT
    take_back(taking=Taking.objects.on(role).standing().first(), reason="They stay.", by=other)
    assert [Job.objects.filter(pk=job.pk).values().get() for job in (waits, broke)] == before
    assert set(Job.objects.left_open()) == {Job.objects.get(pk=job.pk) for job in (waits, broke, runs)}


def test_what_hangs_on_the_person_and_on_no_role_is_said_with_what_to_do_about_it(in_admin, window, ana):
    """Whom they mentor, and whose line manager they are: on the page before handing over, ending a role, and closing an account."""
    leaving, role = with_reviews(window, ana, 1)
    cohort = RunningCohortFactory(programme=window.cohort.programme)
    mentored, managed = ParticipantFactory(cohort=cohort), ParticipantFactory(cohort=cohort, line_manager=leaving)
    mentor = MentorFactory(programme=cohort.programme, user=leaving)
    Pair.objects.create(enrolment=mentored, mentor=mentor)
    heir, browser = make.assessor(window), in_admin(ana)
    pages = {
        reverse("admin:accounts_roleassignment_step", args=[role.pk, "hand_over"]): {"reviews": heir.pk},
        reverse("admin:accounts_roleassignment_step", args=[role.pk, "end_role"]): {},
        reverse("admin:accounts_user_step", args=[leaving.pk, "close_account"]): {},
    }
    for url, given_ in pages.items():
        shown = browser.post(url, {**given_, "filled": "yes"}).text
        assert "1 person whom they mentor: mentoring is between two people" in shown, url
        assert "1 participant whose line manager they are" in shown, url
    assert "1 open review would be left without an owner" in shown
    # Nothing of another provider's people is told.
    elsewhere = make.coordinator(WindowFactory(cohort=PublishedCohortFactory(fee=0)))
    assert not list(ties_of(leaving, elsewhere))
    assert managed.line_manager == leaving


def test_a_role_that_ran_out_and_a_closed_account_are_found_on_today(in_admin, window, ana):
    assert not left_behind(RoleAssignment.objects.all()).exists()
    (leaving, role), (_, staying) = with_reviews(window, ana, 1), with_reviews(window, ana, 2)
    assert not left_by_assessors(Application.objects.all()).exists()
    RoleAssignment.objects.filter(pk=role.pk).update(until=timezone.localdate() - timedelta(days=1))
    assert left_behind(RoleAssignment.objects.all()).get() == role
    assert left_by_assessors(Application.objects.all()).count() == 1
    today = in_admin(ana).get("/admin/").text
    assert "role has ended, and something still hangs on it" in today
    assert "application waits for somebody who is no assessor any more" in today
    User.objects.filter(pk=staying.user_id).update(is_active=False)
    assert left_by_assessors(Application.objects.all()).count() == 3
    staff(RoleName.ASSESSOR, window.cohort.programme.provider)
    hand_over(assignment=role, heirs={"reviews": None}, by=ana)
    assert left_behind(RoleAssignment.objects.all()).get() == staying
    assert Message.objects.filter(to=leaving, subject__contains="role has ended").exists()


def test_what_hangs_on_nothing_is_just_ended(window, ana):
    role = RoleAssignment.objects.get(user=make.assessor(window))
    assert isinstance(hand_over.refusal(ana, role), NotPossible)


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.booleans()), min_size=1, max_size=6))
@hypothesis_settings(max_examples=8)
def test_after_handing_over_nothing_open_is_left_and_nothing_that_was_given_is_lost(rows):
    """Whatever each had, whichever was scored, whoever is too near: open reviews go to the heir or wait, scored ones stay."""
    window = WindowFactory(cohort=PublishedCohortFactory(fee=0))
    by, near = make.coordinator(window), OrganisationFactory()
    leaving = make.assessor(window)
    heir = make.assessor(window, organisation=near)
    expected, scored = 0, 0
    for _, is_near, is_scored in rows:
        application = make.arrived(window, **({"employer": near} if is_near else {}))
        review = reviews.assign(application=application, assessor=leaving, by=by)
        if is_scored:
            make.scored(review, 2)
        scored, expected = scored + is_scored, expected + (not is_scored and not is_near)
    role = RoleAssignment.objects.get(user=leaving)
    if scored < len(rows):
        hand_over(assignment=role, heirs={"reviews": heir}, by=by)
    assert not Review.objects.to_do().filter(assessor=leaving).exists()
    assert Review.objects.to_do().filter(assessor=heir).count() == expected
    assert Review.objects.filter(assessor=leaving, status=ReviewStatus.SUBMITTED).count() == scored
