import ast
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cohorts.models import Cohort
from steppingup import clock
from tests.factories import cohorts as make
from tests.ours import OURS

ROOT = Path(__file__).parents[2]
#: They start and watch processes, and ask the machine.
OF_THE_MACHINE = "steppingup/runtime/"
NIGHT = datetime(2031, 6, 30, 23, 30, tzinfo=UTC)


def asked_elsewhere(text: str) -> list[int]:
    """The lines on which somebody asks what time it is, but not our clock."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            of, name = node.value.id, node.attr
            if (of, name) in (("timezone", "now"), ("datetime", "now"), ("date", "today"), ("datetime", "utcnow")):
                found.append(node.lineno)
        asks = isinstance(node, ast.Call) and not node.args and not node.keywords and ast.unparse(node.func)
        if asks in ("timezone.localdate", "timezone.localtime", "localdate", "localtime"):
            found.append(node.lineno)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.timezone":
            found += [node.lineno for name in node.names if name.name == "now"]
        if isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
            found.append(node.value.lineno)
    return found


@pytest.mark.parametrize(
    "text",
    [
        *("timezone.now()", "field(default=timezone.now)", "datetime.now(UTC)", "date.today()", "timezone.localdate()"),
        *("timezone.localtime()", "from django.utils.timezone import localdate, now", "F(auto_now_add=True)"),
    ],
)
def test_each_way_of_asking_something_else_than_our_clock_is_seen(text):
    assert asked_elsewhere(text)


def test_whatever_we_wrote_asks_our_clock():
    found = {}
    for app in OURS:
        for path in (ROOT / app).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            if "migrations" in path.parts or name.startswith(OF_THE_MACHINE) or name == "steppingup/clock.py":
                continue
            if lines := asked_elsewhere(path.read_text()):
                found[name] = lines
    assert not found


@pytest.mark.django_db
def test_a_moved_clock_holds_for_us_and_for_the_history_and_is_right_again_afterwards():
    cohort = make.CohortFactory()
    with clock.moved() as moved:
        moved.to(NIGHT)
        assert timedelta(0) <= clock.now() - NIGHT < timedelta(seconds=5)
        assert str(clock.today()) == "2031-07-01"  # in London
        assert clock.local().hour == 0
        Cohort.objects.filter(pk=cohort.pk).update(name="Moved")
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")
            assert cursor.fetchone()[0] == NIGHT
        assert timezone.now().year < 2031  # nobody else's clock was touched
        assert cohort.events.latest("pgh_id").pgh_created_at == NIGHT
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'moved_clock%'")
        assert cursor.fetchone()[0] == 0


@pytest.mark.django_db
def test_a_clock_that_was_moved_is_right_again_when_something_fails():
    with suppress(ZeroDivisionError), transaction.atomic(), clock.moved() as moved:
        moved.to(NIGHT)
        raise ZeroDivisionError
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        assert cursor.fetchone()[0].year < 2031


@pytest.mark.django_db(transaction=True)
def test_a_clock_is_moved_inside_a_transaction_only():
    with pytest.raises(RuntimeError, match="transaction"), clock.moved():
        pass
