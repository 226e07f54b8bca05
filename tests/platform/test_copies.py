"""Copies of the tests' database in the machine's memory (tests/plugins/database.py)."""

import pytest

from tests.plugins import database

pytestmark = pytest.mark.django_db


def tablespace() -> list[tuple]:
    with database.server() as cursor:
        cursor.execute("SELECT oid FROM pg_tablespace WHERE spcname = 'memory'")
        return list(cursor.fetchall())


def test_whoever_comes_next_uses_the_same_place_and_takes_it_from_nobody():
    where = database.in_memory()
    before = tablespace()
    assert database.in_memory() == where
    assert tablespace() == before
    assert bool(before) is bool(where)


def test_without_room_a_copy_is_on_the_disk(monkeypatch):
    monkeypatch.setattr(database, "ROOM", 1 << 62)
    assert database.in_memory() == ""


def test_where_there_is_no_such_place_a_copy_is_on_the_disk(monkeypatch, tmp_path):
    monkeypatch.setattr(database, "MEMORY", tmp_path / "none")
    assert database.in_memory() == ""
