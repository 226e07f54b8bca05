"""Registering, choosing, results, the assignment and achieving (B39 to B46)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from cohorts.states import ENROLMENT
from modules.actions import assignments, courses, registrations
from modules.models import Assignment, Course, CourseChoice, Extension, Registration
from modules.states import AssignmentStatus, CourseStatus, RegistrationStatus
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import work_out_reminders
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, day
from tests.factories.modules import (
    CourseFactory,
    QualificationFactory,
    achieved,
    catalogue,
    chosen,
    essay,
    handed_in,
    passed,
    placed,
    registered,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def registration():
    return registered()


@pytest.fixture
def person(registration):
    return registration.enrolment.participant


@pytest.fixture
def keeper(registration):
    return staff(provider=registration.enrolment.cohort.programme.provider)


def told(registration) -> list[str]:
    rows = Message.objects.filter(to=registration.enrolment.participant).order_by("pk")
    return [kind.removeprefix("modules.") for kind in rows.values_list("kind", flat=True)]


# -- registering ---------------------------------------------------------------------------------


@pytest.mark.requirement("B39", "B46")
def test_a_participant_registers_of_their_own_choice_and_has_six_months():
    registration = registered(on=date(2020, 8, 31))
    assert registration.due_on == date(2021, 2, 28)
    assert told(registration) == ["registered"]


@pytest.mark.requirement("B39")
def test_nobody_is_registered_who_did_not_ask():
    assert not ParticipantFactory().registrations.exists()


def test_strangers_and_coordinators_elsewhere_cannot_register_somebody():
    enrolment = ParticipantFactory()
    qualification = QualificationFactory(programme=enrolment.cohort.programme)
    for somebody in (UserFactory(), staff(), enrolment.line_manager):
        with pytest.raises(NotAllowed):
            registrations.register_for(enrolment=enrolment, qualification=qualification, by=somebody)
    assert not Registration.objects.exists()


def test_registering_twice_or_for_two_at_once_or_elsewhere_is_refused(registration, person):
    enrolment = registration.enrolment
    another = QualificationFactory(programme=enrolment.cohort.programme)
    for qualification, words in (
        (registration.qualification, "already"),
        (another, "Finish it or withdraw"),
        (QualificationFactory(), "is not offered"),
    ):
        with pytest.raises(NotPossible, match=words):
            registrations.register_for(enrolment=enrolment, qualification=qualification, by=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.create(
            enrolment=enrolment, qualification=another, registered_on=date(2020, 1, 1), due_on=date(2020, 7, 1)
        )


def test_whoever_left_the_programme_cannot_go_on(registration, person):
    course = catalogue(registration, 5)[0]
    ENROLMENT.move(registration.enrolment, "withdraw", withdrawn_at=timezone.now(), withdrawal_reason="New job")
    with pytest.raises(NotPossible, match="holds a place"):
        courses.choose_course(registration=registration, course=course, by=person)


# -- courses -------------------------------------------------------------------------------------


@pytest.mark.requirement("B41")
def test_a_sixth_course_is_refused_by_the_action_and_by_the_database(registration, person):
    chosen(registration, 4, 4, 3, 1, 1)
    sixth = catalogue(registration, 5)[0]
    with pytest.raises(NotPossible, match="which is the maximum"):
        courses.choose_course(registration=registration, course=sixth, by=person, anyway=True)
    with pytest.raises(IntegrityError, match="as many courses"), transaction.atomic():
        CourseChoice.objects.create(registration=registration, course=sixth, credits=5)


@pytest.mark.requirement("B41", "B42")
def test_a_choice_that_cannot_reach_the_credits_needs_a_second_yes(registration, person):
    chosen(registration, 2, 2, 2)
    small, *_ = catalogue(registration, 1, 5, 4)
    with pytest.raises(courses.DeadEnd, match="at most 12 of 13 credits"):
        courses.choose_course(registration=registration, course=small, by=person)
    assert courses.choose_course(registration=registration, course=small, by=person, anyway=True).credits == 1


@pytest.mark.requirement("B42")
def test_only_courses_on_offer_at_the_provider_can_be_chosen_and_each_once(registration, person):
    gone = CourseFactory(provider=registration.enrolment.cohort.programme.provider, is_offered=False)
    for course in (gone, CourseFactory()):
        with pytest.raises(NotPossible, match="not on offer"):
            courses.choose_course(registration=registration, course=course, by=person)
    choice = chosen(registration, 5)[0]
    with pytest.raises(NotPossible, match="already"):
        courses.choose_course(registration=registration, course=choice.course, by=person)


def test_credits_stay_as_they_were_chosen_until_the_course_is_chosen_anew(registration, person):
    choice = chosen(registration, 5)[0]
    with pytest.raises(InternalError), transaction.atomic():
        Course.objects.filter(pk=choice.course_id).update(credits=2)
    newer = Course.objects.get(pk=choice.course_id)
    newer.credits = 2
    newer.save()
    choice.refresh_from_db()
    assert (choice.credits, choice.course.credits, newer.version) == (5, 5, 2)
    with pytest.raises(NotPossible, match="already chosen"):
        courses.choose_course(registration=registration, course=newer, by=person)
    with pytest.raises(InternalError), transaction.atomic():
        CourseChoice.objects.filter(pk=choice.pk).update(credits=9)
    courses.drop_course(choice=choice, by=person)
    with pytest.raises(NotPossible, match="not on offer"):
        courses.choose_course(registration=registration, course=choice.course, by=person)
    again = courses.choose_course(registration=registration, course=newer, by=person, anyway=True)
    assert (again.course, again.credits, again.status) == (newer, 2, CourseStatus.TAKING)


def test_a_passed_course_cannot_be_dropped(registration, person):
    choice = passed(registration, 5)[0]
    with pytest.raises(NotPossible, match="passed"):
        courses.drop_course(choice=choice, by=person)
    with pytest.raises(InternalError), transaction.atomic():
        CourseChoice.objects.filter(pk=choice.pk).update(status=CourseStatus.DROPPED, result_on=None)


def test_whoever_has_a_course_chosen_for_them_is_told(registration, keeper):
    courses.choose_course(registration=registration, course=catalogue(registration, 5)[0], by=keeper, anyway=True)
    assert told(registration) == ["registered", "course_changed"]


# -- results -------------------------------------------------------------------------------------


def test_nobody_records_results_of_their_own_nor_at_another_provider(registration, person):
    choice = chosen(registration, 5)[0]
    for somebody in (person, UserFactory(), staff(), registration.enrolment.line_manager):
        with pytest.raises(NotAllowed):
            courses.record_pass(choice=choice, by=somebody)
    provider = registration.enrolment.cohort.programme.provider
    colleague = staff(provider=provider)
    registration.enrolment.participant = colleague
    with pytest.raises(NotAllowed):
        courses.record_pass(choice=choice, by=colleague)


def test_a_result_is_told_and_can_be_taken_back(registration, keeper):
    choice = chosen(registration, 5)[0]
    courses.record_fail(choice=choice, by=keeper)
    courses.record_pass(choice=choice, by=keeper)
    assert "5 of 13 credits" in Message.objects.latest("pk").text
    courses.correct(choice=choice, by=keeper)
    assert (choice.status, choice.result_on, choice.recorded_by) == (CourseStatus.TAKING, None, None)
    assert told(registration)[1:] == ["result", "result", "result"]
    with pytest.raises(NotPossible):
        courses.correct(choice=choice, by=keeper)


def test_a_result_is_not_dated_in_the_future_or_before_the_registration(registration, keeper):
    choice = chosen(registration, 5)[0]
    for on in (timezone.localdate() + timedelta(days=1), registration.registered_on - timedelta(days=1)):
        with pytest.raises(NotPossible):
            courses.record_pass(choice=choice, by=keeper, on=on)


def test_the_database_wants_a_date_with_a_result(registration):
    choice = chosen(registration, 5)[0]
    with pytest.raises(IntegrityError, match="course_result_dated"), transaction.atomic():
        CourseChoice.objects.filter(pk=choice.pk).update(status=CourseStatus.PASSED)


# -- the assignment ------------------------------------------------------------------------------


@pytest.mark.requirement("B43")
@pytest.mark.parametrize(("pages", "fits"), [(8, False), (9, True), (10, True), (11, False)])
def test_the_assignment_has_nine_to_ten_pages_that_are_counted(registration, person, pages, fits):
    if not fits:
        with pytest.raises(NotPossible, match=f"This file has {pages} pages. Upload one that has 9 to 10 pages."):
            handed_in(registration, pages)
        return
    assert handed_in(registration, pages).pages == pages
    assert told(registration)[-1] == "assignment_received"


@pytest.mark.requirement("B44")
def test_the_stretch_assignment_may_be_its_subject_but_only_ones_own(registration, person):
    own, other = placed(registration.enrolment), placed(ParticipantFactory())
    file = essay(9, person)
    with pytest.raises(NotPossible, match="your own"):
        assignments.submit_assignment(registration=registration, file=file, placement=other, by=person)
    made = assignments.submit_assignment(registration=registration, file=file, placement=own, by=person)
    assert made.placement == own


def test_a_newer_version_replaces_the_one_that_waits_and_a_marked_one_stays(registration, keeper):
    first, second = handed_in(registration), handed_in(registration, 10)
    first.refresh_from_db()
    assert (first.status, second.version) == (AssignmentStatus.REPLACED, 2)
    with pytest.raises(NotPossible):
        assignments.pass_assignment(assignment=first, feedback="", by=keeper)
    with pytest.raises(NotPossible, match="what needs revising"):
        assignments.refer_assignment(assignment=second, feedback=" ", by=keeper)
    assignments.refer_assignment(assignment=second, feedback="Say what you changed.", by=keeper)
    third = handed_in(registration)
    second.refresh_from_db()
    assert (second.status, third.version) == (AssignmentStatus.REFERRED, 3)
    assignments.pass_assignment(assignment=third, feedback="", by=keeper)
    with pytest.raises(NotPossible, match="has passed"):
        handed_in(registration)


def test_the_form_asks_for_words_with_a_revision_but_not_with_a_pass(registration):
    made = handed_in(registration)
    blank = {"feedback": " "}
    assert assignments.FeedbackForm(blank, subject=made).is_valid()
    assert assignments.RevisionForm(blank, subject=made).errors == {"feedback": [assignments.NEEDED]}


def test_the_database_refuses_a_mark_without_its_marker_and_a_step_that_is_not_in_the_table(registration):
    made = handed_in(registration)
    rows = Assignment.objects.filter(pk=made.pk)
    with pytest.raises(IntegrityError, match="assignment_mark_paired"), transaction.atomic():
        rows.update(status=AssignmentStatus.PASSED)
    handed_in(registration)
    with pytest.raises(InternalError), transaction.atomic():
        rows.update(status=AssignmentStatus.SUBMITTED)
    with pytest.raises(InternalError), transaction.atomic():
        rows.update(pages=10)


def test_only_keepers_mark(registration, person):
    made = handed_in(registration)
    for somebody in (person, UserFactory(), staff()):
        with pytest.raises(NotAllowed):
            assignments.pass_assignment(assignment=made, feedback="", by=somebody)


# -- achieving -----------------------------------------------------------------------------------


@pytest.mark.requirement("B39", "B41", "B43")
def test_the_last_thing_that_was_missing_achieves_the_qualification(registration, keeper):
    assignments.pass_assignment(assignment=handed_in(registration), feedback="", by=keeper)
    passed(registration, 5, 4)
    third = chosen(registration, 4)[0]
    registration.refresh_from_db()
    assert registration.status == RegistrationStatus.REGISTERED
    with pytest.raises(NotPossible, match="9 credits in 2 courses"):
        registrations.achieve(registration=registration, by=keeper)
    courses.record_pass(choice=third, by=keeper)
    registration.refresh_from_db()
    assert registration.status == RegistrationStatus.ACHIEVED
    assert told(registration)[-2:] == ["result", "achieved"]


def test_without_the_assignment_it_is_not_achieved_unless_none_is_asked_for(registration):
    passed(registration, 5, 4, 4)
    registration.refresh_from_db()
    assert registration.status == RegistrationStatus.REGISTERED
    free = registered(least_pages=None, most_pages=None)
    passed(free, 5, 4, 4)
    free.refresh_from_db()
    assert free.status == RegistrationStatus.ACHIEVED
    with pytest.raises(NotPossible):
        handed_in(free)


def test_it_is_achieved_on_the_day_of_the_last_result_whenever_that_is_recorded():
    since, last = day(-20), day(-4)
    early = registered(on=since, least_pages=None, most_pages=None)
    *others, third = chosen(early, 5, 4, 4)
    for choice, on in zip([*others, third], (since, last, day(-9)), strict=True):
        courses.record_pass(choice=choice, on=on, by=SYSTEM)
    early.refresh_from_db()
    assert early.achieved_on == last
    later = registered(on=since)
    courses.record_pass(choice=chosen(later, 5)[0], on=last, by=SYSTEM)
    with pytest.raises(NotPossible, match="The last thing recorded for it was on"):
        registrations.withdraw(registration=later, reason="Illness.", on=day(-5), by=SYSTEM)
    registrations.withdraw(registration=later, reason="Illness.", on=last, by=SYSTEM)
    assert later.withdrawn_on == last


def test_an_achievement_stands_until_it_is_undone_with_a_reason(keeper, registration):
    achieved(registration)
    choice = registration.choices.first()
    with pytest.raises(NotPossible, match="has been achieved"):
        courses.correct(choice=choice, by=keeper)
    with pytest.raises(NotPossible, match="Say why"):
        registrations.reopen(registration=registration, reason=" ", by=keeper)
    registrations.reopen(registration=registration, reason="The wrong person.", by=keeper)
    assert (registration.status, registration.achieved_on) == (RegistrationStatus.REGISTERED, None)
    registrations.achieve(registration=registration, by=keeper)
    assert told(registration)[-2:] == ["reopened", "achieved"]


def test_giving_up_and_taking_up_again(registration, person, keeper):
    with pytest.raises(NotPossible, match="Say why"):
        registrations.withdraw(registration=registration, reason=" ", by=keeper)
    registrations.give_up(registration=registration, by=person)
    with pytest.raises(NotPossible, match="has been withdrawn"):
        chosen(registration, 5)
    with pytest.raises(NotPossible):
        registrations.give_up(registration=registration, by=person)
    registrations.resume(registration=registration, by=person)
    assert (registration.status, registration.withdrawn_on) == (RegistrationStatus.REGISTERED, None)
    assert told(registration)[-2:] == ["withdrawn", "resumed"]
    rows = Registration.objects.filter(pk=achieved(registration).pk)
    with pytest.raises(InternalError), transaction.atomic():
        rows.update(status=RegistrationStatus.WITHDRAWN, withdrawn_on=timezone.localdate(), achieved_on=None)


# -- time ----------------------------------------------------------------------------------------


@pytest.mark.requirement("B46")
def test_more_time_needs_a_reason_and_keeps_what_was_before(registration, person, keeper):
    before = registration.due_on
    later = before + timedelta(days=60)
    for on, reason, words in ((before, "Ill", "Choose a day after"), (later, " ", "Say why")):
        with pytest.raises(NotPossible, match=words):
            registrations.extend(registration=registration, due_on=on, reason=reason, by=keeper)
    with pytest.raises(NotAllowed):
        registrations.extend(registration=registration, due_on=later, reason="I would like to.", by=person)
    made = registrations.extend(registration=registration, due_on=later, reason="Ill in May", by=keeper)
    registration.refresh_from_db()
    assert (registration.due_on, made.due_before, made.given_by) == (later, before, keeper)
    assert told(registration)[-1] == "extended"
    with pytest.raises(InternalError), transaction.atomic():
        Extension.objects.update(reason="")


@pytest.mark.requirement("B46")
def test_whoever_has_not_finished_is_reminded_once_a_month_before():
    due = timezone.localdate() + timedelta(days=40)
    late = registered(on=timezone.localdate() - timedelta(days=142))
    Registration.objects.filter(pk=late.pk).update(due_on=due)
    done = achieved(registered())
    Registration.objects.filter(pk=done.pk).update(due_on=due)
    for before, times in ((31, 0), (30, 1), (29, 1)):
        work_out_reminders(today=due - timedelta(days=before))
        assert told(late).count("due_soon") == times
    assert "due_soon" not in told(done)


def test_the_system_cannot_mark(registration):
    with pytest.raises(NotAllowed):
        assignments.pass_assignment(assignment=handed_in(registration), feedback="", by=SYSTEM)
