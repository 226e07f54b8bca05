"""What script/server runs: the whole site with demonstration people, from an empty folder to a served page.

This process stays small: it starts others (what prepares, then web, worker and beat), looks after them, and stops them again.
"""

import argparse
import fcntl
import hashlib
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from steppingup.runtime import embedded
from steppingup.runtime.patrol import Patrol, served
from steppingup.runtime.signals import Stopped, StopSignals
from steppingup.runtime.supervise import ChildDied, Supervisor, moving

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_FIRST_PAGE = 60


class CannotServe(Exception):
    """A sentence for the person at the terminal."""


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/server", description="Sets everything up and runs Stepping Up with demonstration people."
    )
    parser.add_argument("--port", type=int, default=8000, help="where to serve (default: 8000)")
    parser.add_argument("--empty", action="store_true", help="start without programmes and people")
    found = parser.parse_args(words)
    if not 1 <= found.port <= 65535:
        parser.error(f"--port {found.port} is not a port; use a number from 1 to 65535")
    return found


def require_free(port: int) -> None:
    """Raises CannotServe if another program has the port."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotServe(
                f"Port {port} cannot be used ({error.strerror}). Choose another one: script/server --port {port + 1}"
            ) from error


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Two servers on the same data would send everything twice."""
    with (data_dir / "server.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotServe(f"script/server is already running on {data_dir}. Stop it first (Ctrl-C).") from error
        yield


def prepare_environment(port: int, data_dir: Path) -> None:
    os.environ |= {
        "MODE": "demonstration",
        "DATA_DIR": str(data_dir),
        "SITE_URL": f"http://localhost:{port}",
        "DJANGO_SETTINGS_MODULE": "steppingup.settings",
        "PYTHONUNBUFFERED": "1",
    }


def commands(port: int) -> dict[str, list[str]]:
    """Web, worker and beat."""
    celery = [sys.executable, "-m", "celery", "-A", "steppingup"]
    alone = ["--without-mingle", "--without-gossip", "--without-heartbeat"]
    told = ["--config", str(Path(__file__).with_name("web.py"))]
    gunicorn = [sys.executable, "-m", "gunicorn", "steppingup.wsgi", *told, "--bind", f"127.0.0.1:{port}"]
    return {
        "web": [*gunicorn, "--workers", "1", "--threads", "8", "--timeout", "120", "--graceful-timeout", "5"],
        "worker": [*celery, "worker", "--loglevel", "INFO", *alone],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--pidfile="],
    }


def say(line: str) -> None:
    print(line, flush=True)


def announce(port: int, people: str, data_dir: Path) -> None:
    say(f"\nStepping Up is at http://localhost:{port}\n")
    if people.strip():
        say(people.rstrip())
    say(f"\nLogs are in {data_dir / 'logs'}. Press Ctrl-C to stop.")


def load_the_rest(supervisor: Supervisor, command: list[str], found: Path) -> None:
    """Beside the open site."""

    def ended(code: int) -> None:
        if code:
            say(
                "\nThe earlier cohorts could not be loaded; the next start will try again. The reason is at the end of "
                f"{supervisor.logs / 'rest.log'}."
            )
        else:
            people = json.loads(found.read_text(encoding="utf-8"))["people"]
            say(f"\nThe earlier cohorts are loaded. Everybody is here now:\n\n{people.rstrip()}")

    say("\nTwo earlier cohorts are still loading (one finished, one under way). It takes about a minute.")
    supervisor.start("rest", "nice", *command, "--rest", ended=ended)  # pages go first


def migrations() -> str:
    """What tells one set of them from another, ours and those of packages, without loading Django."""
    names = sorted(
        str(path.relative_to(ROOT)) for depth in ("*", "*/*") for path in ROOT.glob(f"{depth}/migrations/*.py")
    )
    return hashlib.sha256("\n".join(names).encode() + (ROOT / "requirements.txt").read_bytes()).hexdigest()


@contextmanager
def database(data_dir: Path) -> Iterator[embedded.Server | None]:
    """The embedded server, unless another one is named. Raises EmbeddedServerError if it does not start."""
    if os.environ.get("DATABASE_URL", "").strip():
        yield None
        return
    with moving("Starting the database"):
        server = embedded.joined(data_dir)
    try:
        yield server
    finally:
        server.leave()


def run_site(port: int, empty: bool, data_dir: Path, supervisor: Supervisor, server: embedded.Server | None) -> None:
    """Raises CannotServe, ChildDied or Stopped; there is no other end."""
    found, migrated = data_dir / "prepared.json", data_dir / "migrated"
    prepare = [sys.executable, "manage.py", "prepare_demonstration", str(found)]
    programs = commands(port)
    web = programs.pop("web")
    as_before = migrated.exists() and migrated.read_text(encoding="utf-8") == migrations()
    if as_before:  # the site starts while it is looked at whether anything is to be prepared
        supervisor.start("web", *web)
    supervisor.run("prepare", *prepare, *(["--empty"] if empty else []))
    migrated.write_text(migrations(), encoding="utf-8")
    prepared = json.loads(found.read_text(encoding="utf-8"))
    if not as_before:
        supervisor.start("web", *web)
    with moving("Starting the site"):
        page = served(port, SECONDS_TO_FIRST_PAGE)
        supervisor.watch(page.done, restart=False)
    if not page.result():
        raise CannotServe(f"No page after {SECONDS_TO_FIRST_PAGE} seconds; see {data_dir / 'logs' / 'web.log'}.")
    for name, words in programs.items():
        supervisor.start(name, *words)
    announce(port, prepared["people"], data_dir)
    if prepared["more"]:
        load_the_rest(supervisor, prepare, found)
    patrol = Patrol(port, supervisor, server)
    patrol.begin()
    supervisor.watch(patrol.look_after)


def serve(port: int, empty: bool, data_dir: Path, signals: StopSignals) -> None:
    """Runs until stopped. Raises CannotServe, ChildDied, EmbeddedServerError or Stopped."""
    prepare_environment(port, data_dir)
    supervisor = Supervisor(data_dir / "logs", ROOT, signals, say)
    signals.at_once = supervisor.exit_at_once
    with database(data_dir) as server:
        try:
            signals.check()
            run_site(port, empty, data_dir, supervisor, server)
        finally:
            say("\nStopping …")
            supervisor.stop()


def main(words: list[str]) -> int:
    chosen = arguments(words)
    # An empty site has data of its own, so that --empty neither shows nor loses the demonstration people.
    data_dir = Path(os.environ.get("DATA_DIR") or ROOT / ".data") / ("empty" if chosen.empty else "")
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with StopSignals() as signals, only_one(data_dir):
            require_free(chosen.port)
            serve(chosen.port, chosen.empty, data_dir, signals)
    except Stopped:
        say("Stopped.")
        return 0
    except (CannotServe, ChildDied, embedded.EmbeddedServerError) as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
