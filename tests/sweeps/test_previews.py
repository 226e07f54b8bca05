"""What a page shows before a step is what the step then does: the same people told the same, and nothing left behind."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from steppingup.history.lifecycle import Lifecycle, NotPossible
from steppingup.history.previews import previewing, recording
from steppingup.steps.step import Step, steps_of
from steppingup.steps.taking import Outlook, letters_of
from tests.sweeps.fingerprints import fingerprints
from tests.sweeps.states_table import IDS, SUBJECTS, WAYS
from tests.sweeps.ways import Way, put, stopped
from tests.sweeps.world import World


def everything() -> Collection[tuple[Any, ...]]:
    return fingerprints("everything", lambda table: table != "django_session")


def media() -> list[str]:
    return sorted(str(path) for path in Path(settings.MEDIA_ROOT).rglob("*"))


def told(messages: Any, began: datetime) -> Outlook:
    return Outlook(0, "", letters_of(messages), moments=(began, timezone.now()))


def foreseen(world: World, way: Way, thing: Any) -> Outlook | str:
    """What a preview says, or the sentence with which it refuses."""
    began = timezone.now()
    try:
        with previewing() as preview:
            way.call(world, thing)
        return told(preview.messages, began)
    except NotPossible as sentence:
        return str(sentence)


def happened(world: World, way: Way, thing: Any) -> Outlook | str:
    began = timezone.now()
    try:
        with recording() as record, transaction.atomic():
            way.call(world, thing)
        return told(record.messages, began)
    except NotPossible as sentence:
        return str(sentence)


def same(one: Outlook | str, other: Outlook | str) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return other.confirms(one.digest)


@pytest.mark.parametrize(("name", "move", "step", "way"), WAYS, ids=IDS)
def test_a_preview_says_what_the_step_then_says_and_leaves_nothing_behind(world, name, move, step, way):
    subject, lifecycle = SUBJECTS[name], Lifecycle.registry[name]
    for state in sorted(lifecycle.moves[way.inside or move].sources):
        with stopped(), transaction.atomic():
            thing = put(getattr(world, subject.thing), state, **subject.also(world, state))
            before, files = everything(), media()
            foretold = foreseen(world, way, thing)
            assert everything() == before, f"in “{state}” the preview changed a table"
            assert media() == files, f"in “{state}” the preview left a file"
            thing = type(thing).objects.get(pk=thing.pk)
            with time_machine.travel(timezone.now() + timedelta(seconds=61)):  # somebody reads for a minute
                came = happened(world, way, thing)
            assert same(foretold, came), f"in “{state}”: {foretold} / {came}"
            transaction.set_rollback(True)


@pytest.mark.parametrize("step", Step.registry.values(), ids=lambda step: step.key)
def test_every_step_is_taken_back_or_says_in_a_sentence_why_not(step):
    """test_taking_back takes all of them back. `undo` names what puts it right in the ordinary course of things."""
    if step.undo:
        assert step.undo in {other.name for other in steps_of(step.model)}
    if step.final:
        assert re.fullmatch(r"[A-Z][^.]+ [^.]+\. ?(?:[A-Z].+\.)?", step.final), step.final
    elif step.permission is None:
        assert step.back_by, "nobody of the staff can take it back"
