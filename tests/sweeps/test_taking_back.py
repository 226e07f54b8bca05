"""Whatever step is taken and taken back: every column of every table is what it was, but for what is listed here with its reason."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Max

from steppingup.history.lifecycle import NotPossible
from steppingup.steps import step as steps
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from steppingup.steps.step import Step
from tests.sweeps.taking import ways

#: Tables in which nothing is put back, and why.
GROW = {
    "messaging_message": "what was written is never unwritten: it is stopped, or followed by a correction",
    "messaging_messagesubject": "goes with its message",
    "applications_decision": "the record of decisions is append-only: taking back is a line of its own",
    "accounts_user": "a line manager's account that was made may be used by others by now",
    "accounts_tokenlink": "a link may stand in an email: it is stopped, so that whoever follows it reads why",
    "pghistory_context": "history",
    "steps_taking": "the record of steps itself",
    "steps_change": "the record of steps itself",
    "jobs_job": "work that was started is on record",
    "files_storedfile": "a file that nothing refers to is removed after a day",
    "django_session": "sessions",
}
#: Append-only tables: their sum, by what, is what it was.
LEDGERS = {
    "funding_commitment": ("amount", ("source_id", "agreement_id")),
    "cohorts_dayentry": ("days", ("enrolment_id", "component_id", "on")),
}


def tables() -> dict[str, dict[int, dict[str, Any]]]:
    """Every row of every table as plain values; of ledgers their balances."""
    names = [
        name
        for name in connection.introspection.table_names()
        if name not in GROW and not name.endswith("event") and not name.startswith("django_")
    ]
    parts = [f"SELECT '{name}', to_jsonb(t)::text FROM \"{name}\" t" for name in names]
    found: dict[str, dict[Any, Any]] = {name: {} for name in names}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        for name, text in cursor.fetchall():
            row = json.loads(text, parse_float=Decimal)
            if name in LEDGERS:
                what, by = LEDGERS[name]
                key = tuple(row[one] for one in by)
                found[name][key] = found[name].get(key, 0) + row[what]
            else:
                found[name][row.get("id") or text] = row
    for name in LEDGERS:
        found[name] = {key: total for key, total in found[name].items() if total}
    return found


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    found = []
    for table, rows in before.items():
        for key in rows.keys() | after[table].keys():
            was, became = rows.get(key), after[table].get(key)
            if was == became:
                continue
            if isinstance(was, dict) and isinstance(became, dict):
                found += [f"{table}.{name}: {was[name]} → {became[name]}" for name in was if was[name] != became[name]]
            else:
                found.append(f"{table} {key}: {was} → {became}")
    return found


@pytest.fixture
def seen(monkeypatch) -> dict[str, Any]:
    """The tables as they are when a step begins."""
    found: dict[str, Any] = {}
    noting = steps.noting

    @contextmanager
    def looking(key: str, *rest: Any) -> Iterator[None]:
        found[key] = tables()
        with noting(key, *rest):
            yield

    monkeypatch.setattr(steps, "noting", looking)
    return found


TO_TAKE_BACK = [step for step in Step.registry.values() if not step.final]


@pytest.mark.parametrize("step", TO_TAKE_BACK, ids=lambda step: step.key)
def test_a_step_that_is_taken_back_leaves_everything_as_it_was(world, seen, step):
    said, taken = [], 0
    for way in ways(step):
        seen.clear()
        last = Taking.objects.aggregate(last=Max("pk"))["last"] or 0
        with transaction.atomic():
            try:
                with transaction.atomic():
                    way(world.afresh())
            except NotPossible as sentence:
                said.append(str(sentence))
            taking = Taking.objects.filter(step=step.key, pk__gt=last).order_by("-pk").first()
            if taking is not None:
                take_back(taking=taking, reason="A slip of the mouse.", by=world.superuser)
                assert not (found := differences(seen[step.key], tables())), "\n".join(found)
                taken += 1
            transaction.set_rollback(True)
    assert taken, f"{step.key} could not be taken: {said}"
