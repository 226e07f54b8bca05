"""Refusals that come late: somebody else was quicker, or what was asked for does not hold any more."""

from types import SimpleNamespace

import pytest
from django.db import OperationalError

from applications.actions import interviews
from cohorts.actions import completion
from cohorts.actions.enrolments import require_on_the_programme
from cohorts.models import CompletionWaiver
from funding.actions import agreements
from steppingup.accounts.actors import SYSTEM
from steppingup.history.lifecycle import NotPossible
from steppingup.history.previews import previewing
from steppingup.jobs.models import Job
from steppingup.steps import jobs
from steppingup.steps.step import Step
from tests.factories import review as make
from tests.factories.accounts import staff


class Locked(Exception):
    pgcode = "55P03"


def test_a_preview_that_meets_somebody_elses_lock_says_so(db):
    with pytest.raises(NotPossible, match="Somebody else is changing this at the moment") as said, previewing():
        raise OperationalError from Locked()
    assert said.value.code == "busy"


def test_a_form_that_does_not_hold_any_more_is_refused_by_the_worker():
    with pytest.raises(NotPossible, match="is no longer valid"):
        jobs.filled_in(Step.registry["mentoring.pair.end"], "reason=", [SimpleNamespace()], SYSTEM)


def test_work_of_somebody_who_is_gone_is_not_done():
    with pytest.raises(NotPossible, match="no longer has an account"):
        jobs._asked(Job())


def test_whoever_has_left_and_whoever_was_not_asked_are_refused(monkeypatch):
    with pytest.raises(NotPossible, match="only while somebody is on the programme"):
        require_on_the_programme(SimpleNamespace(status="withdrawn"))
    with pytest.raises(NotPossible, match="Nobody is being asked"):
        agreements.require_waiting(SimpleNamespace(status="agreed"))
    monkeypatch.setattr(agreements, "funds_for", lambda agreement: [])
    with pytest.raises(NotPossible, match="Stepping Up has no fund"):
        agreements.require_fund(SimpleNamespace(cohort=SimpleNamespace(programme="Stepping Up")))


def test_a_waiver_that_a_colleague_took_back_is_not_taken_back_again(world, monkeypatch):
    monkeypatch.setattr(completion, "require_waived", lambda enrolment: None)
    rule = world.enrolment.cohort.completion_rules.first()
    CompletionWaiver.objects.filter(rule=rule).delete()
    with pytest.raises(NotPossible, match="not been waived"):
        completion.take_back_waiver.run(enrolment=world.enrolment, rule=rule, by=world.coordinator)


def test_an_interview_that_was_moved_a_moment_ago_is_not_recorded(db):
    window = make.window()
    coordinator = staff(provider=window.cohort.programme.provider)
    application = make.invited(window, coordinator).application
    with pytest.raises(NotPossible, match="has not started"):
        interviews.record.run(application=application, scores={}, outcome="", by=coordinator)
