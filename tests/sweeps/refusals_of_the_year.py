"""The table of refusals: cohorts, places, sessions, assignments, mentoring and qualifications."""

from datetime import time
from decimal import Decimal
from typing import Any

import pgtrigger
from django.utils import timezone

from cohorts.actions import attendance, certificates, cohorts, completion, enrolments, placements, sessions
from cohorts.models import CompletionRule, Component, PeerGroup, Plan
from cohorts.planning import Pattern
from cohorts.states import CohortStatus, EnrolmentStatus, Recording, Standing
from mentoring import jobs
from mentoring.actions import matching, mentors, wishes
from mentoring.actions import sessions as mentoring_sessions
from mentoring.states import Mode
from modules.actions import assignments, registrations
from steppingup.accounts.actors import SYSTEM
from steppingup.jobs.models import Job
from tests.factories.accounts import OrganisationFactory
from tests.factories.cohorts import day
from tests.factories.mentoring import ThemeFactory
from tests.sweeps.refusals import change, gone, not_allowed, refusal
from tests.sweeps.ways import now, put
from tests.sweeps.world import World

# -- cohorts and their sessions --------------------------------------------------------------------


@refusal("no components yet")
def publish_with_an_empty_plan(w: World) -> Any:
    plan = Plan.objects.create(programme=w.programme, name="Empty")
    return cohorts.publish(cohort=change(w.elsewhere, plan=plan), by=w.coordinator)


@refusal("Nobody has a place on this cohort yet.")
def start_without_anybody(w: World) -> Any:
    return cohorts.start(cohort=w.open_cohort, by=w.coordinator)


@refusal("This cohort is finished, so you cannot add sessions to it.")
def sessions_of_a_finished_cohort(w: World) -> Any:
    pattern = Pattern(day(1), 4, 2, time(9), time(16))
    return sessions.draft_from_plan(cohort=put(w.running, CohortStatus.FINISHED), pattern=pattern, by=w.coordinator)


@refusal("This session is over or cancelled.")
def invite_managers_to_a_cancelled_session(w: World) -> Any:
    session = change(w.session, open_to_managers=True, cancelled_at=now())
    return sessions.invite_managers(session=session, by=w.coordinator)


@refusal("This session is over or cancelled.")
def invite_managers_to_a_session_that_has_begun(w: World) -> Any:
    session = change(w.session, open_to_managers=True, starts_at=now())
    return sessions.invite_managers(session=session, by=w.coordinator)


@refusal("This session was cancelled, so it has no register.")
def register_of_a_cancelled_session(w: World) -> Any:
    return attendance.mark(session=change(w.session, cancelled_at=now()), marks={}, by=w.coordinator)


# -- completing ------------------------------------------------------------------------------------


@refusal("This rule belongs to another cohort.")
def waive_a_rule_of_another_cohort(w: World) -> Any:
    rule = CompletionRule.objects.create(cohort=w.elsewhere, component=None, minimum=1)
    return completion.waive(enrolment=w.enrolment, rule=rule, reason="Illness.", by=w.coordinator)


@refusal("only while somebody is on the programme")
def waive_for_somebody_who_has_left(w: World) -> Any:
    return completion.waive(enrolment=gone(w.enrolment), rule=w.completion_rule, reason="Illness.", by=w.coordinator)


@refusal("This rule has already been waived.")
def waive_twice(w: World) -> Any:
    rule = change(w.completion_rule, minimum=99)
    for _ in range(2):
        completion.waive(enrolment=w.enrolment, rule=rule, reason="Illness.", by=w.coordinator)


@refusal("A waiver can be taken back only while somebody is on the programme.")
def take_back_a_waiver_of_somebody_who_has_left(w: World) -> Any:
    return completion.take_back_waiver(enrolment=gone(w.enrolment), rule=w.completion_rule, by=w.coordinator)


@refusal("has not completed, so there is nothing to certify")
def certify_somebody_who_has_not_completed(w: World) -> Any:
    return certificates.make(enrolment=w.enrolment, by=w.coordinator)


@refusal("Record the completion instead.")
def whoever_meets_the_rules_did_not_complete(w: World) -> Any:
    for rule in w.enrolment.cohort.completion_rules.all():
        w.enrolment.waivers.get_or_create(rule=rule, defaults={"reason": "Illness.", "given_by": w.coordinator})
    return completion.conclude(enrolment=w.enrolment, by=w.coordinator)


@refusal("A statement of the days has been made. Revoke it first.")
def back_on_the_programme_with_a_statement(w: World) -> Any:
    over = put(w.enrolment, EnrolmentStatus.NOT_COMPLETED, not_completed_at=now())
    certificates.make(enrolment=over, by=w.coordinator)
    return completion.go_on(enrolment=over, by=w.coordinator)


@refusal("so there is nothing to certify")
def certify_no_days(w: World) -> Any:
    over = put(w.other_enrolment, EnrolmentStatus.NOT_COMPLETED, not_completed_at=now())
    return certificates.make(enrolment=over, by=w.coordinator)


# -- places ----------------------------------------------------------------------------------------


@refusal("Enter the new line manager's email address.")
def a_line_manager_without_an_address(w: World) -> Any:
    return enrolments.change_line_manager(enrolment=w.enrolment, name="Mo", email=" ", by=w.coordinator)


@refusal("is already the line manager")
def the_same_line_manager(w: World) -> Any:
    email = w.manager.email.upper()
    return enrolments.change_line_manager(enrolment=w.enrolment, name="Mo", email=email, by=w.coordinator)


@refusal("belongs to another cohort")
def a_group_of_another_cohort(w: World) -> Any:
    group = PeerGroup.objects.create(cohort=w.elsewhere, name="Red")
    return enrolments.place_in_group(enrolment=w.enrolment, peer_group=group, by=w.coordinator)


def left_three_days_ago(w: World) -> Any:
    left = gone(w.enrolment)
    left.memberships.update(ends_on=day(-2))
    return left


@refusal("is already the employer")
def the_same_employer(w: World) -> Any:
    return enrolments.change_employer(enrolment=w.enrolment, employer=w.enrolment.employer, by=w.coordinator)


@refusal("belongs to the same organisation as the new employer. Choose another host first.")
def an_employer_that_is_the_host(w: World) -> Any:
    return enrolments.change_employer(enrolment=w.enrolment, employer=w.placement.host, by=w.coordinator)


@refusal("and a mentor must be from another organisation. End that pair")
def an_employer_of_the_mentor(w: World) -> Any:
    employer = w.pair.mentor.organisation
    return enrolments.change_employer(enrolment=w.pair.enrolment, employer=employer, by=w.coordinator)


@refusal("Choose the new employer.")
def no_employer_for_somebody_employed(w: World) -> Any:
    return enrolments.change_employer(enrolment=w.enrolment, employer=None, by=w.coordinator)


@refusal("Somebody who is self-employed has no employer.")
def an_employer_for_somebody_without(w: World) -> Any:
    given = {"employer": w.partner.organisation, "standing": Standing.SELF_EMPLOYED}
    return enrolments.change_employer(enrolment=w.enrolment, by=w.coordinator, **given)


@refusal("This day is in the future.")
def a_group_from_tomorrow(w: World) -> Any:
    return enrolments.place_in_group(enrolment=w.enrolment, peer_group=None, from_on=day(1), by=w.coordinator)


@refusal("joined on")
def a_group_before_joining(w: World) -> Any:
    return enrolments.place_in_group(enrolment=w.enrolment, peer_group=None, from_on=day(-999), by=w.coordinator)


@refusal("left the programme on")
def a_group_after_leaving(w: World) -> Any:
    return enrolments.place_in_group(enrolment=left_three_days_ago(w), peer_group=None, by=w.coordinator)


@refusal("joined the programme on")
def a_day_before_joining(w: World) -> Any:
    w.enrolment.memberships.update(starts_on=day(-1))
    return placements.record_day(placement=w.placement, on=day(-5), days=Decimal(1), by=w.participant)


@refusal("A day is recorded for")
def leaving_before_a_recorded_day(w: World) -> Any:
    return enrolments.withdraw(enrolment=w.enrolment, reason="Moved.", on=day(-60), by=w.coordinator)


@refusal("This cohort is over, so nobody can come back to it.")
def coming_back_to_a_finished_cohort(w: World) -> Any:
    gone(w.enrolment)
    put(w.enrolment.cohort, CohortStatus.FINISHED)
    return enrolments.come_back(enrolment=w.enrolment, by=w.coordinator)


@refusal("are taken")
def coming_back_to_a_full_cohort(w: World) -> Any:
    left = gone(w.enrolment)
    change(left.cohort, capacity=max(1, left.cohort.enrolments.holding_a_place().count()))
    return enrolments.come_back(enrolment=left, by=w.coordinator)


# -- the stretch assignment ------------------------------------------------------------------------


def host(w: World, enrolment: Any, **details: Any) -> Any:
    given = {"kind": "project", "title": "A new front desk", **details}
    return placements.set_placement(enrolment=enrolment, host=OrganisationFactory(), by=w.coordinator, **given)


@refusal("has left the programme, so they cannot be given an assignment")
def an_assignment_for_somebody_who_has_left(w: World) -> Any:
    return host(w, gone(w.enrolment))


@refusal("The assignment must end on or after the day it starts.")
def an_assignment_that_ends_before_it_begins(w: World) -> Any:
    return host(w, w.enrolment, starts_on=day(9), ends_on=day(8))


@refusal("This cohort's plan has no stretch assignment.")
def an_assignment_that_the_plan_does_not_have(w: World) -> Any:
    with pgtrigger.ignore("cohorts.Component:frozen_with_its_version"):
        Component.objects.filter(plan=w.plan, recording=Recording.HOST).update(recording=Recording.REGISTER)
    return host(w, w.enrolment)


@refusal("left the programme on")
def a_day_after_somebody_has_left(w: World) -> Any:
    left_three_days_ago(w)
    return placements.record_day(placement=w.placement, on=day(-2), days=Decimal(1), by=w.participant)


@refusal("Completion has been recorded, so days can no longer be changed.")
def a_day_of_somebody_who_has_completed(w: World) -> Any:
    put(w.enrolment, EnrolmentStatus.COMPLETED, completed_at=now())
    return placements.record_day(placement=w.placement, on=day(-2), days=Decimal(1), by=w.participant)


@refusal("Completion has been recorded, so days can no longer be changed.")
def remove_a_day_of_somebody_who_has_completed(w: World) -> Any:
    put(w.enrolment, EnrolmentStatus.COMPLETED, completed_at=now())
    return placements.remove_day(day=type(w.placement_day).objects.get(pk=w.placement_day.pk), by=w.participant)


# -- qualifications --------------------------------------------------------------------------------


def hand_in(w: World, file: Any) -> Any:
    registration = type(w.registration).objects.get(pk=w.registration.pk)
    return assignments.submit_assignment(registration=registration, file=file, by=w.participant)


@refusal("Upload the assignment as a PDF")
def an_assignment_that_is_no_pdf(w: World) -> Any:
    return hand_in(w, change(w.stored_file, content_type="application/msword"))


@refusal("Upload the assignment as a PDF")
def an_assignment_whose_pages_cannot_be_counted(w: World) -> Any:
    return hand_in(w, change(w.stored_file, pages=None))


@refusal("does not ask for an assignment")
def an_assignment_that_is_not_asked_for(w: World) -> Any:
    change(w.qualification, least_pages=None, most_pages=None)
    return hand_in(w, w.stored_file)


@refusal("You have already handed in this file.")
def the_same_file_again(w: World) -> Any:
    return hand_in(w, w.assignment.file)


@refusal("Choose a date in the future.")
def more_time_that_is_over(w: World) -> Any:
    registration = change(w.registration, registered_on=day(-99), due_on=day(-9))
    return registrations.extend(registration=registration, due_on=day(-1), reason="Illness.", by=w.coordinator)


# -- mentoring -------------------------------------------------------------------------------------


@not_allowed("Only a person can confirm or end a pair.")
def the_system_confirms_a_pair(w: World) -> Any:
    return matching.confirm(pair=w.other_pair, by=SYSTEM)


@not_allowed("Only a person can confirm or end a pair.")
def the_system_ends_a_pair(w: World) -> Any:
    return matching.end(pair=w.pair, reason="Over.", by=SYSTEM)


@refusal("is no longer on the programme.")
def a_mentor_for_somebody_who_has_left(w: World) -> Any:
    return matching.pair_by_hand(enrolment=gone(w.alone), mentor=w.mentor_row, by=w.coordinator)


@refusal("These themes belong to another programme.")
def a_mentor_with_themes_of_another_programme(w: World) -> Any:
    return mentors.change(mentor=w.mentor_row, themes=[ThemeFactory()], by=w.mentor)


def put_mentor(w: World, email: str, **values: Any) -> Any:
    given = {"programme": w.programme, "full_name": "Sol", "organisation": OrganisationFactory(), "by": w.coordinator}
    return mentors.put(email=email, **given, **values)


@refusal("Shorten it to 120")
def a_mentor_whose_area_is_too_long(w: World) -> Any:
    return mentors.change(mentor=w.mentor_row, area="x" * 121, by=w.mentor)


@refusal("Shorten it to 120")
def a_new_mentor_whose_area_is_too_long(w: World) -> Any:
    return put_mentor(w, "new.mentor@example.org", area="x" * 121)


@refusal("is closed")
def a_mentor_whose_account_is_closed(w: World) -> Any:
    return put_mentor(w, change(w.other_participant, is_active=False).email)


@refusal("has left the programme, so nothing more can be recorded")
def a_session_without_days_of_somebody_who_has_left(w: World) -> Any:
    with pgtrigger.ignore("cohorts.Component:frozen_with_its_version"):
        Component.objects.filter(plan=w.plan, recording=Recording.PAIR).update(recording=Recording.REGISTER)
    gone(w.enrolment)
    given = {"on": day(-1), "minutes": 60, "mode": Mode.VIDEO, "by": w.mentor}
    return mentoring_sessions.record(pair=w.pair, **given)


@refusal("You are no longer on the programme")
def a_wish_of_somebody_who_has_left(w: World) -> Any:
    return wishes.wish(enrolment=gone(w.enrolment), themes=[w.theme], area="", note="", by=w.participant)


@refusal("Choose at least one theme")
def a_wish_that_says_nothing(w: World) -> Any:
    return wishes.wish(enrolment=w.enrolment, themes=[], area=" ", note="", by=w.participant)


@refusal("This cohort no longer exists.")
def matching_of_a_cohort_that_is_gone(w: World) -> Any:
    return jobs.match(Job(kind=matching.JOB, created_at=timezone.now()), lambda *args, **kwargs: None)
