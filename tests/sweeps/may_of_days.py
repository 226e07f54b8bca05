"""Who may act on days that participants record themselves: assignments and study."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from cohorts.actions import apologies, checking_in, making_up
from cohorts.actions.assessing import Said
from cohorts.models import Cohort, Pause, SharedAssessment
from tests.factories.cohorts import day
from tests.sweeps.days import disagree
from tests.sweeps.may import OF_COHORT, PARTICIPANT, Row
from tests.sweeps.refusals import change
from tests.sweeps.ways import now
from tests.sweeps.world import World

NOTES = {"diet": "Vegan", "access": "", "room": ""}


def enrolment(w: World, **more: Any) -> dict[str, Any]:
    return {"enrolment": w.enrolment, **more}


def shared(w: World) -> dict[str, Any]:
    SharedAssessment.objects.create(enrolment=w.enrolment, manager=w.manager)
    return enrolment(w)


def excused(w: World) -> dict[str, Any]:
    """A participant who has said that they cannot come to the next session."""
    apologies.cannot_come(enrolment=w.enrolment, session=w.visit, by=w.participant)
    return enrolment(w, session=w.visit)


def here(w: World) -> dict[str, Any]:
    """A session is on, and its code on the screen."""
    session = change(
        w.session, starts_at=now() - timedelta(minutes=5), ends_at=now() + timedelta(hours=2), days=Decimal("0.5")
    )
    return enrolment(w, session=session, code=checking_in.code_now(session))


def disputed(w: World) -> dict[str, Any]:
    """Two devices say different things of a participant."""
    session = w.attendance.session
    disagree(session, w.enrolment)
    return {"session": session, "enrolment": w.enrolment.pk, "said": "absent"}


def long_over(w: World) -> dict[str, Any]:
    """A cohort of which nobody is asked any more where they see themselves."""
    change(w.completed, completed_at=now() - timedelta(days=90))
    return {"cohort": Cohort.objects.for_steps().get(pk=w.completed.cohort_id)}


def paused(w: World) -> dict[str, Any]:
    """They are to pause."""
    Pause.objects.create(enrolment=w.enrolment, starts_on=day(2), ends_on=day(20))
    return enrolment(w)


def missed(w: World) -> dict[str, Any]:
    session = w.attendance.session
    agreed = {"kind": "work", "what": "A page on the reading", "due_on": day(9)}
    return {"enrolment": w.other_enrolment, "session": session, "component": session.component, **agreed}


def stuck(w: World, **more: Any) -> dict[str, Any]:
    """Somebody who has done nothing for a month."""
    return {"enrolment": w.alone, "kind": "no_days", **more}


def made_up(w: World) -> dict[str, Any]:
    return {"make_up": making_up.record_made_up(make_up=w.make_up, by=w.coordinator)}


DAYS = [
    Row("cohorts.actions.pausing.pause", OF_COHORT, lambda w: enrolment(w, starts_on=day(2), ends_on=day(20))),
    Row("cohorts.actions.pausing.end_pause", OF_COHORT, lambda w: {**paused(w), "ends_on": day(9)}),
    Row("cohorts.actions.pausing.remove_pause", OF_COHORT, paused),
    Row("cohorts.actions.following_up.nudge", OF_COHORT, lambda w: stuck(w, own_words="Ring me.")),
    Row("cohorts.actions.following_up.snooze", OF_COHORT, lambda w: stuck(w, until=day(9), reason="Rang.")),
    Row("cohorts.actions.following_up.assign_trouble", OF_COHORT, lambda w: stuck(w, owner=w.coordinator)),
    Row("cohorts.actions.making_up.agree_make_up", OF_COHORT, missed),
    Row("cohorts.actions.making_up.record_made_up", OF_COHORT, lambda w: {"make_up": w.make_up}),
    Row("cohorts.actions.making_up.not_made_up", OF_COHORT, made_up),
    Row("cohorts.actions.making_up.call_off_make_up", OF_COHORT, lambda w: {"make_up": w.make_up}),
    Row(
        "cohorts.actions.assessing.assess",
        PARTICIPANT,
        lambda w: enrolment(w, moment="before", answers={"aim-belong": Said(3)}),
    ),
    Row("cohorts.actions.assessing.forget", PARTICIPANT, enrolment),
    Row("cohorts.actions.assessing.share", PARTICIPANT, enrolment),
    Row("cohorts.actions.assessing.stop_sharing", PARTICIPANT, shared),
    Row("cohorts.actions.assessing.remind", OF_COHORT, lambda w: {"cohort": w.running}),
    Row("cohorts.actions.assessing.release", OF_COHORT, long_over),
    Row("cohorts.actions.placements.set_placement", OF_COHORT, lambda w: enrolment(w, host=w.partner.organisation)),
    Row(
        "cohorts.actions.hosts.change_host",
        OF_COHORT,
        lambda w: {"placement": w.placement, "host": w.partner.organisation},
    ),
    Row(
        "cohorts.actions.placements.record_day",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: {"placement": w.placement, "on": day(-3), "days": Decimal(1)},
    ),
    Row("cohorts.actions.placements.remove_day", (*PARTICIPANT, *OF_COHORT), lambda w: {"day": w.placement_day}),
    Row(
        "cohorts.actions.study.record_study",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: enrolment(w, on=day(-3), hours=Decimal(1), what="Chapter 2"),
    ),
    Row("cohorts.actions.staying.ask_needs", OF_COHORT, lambda w: {"session": w.visit, "needs_by": day(9)}),
    Row(
        "cohorts.actions.staying.confirm_needs",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: enrolment(w, session=w.visit, stays=True),
    ),
    Row(
        "cohorts.actions.apologies.cannot_come",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: enrolment(w, session=w.visit),
    ),
    Row("cohorts.actions.apologies.can_come", (*PARTICIPANT, *OF_COHORT), excused),
    Row(
        "cohorts.actions.working_days.say_working_days",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: enrolment(w, works_on=[0, 2, 3]),
    ),
    Row("cohorts.actions.checking_in.check_in", PARTICIPANT, here),
    Row("cohorts.actions.attendance.settle", OF_COHORT, disputed),
    Row("cohorts.actions.registers.receive", OF_COHORT, lambda w: {"session": w.session, "device": "x", "taps": []}),
    Row("cohorts.actions.staying.say_needs", PARTICIPANT, lambda w: {"person": w.participant, **NOTES}),
    Row("cohorts.actions.staying.forget_needs", PARTICIPANT, lambda w: {"person": w.participant}),
    Row("cohorts.actions.study.remove", (*PARTICIPANT, *OF_COHORT), lambda w: {"study": w.study}),
    Row(
        "cohorts.actions.study.correct",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: {"study": w.study, "on": day(-5), "hours": Decimal(2), "what": "Chapter 1"},
    ),
    Row("cohorts.actions.joint.invite_cohort", OF_COHORT, lambda w: {"session": w.session, "cohort": w.far_cohort}),
    Row(
        "cohorts.actions.joint.accept",
        OF_COHORT,
        lambda w: {"invitation": w.invitation, "component": w.plan.components.first(), "units": Decimal(1)},
    ),
    Row("cohorts.actions.joint.decline", OF_COHORT, lambda w: {"invitation": w.invitation, "reason": "An exam."}),
    Row(
        "cohorts.actions.joint.withdraw",
        OF_COHORT,
        lambda w: {"invitation": w.invitation, "then": "cancel", "reason": "Snow."},
    ),
    Row(
        "cohorts.actions.joint.call_off",
        OF_COHORT,
        lambda w: {"session": w.joint, "invitation": w.joint_accepted, "reason": "The room is too small."},
    ),
    Row(
        "cohorts.actions.joint_again.repeat",
        OF_COHORT,
        lambda w: {"session": w.joint, "cohort": w.open_cohort, "on": day(200)},
    ),
]
