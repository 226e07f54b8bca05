"""docs/corrections.md says of every step what undoes or corrects it."""

from datetime import timedelta

from cohorts.pages.mistakes import WITHIN
from steppingup.steps.management.commands.corrections import DOCUMENT, document
from steppingup.steps.step import Step


def test_the_document_says_what_the_steps_say():
    ours = [step for step in Step.registry.values() if not step.run.__module__.startswith("tests.")]
    assert DOCUMENT.read_text(encoding="utf-8") == document(ours), "Run `manage.py corrections`."


def test_how_long_is_what_the_code_says():
    assert ("within a day" in document([])) == (timedelta(days=1) == WITHIN)
    assert "ten minutes" in (DOCUMENT.parent / "messages.md").read_text(encoding="utf-8")
    assert {step.grace for step in Step.registry.values() if step.grace} == {timedelta(minutes=10)}
