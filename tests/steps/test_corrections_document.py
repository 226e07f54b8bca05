"""docs/corrections.md says of every step what undoes or corrects it."""

from datetime import timedelta

import pytest

from steppingup.formats.english import lasting
from steppingup.history.patience import GRACE, OWN_BACK
from steppingup.steps.management.commands.corrections import DOCUMENT, document
from steppingup.steps.step import Step


def test_the_document_says_what_the_steps_say_whatever_was_imported_first():
    ours = [step for step in Step.registry.values() if not step.run.__module__.startswith("tests.")]
    assert DOCUMENT.read_text(encoding="utf-8") == document(ours), "Run `manage.py corrections`."
    assert document(ours) == document(reversed(ours))


def test_how_long_is_what_the_code_says():
    assert f"within {lasting(OWN_BACK)}" in document([])
    assert f"wait {lasting(GRACE)} first" in (DOCUMENT.parent / "messages.md").read_text(encoding="utf-8")
    assert {step.grace for step in Step.registry.values() if step.grace} == {GRACE}


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "1 minute"), (10, "10 minutes"), (60, "an hour"), (90, "90 minutes"), (1440, "a day"), (2880, "2 days")],
)
def test_how_long_reads_in_the_largest_measure_that_it_fills(minutes, words):
    assert lasting(timedelta(minutes=minutes)) == words
