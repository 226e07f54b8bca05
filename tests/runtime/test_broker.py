"""A page never waits for the broker, and one broker's silence is not another's."""

import threading
import time

import pytest

from steppingup.runtime import broker
from tests.plugins.services import celery_speaks_to, free_port, wait_until


@pytest.fixture
def telephone(monkeypatch):
    """telephone(function): what happens instead of sending; the list says which tasks were offered to it."""
    offered: list[str] = []
    monkeypatch.setattr(broker, "_lines", type(broker._lines)(broker.Line))

    def answered_by(answer):
        def send_task(task, arguments, **options):
            offered.append(task)
            answer()

        monkeypatch.setattr("celery.current_app.send_task", send_task)
        return offered

    return answered_by


def refuse():
    raise ConnectionError("nobody there")


def test_a_broker_that_refused_is_not_asked_again_for_a_while(telephone, monkeypatch):
    offered = telephone(refuse)
    broker.nudge("tests.first")
    broker.nudge("tests.second")
    assert offered == ["tests.first"]
    monkeypatch.setattr(broker, "SILENCE", 0.0)
    broker.nudge("tests.third")
    assert offered == ["tests.first", "tests.third"]


def test_a_broker_that_is_away_does_not_silence_another(telephone):
    offered = telephone(refuse)
    broker.nudge("tests.first")
    with celery_speaks_to(f"redis://127.0.0.1:{free_port()}/0", {}):
        broker.nudge("tests.second")
    assert offered == ["tests.first", "tests.second"]


def test_a_message_that_hangs_holds_one_page_up_and_no_other_and_is_not_lost(telephone, monkeypatch):
    monkeypatch.setattr(broker, "PATIENCE", 0.05)
    over = threading.Event()
    offered = telephone(over.wait)
    broker.nudge("tests.first")
    monkeypatch.setattr(broker, "PATIENCE", 60)
    began = time.monotonic()
    for _ in range(2 * broker.MOST_HANGING):
        broker.nudge("tests.next")
    assert time.monotonic() - began < 30
    assert len(offered) == broker.MOST_HANGING
    over.set()
    wait_until(lambda: not any(line.hanging for line in broker._lines.values()), what="what hung going out")
    broker.nudge("tests.last")
    assert offered[-1] == "tests.last"
