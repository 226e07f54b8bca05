"""Whatever step is taken and taken back: every column of every table is what it was, but for what is listed here with its reason."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pgtrigger
import pytest
from django.db import connection, transaction
from django.db.models import Max

from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus
from steppingup.steps import step as steps
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from steppingup.steps.step import Step
from steppingup.steps.taking import take
from tests.sweeps.fingerprints import fingerprints
from tests.sweeps.letters import Letter
from tests.sweeps.letters_claims import CLAIMS
from tests.sweeps.taking import ways
from tests.sweeps.ways import now
from tests.sweeps.world import World

#: Tables in which nothing is put back, and why.
GROW = {
    "messaging_message": "what was written is never unwritten: it is stopped, or followed by a correction",
    "messaging_messagesubject": "goes with its message",
    "applications_decision": "the record of decisions is append-only: taking back is a line of its own",
    "cohorts_registermark": "marks are only added: one that is taken back is followed by what stood before",
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
#: Which version others have in their calendars: what is put back is a later one.
RISE = dict.fromkeys(
    (
        *("applications_interview", "cohorts_booking", "cohorts_occasion", "cohorts_placement", "cohorts_session"),
        "modules_sessionspeaker",
    ),
    "sequence",
)


def is_put_back(table: str) -> bool:
    return table not in GROW and not table.endswith("event") and not table.startswith("django_")


def sums() -> Any:
    """Of what `tables` reads: enough to know that nothing is other than it was."""
    return fingerprints("put_back", is_put_back, LEDGERS, RISE)


def tables() -> dict[str, dict[int, dict[str, Any]]]:
    """Every row of every table as plain values; of ledgers their balances."""
    names = [name for name in connection.introspection.table_names() if is_put_back(name)]
    parts = [f"SELECT '{name}', to_jsonb(t)::text FROM \"{name}\" t" for name in names]
    found: dict[str, dict[Any, Any]] = {name: {} for name in names}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        for name, text in cursor.fetchall():
            row = json.loads(text, parse_float=Decimal)
            row.pop(RISE.get(name), None)
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


class Seen:
    """What there is when a step begins, as `look` has it."""

    def __init__(self) -> None:
        self.look: Callable[[], Any] = sums
        self.found: dict[str, Any] = {}


@pytest.fixture
def seen(monkeypatch) -> Seen:
    one, noting = Seen(), steps.noting

    @contextmanager
    def looking(key: str, *rest: Any) -> Iterator[None]:
        one.found[key] = one.look()
        with noting(key, *rest):
            yield

    monkeypatch.setattr(steps, "noting", looking)
    return one


TO_TAKE_BACK = [step for step in Step.registry.values() if not step.final]


def letters_leave(since: int) -> None:
    """What the step wrote has reached its readers."""
    with pgtrigger.ignore():
        Message.objects.filter(pk__gt=since).update(status=MessageStatus.SENT, sent_at=now(), sealed=None)


def untrue(world: World, letters: list[Message]) -> list[str]:
    """What these corrections say that is not so for whoever reads them."""
    found = []
    for message in letters:
        one = Letter(world, message, letters)
        for claim in CLAIMS:
            said = re.search(claim.words, one.text)
            with transaction.atomic():
                if said and not claim.holds(one):
                    found.append(f"{message.to_email} reads “{said[0]}”")
    return found


def taken_back(world: World, seen: Seen, step: Step[Any, Any], way: Callable[[World], Any]) -> tuple[str, Any]:
    """Take it in this way and take it back: why it could not be taken, and what there was before and is after; both nothing
    where it is a way of taking another step."""
    said, given = "", {"reason": "A slip of the mouse."}
    seen.found.clear()
    last = Taking.objects.aggregate(last=Max("pk"))["last"] or 0
    with transaction.atomic():
        since = Message.objects.aggregate(last=Max("pk"))["last"] or 0
        try:
            with transaction.atomic():
                way(w := world.afresh())
        except NotPossible as sentence:
            said = str(sentence)
        taking, both = Taking.objects.filter(step=step.key, pk__gt=last).order_by("-pk").first(), None
        if taking is not None:
            letters_leave(since)
            done = take(take_back, taking, by=world.superuser, values=given)
            both = seen.found[step.key], seen.look()
            letters = list(Message.objects.filter(pk__gt=since, kind="steps.taken_back").order_by("pk"))
            assert done.told == len(letters) == len({one.to_id or one.to_email for one in letters})
            assert not (found := untrue(w, letters)), "\n".join(found)
        transaction.set_rollback(True)
    return said, both


@pytest.mark.parametrize("step", TO_TAKE_BACK, ids=lambda step: step.key)
def test_a_step_that_is_taken_back_leaves_everything_as_it_was(world, seen, step):
    """And whoever its letters have reached reads what the page before had announced, and what is so."""
    said, taken = [], 0
    for way in ways(step):
        seen.look = sums
        sentence, both = taken_back(world, seen, step, way)
        said += [sentence] if sentence else []
        if both is None:
            continue
        taken += 1
        if both[0] != both[1]:  # once more, to say what
            seen.look = tables
            _, both = taken_back(world, seen, step, way)
            assert not (found := differences(*both)), "\n".join(found)
            pytest.fail("something is other than it was, and reads the same")
    assert taken, f"{step.key} could not be taken: {said}"
