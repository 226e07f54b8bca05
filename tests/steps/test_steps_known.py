"""Every process knows every step: a worker that opens no page takes steps for many, by their keys."""

import subprocess
import sys

from django import forms
from django.conf import settings

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
