"""Every letter is written, from every state, with applications open and closed, with a place and without; and what it says is tried."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import resolve
from django.utils import timezone

from applications.models import Application, Window
from cohorts.models import Cohort
from funding.models import FeeAgreement
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging import kinds
from steppingup.messaging.models import Message
from steppingup.steps.step import Step
from tests.factories.applications import started
from tests.sweeps import (  # noqa: F401 # add their moments
    letters_near_the_line,
    letters_to_employers,
    letters_to_graduates,
    letters_to_hosts,
    letters_to_speakers,
    letters_to_the_pool,
    letters_to_visitors,
)
from tests.sweeps.letters import CLOSED, FULL, Letter, days_now
from tests.sweeps.letters_claims import CLAIMS, DATES, OTHERWISE, Claim
from tests.sweeps.letters_moments import MOMENTS
from tests.sweeps.taking import ways
from tests.sweeps.visits import SIGN_IN, unread, visit
from tests.sweeps.world import World

TEXTS = Path(settings.BASE_DIR) / "templates" / "email"
#: Words with which a letter says what somebody may or need not do, or until when.
POSSIBLE = re.compile(
    r"\bcan\b|\buntil\b|\bby the end\b|\bneed\b|before then|\bbefore you\b|\bas soon as\b|close on", re.IGNORECASE
)


def close() -> None:
    hour = timedelta(hours=1)
    Window.objects.update(closes_at=timezone.now() - hour, opens_at=timezone.now() - 99 * hour)


def fill() -> None:
    for cohort in Cohort.objects.all():
        Cohort.objects.filter(pk=cohort.pk).update(capacity=max(1, cohort.enrolments.holding_a_place().count()))


OTHER = {CLOSED: close, FULL: fill}


def everybody_applies() -> None:
    """Behind each agreement about a fee is somebody who writes an application."""
    for agreement in FeeAgreement.objects.select_related("cohort__window", "person", "employer"):
        mine = Application.objects.filter(cohort=agreement.cohort, applicant=agreement.person)
        if hasattr(agreement.cohort, "window") and not mine.exists():
            started(agreement.cohort.window, agreement.person)
            mine.update(
                employer=agreement.employer, employer_name=agreement.employer_name, full_name=agreement.person.full_name
            )


def all_ways() -> Iterator[tuple[str, str, Callable[[World], Any]]]:
    for step in Step.registry.values():
        for number, way in enumerate(ways(step), 1):
            yield f"{step.key}, {number}", step.key, way
    for name, moment in MOMENTS.items():
        yield name, "", moment


def last_letter() -> int:
    return Message.objects.aggregate(last=Max("pk"))["last"] or 0


@pytest.fixture
def begun(monkeypatch) -> dict[str, int]:
    """The last letter that there was when a step began: what a way of taking it wrote before only led there."""
    found: dict[str, int] = {}
    take = Step.__call__

    def noted(self: Step[Any, Any], *args: Any, **kwargs: Any) -> Any:
        found[self.key] = last_letter()
        return take(self, *args, **kwargs)

    monkeypatch.setattr(Step, "__call__", noted)
    return found


class Proofs:
    """What was tried, and what was found to be untrue."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.tried: set[Any] = set()
        self.written: set[str] = set()
        self.depends: dict[str, set[str]] = {}
        self._opened: set[Any] = set()

    def read(self, one: Letter, where: str, other: str) -> None:
        said = f"{one.message.kind}, after {where}{', when ' if other else ''}{other}"
        self.written.add(one.message.kind)
        for claim in CLAIMS:
            if found := re.search(claim.words, one.text):
                self.depends.setdefault(where, set()).add(claim.unless)
                self._try(claim, lambda claim=claim: claim.holds(one), f"{said}: “{found[0]}”")
        for name, binds in DATES.items():
            given = one.message.context.get(name)
            if given and given in one.text and not one.corrects:
                self._try(name, lambda given=given, binds=binds: binds(one) in given, f"{said}: {name} is {given}")
        for link in one.links:
            self._open(one, link, other, said)

    def _try(self, what: Claim | str, holds: Callable[[], bool], said: str) -> None:
        self.tried.add(what)
        with transaction.atomic():
            if not holds():
                self.wrong.append(said)

    def _open(self, one: Letter, link: str, other: str, said: str) -> None:
        """Each kind of page once, as the reader of each kind of letter."""
        path = link.removeprefix(settings.SITE_URL).partition("?")[0].partition("#")[0]
        page = (one.message.kind, resolve(path).view_name if path else "", other)
        if page in self._opened:
            return
        self._opened.add(page)
        with unread():
            outcome = visit(one.client, "get", link).outcome
        if outcome != 200 and (outcome, one.message.to) != (SIGN_IN, None):  # who has no account is asked to sign in
            self.wrong.append(f"{said}: {link} gives {outcome}")


def walk(world: World, key: str, way: Callable[[World], Any], begun: dict[str, int]) -> Iterator[Letter]:
    """The letters of one way of taking a step, or of a moment, as they are there when it has been."""
    w = world.afresh()
    w.things.days_before, w.things.removed_on, w.things.written_before = days_now(), None, last_letter()
    begun.clear()
    try:
        with transaction.atomic():
            way(w)
    except NotPossible:
        return
    since = max(begun.get(key, 0), w.things.written_before)
    together = list(Message.objects.filter(pk__gt=since).order_by("pk"))
    for message in together:
        yield Letter(w, message, together)


def test_whatever_a_letter_says_is_so_when_it_is_written(world, begun):
    """And by whoever reads it, through its own link. A way is taken again when applications are closed, or every place is
    taken, where a letter of it says something that this would make otherwise."""
    everybody_applies()
    proofs, known = Proofs(), list(all_ways())
    for other, change in {"": lambda: None, **OTHER}.items():
        with transaction.atomic():
            change()
            for where, key, way in known:
                if other and other not in proofs.depends.get(where, ()):
                    continue
                with transaction.atomic():
                    for letter in walk(world, key, way, begun):
                        proofs.read(letter, where, other)
                    transaction.set_rollback(True)
            transaction.set_rollback(True)
    assert not proofs.wrong, "\n".join(proofs.wrong)
    untried = {claim.words for claim in CLAIMS if claim not in proofs.tried} | (set(DATES) - proofs.tried)
    assert not untried, f"No letter that was written says this: {untried}"
    unwritten = {kind.key for kind in kinds.all_kinds()} - proofs.written
    assert {key for key in unwritten if not key.startswith("account.")} == set(), "no step and no moment writes these"


def test_whatever_can_be_done_or_need_not_be_is_proved_or_said_to_be_otherwise():
    unproved, used = [], set()
    for path in sorted(TEXTS.rglob("*.md")):
        for sentence in re.split(r"(?<=[.!?])\s+|\n", path.read_text(encoding="utf-8")):
            if path.parent.name == "account" and path.stem != "role_given" or not POSSIBLE.search(sentence):
                continue  # signing in: test_account_mails
            used |= (reasons := {words for words in OTHERWISE if words in sentence})
            dated = any(f"{{{{ {name} }}}}" in sentence for name in DATES)
            if not reasons and not dated and not any(re.search(claim.words, sentence) for claim in CLAIMS):
                unproved.append(f"{path.relative_to(TEXTS)}: {sentence}")
    assert not unproved, "Say what proves it in letters_claims.py:\n" + "\n".join(unproved)
    assert set(OTHERWISE) == used, "no letter says this any more"
