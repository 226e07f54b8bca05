"""Every step that asks on which day something happened takes no day to come, and none before what it follows."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from modules.states import AssignmentStatus, CourseStatus
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.dates import EventDate
from steppingup.steps.step import Step
from tests.factories.cohorts import day
from tests.sweeps.refusals import gone
from tests.sweeps.taking import BY, GIVEN
from tests.sweeps.ways import now, put
from tests.sweeps.who_may import ROWS
from tests.sweeps.world import World


def asked_of(step: Step[Any, Any]) -> str:
    """The name of its date; nothing where it asks for none."""
    fields = getattr(step.form, "base_fields", {})
    return next((name for name, field in fields.items() if isinstance(field, EventDate)), "")


DATED = {step.key: step for step in Step.registry.values() if asked_of(step)}

#: Needs an invoice that was paid too much: tests/funding/test_credit_notes.py.
ELSEWHERE = ("funding.adjustment.confirm_refund",)


def passed_everything(w: World) -> dict[str, Any]:
    put(w.choice, CourseStatus.PASSED, result_on=day(0))
    put(w.assignment, AssignmentStatus.PASSED, marked_at=now(), marked_by=w.coordinator)
    return {"registration": w.registration}


READY = {
    "cohorts.enrolment.come_back": lambda w: {"enrolment": gone(w.enrolment)},
    "modules.registration.achieve": passed_everything,
}


def test_the_steps_whose_moment_is_not_that_of_the_click_ask_for_a_day():
    assert DATED.keys() >= {
        "cohorts.enrolment.withdraw",
        "cohorts.enrolment.come_back",
        "cohorts.enrolment.complete",
        "cohorts.enrolment.conclude",
        "cohorts.enrolment.transfer",
        "cohorts.enrolment.place_in_group",
        "cohorts.enrolment.change_employer",
        "cohorts.enrolment.change_line_manager",
        "cohorts.placement.change_host",
        "mentoring.pair.end",
        "modules.registration.achieve",
        "modules.registration.withdraw",
        "modules.coursechoice.pass",
        "modules.coursechoice.fail",
        "funding.invoice.pay",
        "funding.adjustment.confirm_refund",
    }


@pytest.mark.parametrize("key", sorted(DATED.keys() - set(ELSEWHERE)))
def test_no_day_to_come_and_none_before_what_it_follows(world, key):
    step = DATED[key]
    name, row = asked_of(step), next(row for row in ROWS if row.action is step)
    who, make = BY.get(key) or row.may[0], READY.get(key) or GIVEN.get(key) or row.given
    for on in (day(1), day(400), date(1950, 1, 1)):
        told = Message.objects.count()
        with transaction.atomic():
            afresh = world.afresh()
            given = make(afresh)
            with pytest.raises(NotPossible) as refused, transaction.atomic():
                step(**{**given, name: on}, by=afresh.people[who])
            transaction.set_rollback(True)
        assert refused.value.field == name, str(refused.value)
        assert Message.objects.count() == told
