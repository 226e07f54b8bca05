"""What a page shows before a step is what the step then does: the same people told the same, and nothing left behind."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from steppingup.history.lifecycle import Lifecycle, NotPossible
from steppingup.history.previews import previewing, recording
from steppingup.steps.step import all_steps, steps_of
from steppingup.steps.taking import letters_of
from tests.sweeps.states_table import SUBJECTS
from tests.sweeps.ways import Way, put
from tests.sweeps.world import World

MOVES = [(name, move) for name in sorted(SUBJECTS) for move in Lifecycle.registry[name].moves]


def everything() -> list[tuple[Any, ...]]:
    """A fingerprint of every table, in one query."""
    tables = [name for name in connection.introspection.table_names() if name != "django_session"]
    parts = [f"SELECT '{name}', count(*), sum(hashtextextended(t::text, 0)) FROM \"{name}\" t" for name in tables]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return sorted(cursor.fetchall())


def media() -> list[str]:
    return sorted(str(path) for path in Path(settings.MEDIA_ROOT).rglob("*"))


def told(letters: Any) -> list[tuple[str, str, str]]:
    return [(letter.to_email, letter.subject, letter.text) for letter in letters]


def foreseen(world: World, way: Way, thing: Any) -> Any:
    """What a preview says, or the sentence with which it refuses."""
    try:
        with previewing() as preview:
            way.call(world, thing)
        return told(letters_of(preview.messages))
    except NotPossible as sentence:
        return str(sentence)


def happened(world: World, way: Way, thing: Any) -> Any:
    try:
        with recording() as record, transaction.atomic():
            way.call(world, thing)
        return told(letters_of(record.messages))
    except NotPossible as sentence:
        return str(sentence)


@pytest.mark.parametrize(("name", "move"), MOVES)
def test_a_preview_says_what_the_step_then_says_and_leaves_nothing_behind(world, name, move):
    subject, lifecycle = SUBJECTS[name], Lifecycle.registry[name]
    way = subject.ways[move]
    for state in sorted(lifecycle.moves[way.inside or move].sources):
        with transaction.atomic():
            thing = put(getattr(world, subject.thing), state, **subject.also(world, state))
            before, files = everything(), media()
            foretold = foreseen(world, way, thing)
            assert everything() == before, f"in “{state}” the preview changed a table"
            assert media() == files, f"in “{state}” the preview left a file"
            thing = type(thing).objects.get(pk=thing.pk)
            assert happened(world, way, thing) == foretold, f"in “{state}”"
            transaction.set_rollback(True)


def test_whoever_is_named_as_undoing_a_step_is_a_step_of_the_same_record():
    wrong = [one.key for one in all_steps() if one.undo and one.undo not in {o.name for o in steps_of(one.model)}]
    assert not wrong


def test_no_step_has_both_a_way_back_and_a_reason_for_having_none():
    assert not [one.key for one in all_steps() if one.undo and one.final]
