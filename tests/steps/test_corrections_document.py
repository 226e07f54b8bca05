"""docs/corrections.md says of every step what undoes or corrects it."""

from steppingup.steps.management.commands.corrections import DOCUMENT, document
from steppingup.steps.step import Step


def test_the_document_says_what_the_steps_say():
    ours = [step for step in Step.registry.values() if not step.run.__module__.startswith("tests.")]
    assert DOCUMENT.read_text(encoding="utf-8") == document(ours), "Run `manage.py corrections`."
