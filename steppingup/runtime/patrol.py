"""Asks the running site how it is: for the first page, and from then on whether everything does its work."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import Future
from contextlib import suppress

from steppingup.runtime.embedded import EmbeddedServerError, Server
from steppingup.runtime.supervise import Supervisor

EVERY = 15.0  # seconds between two rounds
STRIKES = 3  # rounds in a row that found something amiss, before something is done about it
TIME_TO_BE_HEARD = 2 * STRIKES * EVERY
LONGEST_ANSWER = 20.0  # seconds


def ask(port: int, path: str, **headers: str) -> tuple[int, bytes]:
    """Status and body. Raises OSError when nothing answers."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=LONGEST_ANSWER) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def served(port: int, seconds: float) -> Future[bool]:
    """Becomes true with the first page, false when there is none after so many seconds."""
    future: Future[bool] = Future()

    def try_until_then() -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(OSError):
                if ask(port, "/")[0] < 500:
                    future.set_result(True)
                    return
            time.sleep(0.1)
        future.set_result(False)

    threading.Thread(target=try_until_then, daemon=True).start()
    return future


def readiness(port: int) -> dict[str, bool]:
    """What /readyz says of each part. Raises OSError or ValueError when it does not."""
    answer = json.loads(ask(port, "/readyz", Accept="application/json")[1])
    return {name: bool(part["well"]) for name, part in answer.items()}


class Patrol:
    """Looks after what runs but does not do its work: a process that hangs, a database that fell."""

    def __init__(self, port: int, supervisor: Supervisor, database: Server | None) -> None:
        self.port = port
        self.supervisor = supervisor
        self.database = database
        self.strikes: Counter[str] = Counter()

    def begin(self) -> None:
        threading.Thread(target=self._rounds, daemon=True).start()

    def _rounds(self) -> None:
        while True:
            time.sleep(EVERY)
            self.make_round()

    def make_round(self) -> None:
        """Note who is well and who is not."""
        try:
            found = {"web": True, **readiness(self.port)}
        except (OSError, ValueError, TypeError, KeyError):
            found = {"web": False}
        if not found.get("database", False):  # whether the others are well is written there
            found = {name: well for name, well in found.items() if name in ("web", "database")}
        for name, well in found.items():
            self.strikes[name] = 0 if well else self.strikes[name] + 1

    def look_after(self) -> bool:
        """Between two ticks of the supervisor; there is no end to it."""
        if self.database and self.strikes["database"] >= STRIKES:
            self.strikes["database"] = 0
            self._revive(self.database)
        for child in self.supervisor.children:
            # A process that has just been started is given the time to be heard of.
            if self.strikes[child.name] >= STRIKES and child.again_at is None and child.age > TIME_TO_BE_HEARD:
                self.strikes[child.name] = 0
                self.supervisor.replace(child, "is running, but has not been heard from for a while")
        return False

    def _revive(self, database: Server) -> None:
        if database.running():
            return
        self.supervisor.say("The database stopped unexpectedly; starting it again.")
        try:
            database.revive()
        except EmbeddedServerError as problem:
            self.supervisor.say(str(problem))
