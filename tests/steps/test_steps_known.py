"""Every process knows every step: a worker that opens no page takes steps for many, by their keys."""

import subprocess
import sys

from django import forms
from django.conf import settings

from applications.models import Application
from cohorts.models import Enrolment
from cohorts.pages.takings import way_to_place
from mentoring.models import Pair
from steppingup.steps.step import Step, StepForm

LIST = "import django; django.setup(); from steppingup.steps.step import Step; print(*Step.registry)"


def test_a_fresh_process_knows_every_step_of_the_pages():
    fresh = subprocess.run(
        [sys.executable, "-c", LIST], capture_output=True, text=True, cwd=settings.BASE_DIR, check=True
    )
    assert {step.key for step in Step.registry.values() if not step.run.__module__.startswith("tests.")} <= set(
        fresh.stdout.split()
    )


def test_what_is_missing_is_asked_for_by_its_name():
    class Form(StepForm):
        why = forms.CharField(label="Reason")

    assert Form({}, subject=None).errors == {"why": ["Fill in “Reason”."]}


def test_whoever_may_take_back_what_they_did_is_offered_it_on_a_page_of_theirs():
    """On the application's page, the participant's, or the mentor's."""
    public = [step for step in Step.registry.values() if not step.permission and step.own_back and not step.final]
    elsewhere = {step.page_model for step in public} - {Application, Enrolment, Pair}
    lost = {model._meta.label for model in elsewhere if not way_to_place(model)}
    assert lost == {"messaging.MessageTemplate"}  # staff's own, who find it in the desk
    for step in public:  # a mentor takes no others
        assert step.page_model is not Pair or step.key in ("mentoring.pair.record", "mentoring.mentoringsession.remove")
