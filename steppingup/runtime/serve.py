"""What script/server runs: the whole site with demonstration people, from an empty folder to a served page.

One process prepares everything (database, programmes, people), starts web, worker and beat, and stops them again.
"""

import argparse
import fcntl
import io
import os
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from steppingup.runtime.supervise import ChildDied, Stopped, Supervisor, moving, signals_stop

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_FIRST_PAGE = 60


class CannotServe(Exception):
    """A sentence for the person at the terminal."""


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/server", description="Sets everything up and runs Stepping Up with demonstration people."
    )
    parser.add_argument("--port", type=int, default=8000, help="where to serve (default: 8000)")
    parser.add_argument("--empty", action="store_true", help="start with the programmes but no people")
    found = parser.parse_args(words)
    if not 1 <= found.port <= 65535:
        parser.error(f"--port {found.port} is not a port; give a number from 1 to 65535")
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


def has_command(name: str) -> bool:
    from django.core.management import get_commands

    return name in get_commands()


def migrate() -> None:
    """Only if there is something to apply: asking takes a fraction of a second, migrating several."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with moving("Preparing the database"):
            call_command("migrate", interactive=False, verbosity=0)


def load(empty: bool) -> None:
    """The programmes, again and again without harm; the people once (the command itself sees that they are there)."""
    from django.core.management import call_command

    steps = {"load_programmes": "Loading the programmes", "load_demo": "Loading the demonstration people"}
    for command, what in steps.items():
        if has_command(command) and not (empty and command == "load_demo"):
            with moving(what):
                call_command(command, stdout=io.StringIO())


def commands(port: int) -> dict[str, list[str]]:
    """Web, worker and beat."""
    celery = [sys.executable, "-m", "celery", "-A", "steppingup"]
    alone = ["--without-mingle", "--without-gossip", "--without-heartbeat"]
    gunicorn = [sys.executable, "-m", "gunicorn", "steppingup.wsgi", "--bind", f"127.0.0.1:{port}"]
    return {
        "web": [*gunicorn, "--workers", "1", "--threads", "8", "--timeout", "120", "--graceful-timeout", "5"],
        "worker": [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2", *alone],
        "beat": [*celery, "beat", "--loglevel", "INFO", "--pidfile="],
    }


def served(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20).close()
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
    return True


def announce(port: int, empty: bool, data_dir: Path) -> None:
    from django.core.management import call_command

    print(f"\nStepping Up is at http://localhost:{port}\n", flush=True)
    if empty:
        print(
            "Nobody is here yet. Make the first account in another terminal:\n"
            f"  MODE=demonstration DATA_DIR='{data_dir}' .venv/bin/python manage.py createsuperuser"
        )
    elif has_command("demo_people"):
        call_command("demo_people")
    print(f"\nLogs are in {data_dir / 'logs'}. Press Ctrl-C to stop.", flush=True)


def serve(port: int, empty: bool, data_dir: Path) -> None:
    """Runs until stopped. Raises CannotServe, ChildDied or Stopped."""
    prepare_environment(port, data_dir)
    with moving("Starting the database"):
        import django

        django.setup()
    migrate()
    load(empty)
    from django.db import connections

    connections.close_all()
    supervisor = Supervisor(data_dir / "logs", ROOT)
    try:
        programs = commands(port)
        supervisor.start("web", *programs.pop("web"))
        with moving("Starting the site"):
            if not supervisor.wait(lambda: served(port), SECONDS_TO_FIRST_PAGE):
                raise CannotServe(
                    f"No page after {SECONDS_TO_FIRST_PAGE} seconds; see {data_dir / 'logs' / 'web.log'}."
                )
        for name, words in programs.items():
            supervisor.start(name, *words)
        announce(port, empty, data_dir)
        connections.close_all()
        supervisor.wait(lambda: False)
    finally:
        print("\nStopping …", flush=True)
        supervisor.stop()


def main(words: list[str]) -> int:
    chosen = arguments(words)
    # An empty site has data of its own, so that --empty neither shows nor loses the demonstration people.
    data_dir = Path(os.environ.get("DATA_DIR") or ROOT / ".data") / ("empty" if chosen.empty else "")
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with signals_stop(), only_one(data_dir):
            require_free(chosen.port)
            serve(chosen.port, chosen.empty, data_dir)
    except Stopped:
        print("Stopped.", flush=True)
        return 0
    except (CannotServe, ChildDied) as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
