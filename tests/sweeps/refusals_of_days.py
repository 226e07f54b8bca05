"""The table of refusals: nights away, what people need, and days that cohorts share."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from cohorts.actions import (
    apologies,
    assessing,
    attendance,
    checking_in,
    joint,
    joint_again,
    registers,
    sessions,
    staying,
    working_days,
)
from cohorts.actions.assessing import Said
from cohorts.actions.registers import Sent
from cohorts.models import Assessment, AssessmentRelease, SharedAssessment
from cohorts.states import CohortStatus, EnrolmentStatus
from tests.factories.cohorts import PlanFactory, PublishedCohortFactory, SessionFactory, day
from tests.sweeps.may_of_days import here
from tests.sweeps.refusals import change, not_allowed, refusal
from tests.sweeps.ways import now
from tests.sweeps.world import World

# -- nights away -----------------------------------------------------------------------------------


@refusal("First say on the session's page that people stay the night, or eat there.")
def ask_what_people_need_for_a_plain_session(w: World) -> Any:
    return staying.ask_needs(session=w.session, needs_by=day(1), by=w.coordinator)


@refusal("This session has begun.")
def ask_what_people_need_once_it_has_begun(w: World) -> Any:
    return staying.ask_needs(session=change(w.visit, starts_at=now()), needs_by=day(0), by=w.coordinator)


@refusal("This cohort is finished.")
def ask_what_people_need_after_the_cohort(w: World) -> Any:
    change(w.running, status=CohortStatus.FINISHED)
    session = type(w.visit).objects.for_steps().get(pk=w.visit.pk)
    return staying.ask_needs(session=session, needs_by=day(1), by=w.coordinator)


@refusal("Enter a day from today to")
def ask_what_people_need_by_a_day_that_is_past(w: World) -> Any:
    return staying.ask_needs(session=w.visit, needs_by=day(-1), by=w.coordinator)


@refusal("This session is over, cancelled, or asks nothing of them.")
def confirm_for_a_session_that_asks_nothing(w: World) -> Any:
    return staying.confirm_needs(enrolment=w.enrolment, session=w.session, stays=True, by=w.participant)


@refusal("Choose yes or no: is there to be a room for the night?")
def confirm_without_a_word_about_the_night(w: World) -> Any:
    return staying.confirm_needs(enrolment=w.enrolment, session=w.visit, by=w.participant)


@refusal("No session to come asks what people need.")
def confirm_where_nothing_is_asked(w: World) -> Any:
    change(w.visit, nights=0)
    return staying.confirm_needs(enrolment=w.enrolment, session=w.visit, stays=True, by=w.participant)


@refusal("is not on the programme.")
def confirm_after_leaving(w: World) -> Any:
    left = change(w.enrolment, status=EnrolmentStatus.WITHDRAWN, withdrawn_at=now())
    return staying.confirm_needs(enrolment=left, session=w.visit, stays=True, by=w.participant)


@not_allowed("may not say what")
def confirm_what_somebody_else_needs(w: World) -> Any:
    return staying.confirm_needs(enrolment=w.enrolment, session=w.visit, stays=True, by=w.other_participant)


# -- who cannot come -------------------------------------------------------------------------------


@refusal("This session is over or cancelled")
def excuse_oneself_from_what_is_over(w: World) -> Any:
    over = w.attendance.session
    return apologies.cannot_come(enrolment=w.enrolment, session=over, by=w.participant)


@refusal("There is no session to come to be excused from.")
def excuse_oneself_where_nothing_is_to_come(w: World) -> Any:
    w.running.sessions.update(cancelled_at=now())
    return apologies.cannot_come(enrolment=w.enrolment, session=w.visit, by=w.participant)


@refusal("No session to come is marked “cannot come”.")
def come_after_all_without_having_said_no(w: World) -> Any:
    return apologies.can_come(enrolment=w.enrolment, session=w.visit, by=w.participant)


@refusal("Nothing says that you cannot come to this session")
def come_after_all_to_another_session(w: World) -> Any:
    apologies.cannot_come(enrolment=w.enrolment, session=w.visit, by=w.participant)
    return apologies.can_come(enrolment=w.enrolment, session=w.joint, by=w.participant)


@refusal("is not on the programme.")
def excuse_oneself_after_leaving(w: World) -> Any:
    left = change(w.enrolment, status=EnrolmentStatus.WITHDRAWN, withdrawn_at=now())
    return apologies.cannot_come(enrolment=left, session=w.visit, by=w.participant)


@not_allowed("may not say whether")
def excuse_somebody_else(w: World) -> Any:
    return apologies.cannot_come(enrolment=w.enrolment, session=w.visit, by=w.other_participant)


@refusal("Choose at least one day.")
def work_on_no_day(w: World) -> Any:
    return working_days.say_working_days(enrolment=w.enrolment, works_on=[], by=w.participant)


@refusal("is not on the programme.")
def say_ones_working_days_after_leaving(w: World) -> Any:
    left = change(w.enrolment, status=EnrolmentStatus.WITHDRAWN, withdrawn_at=now())
    return working_days.say_working_days(enrolment=left, works_on=[1], by=w.participant)


@not_allowed("may not say on which days")
def say_somebody_elses_working_days(w: World) -> Any:
    return working_days.say_working_days(enrolment=w.enrolment, works_on=[1], by=w.other_participant)


# -- the register -------------------------------------------------------------------------------------


@refusal("That is not the code on the screen.")
def check_in_by_another_code(w: World) -> Any:
    return checking_in.check_in(**{**here(w), "code": "x"}, by=w.participant)


@refusal("You cannot check in to this session now.")
def check_in_to_what_is_over(w: World) -> Any:
    over = w.attendance.session
    code = checking_in.code_now(over)
    return checking_in.check_in(enrolment=w.enrolment, session=over, code=code, by=w.participant)


@refusal("is not on the programme.")
def check_in_after_leaving(w: World) -> Any:
    given = here(w)
    left = change(w.enrolment, status=EnrolmentStatus.WITHDRAWN, withdrawn_at=now())
    return checking_in.check_in(**{**given, "enrolment": left}, by=w.participant)


@not_allowed("Only they themselves check in.")
def check_somebody_in(w: World) -> Any:
    return checking_in.check_in(**here(w), by=w.coordinator)


@refusal("This was settled in the meantime.")
def settle_what_nobody_disputes(w: World) -> Any:
    session = w.attendance.session
    return attendance.settle(session=session, enrolment=w.enrolment.pk, said="absent", by=w.coordinator)


@refusal("Choose one of the marks for each person.")
def send_a_mark_that_there_is_not(w: World) -> Any:
    tap = Sent(uuid4(), w.enrolment.pk, "asleep", now())
    return registers.receive(session=w.attendance.session, device="x", taps=[tap], by=w.coordinator)


# -- where people see themselves -------------------------------------------------------------------


def assess(w: World, enrolment: Any = None, **more: Any) -> Any:
    given = {"moment": "before", "answers": {"aim-belong": Said(3)}, "by": w.participant, **more}
    return assessing.assess(enrolment=enrolment or w.enrolment, **given)


@refusal("You are not asked about this any more, or not yet.")
def say_where_one_is_before_one_is_asked(w: World) -> Any:
    return assess(w, moment="after")


@refusal("Choose one of the answers.")
def say_what_is_not_on_the_scale(w: World) -> Any:
    return assess(w, answers={"aim-belong": Said(6)})


@refusal("Choose an answer for at least one of these.")
def finish_with_a_sentence_and_no_answer(w: World) -> Any:
    return assess(w, answers={"aim-belong": Said(None, "Well.")}, done=True)


@not_allowed("Only they themselves say where they see themselves.")
def say_where_somebody_else_is(w: World) -> Any:
    return assess(w, by=w.coordinator)


@refusal("There is no line manager to share it with.")
def share_it_with_nobody(w: World) -> Any:
    return assessing.share(enrolment=change(w.enrolment, line_manager=None), by=w.participant)


@refusal("Say first where you see yourself.")
def share_what_was_not_said(w: World) -> Any:
    change(w.assessment, given_at=None)
    return assessing.share(enrolment=w.enrolment, by=w.participant)


@refusal("Your line manager sees it already.")
def share_it_twice(w: World) -> Any:
    SharedAssessment.objects.create(enrolment=w.enrolment, manager=w.manager)
    return assessing.share(enrolment=w.enrolment, by=w.participant)


@refusal("You do not share it with your line manager.")
def stop_sharing_what_is_not_shared(w: World) -> Any:
    return assessing.stop_sharing(enrolment=w.enrolment, by=w.participant)


@refusal("Nobody is asked now who has not answered.")
def remind_when_everybody_has_said_it(w: World) -> Any:
    people = w.running.enrolments.on_the_programme()
    Assessment.objects.bulk_create(
        Assessment(enrolment=one, moment="before", given_at=now()) for one in people.filter(assessments=None)
    )
    return assessing.remind(cohort=w.running, by=w.coordinator)


@refusal("This cohort was cancelled.")
def remind_a_cohort_that_was_cancelled(w: World) -> Any:
    return assessing.remind(cohort=change(w.running, status=CohortStatus.CANCELLED), by=w.coordinator)


@refusal("The plan has no aims, benefits or barriers")
def remind_of_what_nobody_is_asked(w: World) -> Any:
    return assessing.remind(cohort=w.far_cohort, by=w.far_coordinator)


@refusal("People can look back until")
def release_what_can_still_be_said(w: World) -> Any:
    return assessing.release(cohort=w.running, by=w.coordinator)


@refusal("What everybody said was released already.")
def release_twice(w: World) -> Any:
    cohort = w.completed.cohort
    AssessmentRelease.objects.create(cohort=cohort, contents={})
    change(cohort, ends_on=day(-160))
    return assessing.release(cohort=cohort, by=w.coordinator)


# -- days that cohorts share -----------------------------------------------------------------------


def invite(w: World, session: Any) -> Any:
    return joint.invite_cohort(session=session, cohort=w.far_cohort, by=w.coordinator)


@refusal("A joint day is for a whole cohort.")
def share_a_session_of_one_group(w: World) -> Any:
    return invite(w, change(w.session, peer_group=w.peer_group))


@refusal("This session has begun.")
def share_a_session_that_has_begun(w: World) -> Any:
    return invite(w, change(w.session, starts_at=now()))


@refusal("This cohort is finished")
def share_a_session_of_a_finished_cohort(w: World) -> Any:
    change(w.running, status=CohortStatus.FINISHED)
    return invite(w, type(w.session).objects.get(pk=w.session.pk))


def accept(w: World, **more: Any) -> Any:
    given = {"component": w.plan.components.first(), "units": Decimal(1), **more}
    return joint.accept(invitation=w.invitation, by=w.coordinator, **given)


@refusal("This session was cancelled.")
def accept_a_day_that_was_cancelled(w: World) -> Any:
    change(w.far_hosted, cancelled_at=now())
    return accept(w)


@refusal("This session has begun.")
def accept_a_day_that_has_begun(w: World) -> Any:
    change(w.far_hosted, starts_at=now())
    return accept(w)


@refusal("This cohort is finished")
def accept_a_day_after_the_cohort(w: World) -> Any:
    change(w.running, status=CohortStatus.FINISHED)
    return accept(w)


@refusal("Say why, in a sentence.")
def decline_a_day_without_a_word(w: World) -> Any:
    return joint.decline(invitation=w.invitation, reason=" ", by=w.coordinator)


@refusal("Say where your people meet then.")
def leave_a_joint_day_for_nowhere(w: World) -> Any:
    return joint.withdraw(invitation=w.joint_accepted, then="alone", reason="Snow.", by=w.far_coordinator)


@refusal("That invitation is for another session.")
def call_off_an_invitation_to_another_day(w: World) -> Any:
    return joint.call_off(session=w.joint, invitation=w.invitation, reason="Snow.", by=w.coordinator)


@refusal("No other cohort is invited to this session.")
def call_off_a_day_that_nobody_shares(w: World) -> Any:
    return joint.call_off(session=w.session, invitation=w.joint_accepted, reason="Snow.", by=w.coordinator)


@refusal("runs this joint day")
def move_a_day_that_another_cohort_hosts(w: World) -> Any:
    session = w.far_session
    return sessions.move(
        session=session, starts_at=session.starts_at, ends_at=session.ends_at, venue="Here", by=w.far_coordinator
    )


def repeat(w: World, **more: Any) -> Any:
    given = {"session": w.joint, "cohort": w.open_cohort, "on": day(200), **more}
    return joint_again.repeat(by=w.coordinator, **given)


@refusal("This session was cancelled.")
def repeat_a_day_that_was_cancelled(w: World) -> Any:
    return repeat(w, session=change(w.joint, cancelled_at=now()))


@refusal("No other cohort took part in this session.")
def repeat_a_day_that_nobody_shared(w: World) -> Any:
    return repeat(w, session=w.session)


@refusal("is no later cohort of your programme.")
def repeat_a_day_for_the_same_cohort(w: World) -> Any:
    return repeat(w, cohort=w.running)


@refusal("Enter a day that is to come.")
def repeat_a_day_in_the_past(w: World) -> Any:
    return repeat(w, on=day(0))


@refusal("has no “")
def repeat_a_day_for_a_plan_without_its_part(w: World) -> Any:
    plan = PlanFactory(programme=w.programme)
    plan.components.filter(key=w.joint.component.key).delete()
    return repeat(w, cohort=PublishedCohortFactory(programme=w.programme, plan=plan))


@refusal("At that time")
def repeat_a_day_at_the_time_of_another(w: World) -> Any:
    starts_at, _ = joint_again.times_on(w.joint, day(200))
    SessionFactory(cohort=w.open_cohort, starts_at=starts_at)
    return repeat(w)
