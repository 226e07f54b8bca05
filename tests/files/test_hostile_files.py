"""Two hundred hostile files: each gets a sentence or is taken, soon, within its memory, and without a line in the log."""

import gc
import logging
import time
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError

from steppingup.desk.tables import read_apart
from steppingup.files.apart.client import workshop
from steppingup.files.apart.limits import Refused
from steppingup.files.rules import FileRule, check
from tests import memory
from tests.files.hostile import documents, hostile_files, tables
from tests.files.uploads import upload

ANY = FileRule(kinds=frozenset({"pdf", "docx", "png", "jpeg", "svg"}), max_bytes=12_000_000)
MOST_SECONDS = 5


def sentence_of(name: str, content: bytes) -> str:
    """What whoever uploads it reads; nothing where it is taken, without what was hidden in it."""
    try:
        kept = check(upload=upload(content, name), rule=ANY).content
    except ValidationError as refused:
        return " ".join(refused.messages)
    assert not [one for one in (b"JavaScript", b"<script", b"MZ") if one in kept], name
    return ""


def test_two_hundred_hostile_files_get_a_sentence_each(caplog, is_long, said_at_the_end):
    caplog.set_level(logging.INFO)
    files = hostile_files()
    assert len(files) == 200
    slow, taken, hungry, highest = {}, [], {}, [memory.Taken(), memory.Taken()]
    sentence_of(*files[0])  # the server of the workshop is there
    for name, content in files:
        begun = time.monotonic()
        with memory.measured() as ours, memory.watched(workshop._process.pid) as apart:
            said = sentence_of(name, content)
        seconds = time.monotonic() - begun
        if ours.bytes + apart.bytes > memory.MOST:
            hungry[name] = f"{ours.in_words} and {apart.in_words}"
        highest = [max(pair, key=lambda one: one.bytes) for pair in zip(highest, (ours, apart), strict=True)]
        if seconds > MOST_SECONDS:
            slow[name] = seconds
        if said:
            assert said.endswith("."), (name, said)
        else:
            taken.append(name)
    if is_long:
        said_at_the_end(
            f"Hostile files took {highest[0].in_words} of the site and {highest[1].in_words} apart, at the most."
        )
    assert highest[1].bytes > 0
    assert not hungry
    assert not slow
    assert len(taken) < 90, taken
    assert sum(len(one.getMessage()) for one in caplog.records) < 300 * len(files)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_they_are_no_lists_to_import_either(kind):
    slow = {}
    for name, content in [*tables(), *documents()]:
        begun = time.monotonic()
        with suppress(Refused):
            read_apart(content, kind)
        if (seconds := time.monotonic() - begun) > MOST_SECONDS:
            slow[name] = seconds
    assert not slow


def test_what_is_measured_is_what_was_taken():
    gc.collect()  # what other tests left would be given back meanwhile
    with memory.measured() as taken:
        held = bytearray(b"x") * (40 * memory.MEGABYTE)
    assert len(held) <= taken.bytes < 2 * len(held)
