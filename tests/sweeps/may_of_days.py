"""Who may act on days that participants record themselves: assignments and study."""

from decimal import Decimal
from typing import Any

from tests.factories.cohorts import day
from tests.sweeps.may import OF_COHORT, PARTICIPANT, Row
from tests.sweeps.world import World

NOTES = {"diet": "Vegan", "access": "", "room": ""}


def enrolment(w: World, **more: Any) -> dict[str, Any]:
    return {"enrolment": w.enrolment, **more}


DAYS = [
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
