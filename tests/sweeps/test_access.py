"""Every address × everybody: who gets in, who does not, and that looking never writes.

A page is written out for the first whom it opens for and for those of READERS whom it opens for; test_hostile reads those
with forms as eight people more. For everybody else only the answer is asked for, and what was written to the database."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest

from tests.sweeps.access_admin import ACROSS
from tests.sweeps.access_table import ROWS
from tests.sweeps.addresses import names
from tests.sweeps.profiles import NOT_STAFF
from tests.sweeps.rows import Row
from tests.sweeps.visits import AWAY, SIGN_IN, signed_in_before, unread, visit
from tests.sweeps.world import CAST, World

READERS = ("equality", "superuser")
THREE = ("visitor", "stranger", "superuser")
REFUSED = (SIGN_IN, 400, 403, 404, 405, 429)


@pytest.fixture(scope="module", autouse=True)
def _signed_in_before(whole_world: World) -> Iterator[None]:
    with signed_in_before(whole_world.clients, whole_world.people):
        yield


def test_every_address_has_one_row():
    in_table = [row.name for row in ROWS]
    assert not names() - set(in_table), "addresses without a row in access_table.py or access_admin.py"
    assert not set(in_table) - names(), "rows without an address"
    assert len(in_table) == len(set(in_table))


def rows_for(who: str, posting: bool = False) -> list:
    """All of them, but where one stands for others: a link that is the key itself, and the door of the admin, which turns
    away whoever is no member of staff before anything is looked at (they all look; one of them posts)."""
    rows = [row for row in (*ROWS, *ACROSS) if not row.anybody or who in THREE]
    turned_away = posting and who in NOT_STAFF and who != "stranger"
    return [row for row in rows if not (turned_away and row.name.startswith("admin:"))]


def reading(row: Row, who: str) -> AbstractContextManager[None]:
    opens_for = [one for one in CAST if row.who[one] == 200]
    return nullcontext() if who in opens_for and who in (opens_for[0], *READERS) else unread()


@pytest.mark.parametrize("who", CAST)
def test_each_gets_what_the_table_says_and_looking_writes_nothing(whole_world: World, who: str):
    wrong = []
    for row in rows_for(who):
        with reading(row, who):
            found = visit(whole_world.client(who), "get", row.at(whole_world))
        if found.outcome != row.who[who]:
            wrong.append(f"{row.name}: {found.outcome}, not {row.who[who]}")
        if found.written:
            wrong.append(f"{row.name}: looking at it wrote to {found.written}")
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("who", CAST)
def test_whoever_may_not_do_it_does_nothing_by_posting(whole_world: World, who: str):
    wrong = []
    for row in rows_for(who, posting=True):
        if row.may_post(who):
            continue
        with reading(row, who):
            found = visit(whole_world.client(who), "post", row.at(whole_world))
        away = found.outcome == AWAY and row.who[who] == AWAY
        if found.outcome not in REFUSED and not away and found.outcome != row.who[who]:
            wrong.append(f"{row.name}: {found.outcome}")
        if found.written:
            wrong.append(f"{row.name}: posting wrote to {found.written}")
    assert not wrong, "\n" + "\n".join(wrong)
