"""What runs but does not do its work is started again; what /readyz cannot know of is left alone."""

from types import SimpleNamespace

import pytest

from steppingup.runtime import patrol
from steppingup.runtime.patrol import STRIKES, TIME_TO_BE_HEARD, Patrol

WELL = {"database": True, "migrations": True, "broker": True, "worker": True, "beat": True}


class Watched:
    """A supervisor and a database that only say what is asked of them."""

    def __init__(self, age: float = 2 * TIME_TO_BE_HEARD) -> None:
        self.children = [SimpleNamespace(name=name, age=age, again_at=None) for name in ("web", "worker", "beat")]
        self.replaced: list[str] = []
        self.said: list[str] = []
        self.is_up = False

    def replace(self, child, why: str) -> None:
        self.replaced.append(child.name)

    def say(self, line: str) -> None:
        self.said.append(line)

    def running(self) -> bool:
        return self.is_up

    def revive(self) -> None:
        self.is_up = True


@pytest.fixture
def rounds(monkeypatch):
    """rounds(watched, answers): the patrol makes a round for each answer of /readyz, and looks after what it found."""

    def made(watched: Watched, *answers: dict[str, bool] | None) -> None:
        one = Patrol(0, watched, watched)
        for answer in answers:

            def ask(port, answer=answer):
                if answer is None:
                    raise OSError
                return answer

            monkeypatch.setattr(patrol, "readiness", ask)
            one.make_round()
            one.look_after()

    return made


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_who_is_not_heard_from_is_started_again_after_some_rounds_in_a_row(rounds, name):
    silent = WELL | {name: False}
    patient = Watched()
    rounds(patient, *[silent] * (STRIKES - 1), WELL, silent)
    assert patient.replaced == []
    watched = Watched()
    rounds(watched, *[silent] * STRIKES, WELL)
    assert watched.replaced == [name]


def test_a_site_that_does_not_answer_is_started_again(rounds):
    watched = Watched()
    rounds(watched, *[None] * STRIKES)
    assert watched.replaced == ["web"]


def test_who_has_just_been_started_is_given_the_time_to_be_heard(rounds):
    watched = Watched(age=1)
    rounds(watched, *[WELL | {"worker": False}] * (2 * STRIKES))
    assert watched.replaced == []


def test_while_the_database_is_away_nobody_else_is_blamed_and_it_is_started_again(rounds):
    watched = Watched()
    rounds(watched, *[dict.fromkeys(WELL, False)] * STRIKES)
    assert watched.replaced == []
    assert watched.is_up
    assert watched.said == ["The database stopped unexpectedly; starting it again."]
