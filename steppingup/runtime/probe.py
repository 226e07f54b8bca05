"""Is the process in this container well? `python -m steppingup.runtime.probe web|worker|beat`; exit code 0 says yes."""

import os
import socket
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

BEAT_WRITES_WITHIN = 600  # seconds; beat saves its timetable every three minutes


def web(port: int = 8000) -> bool:
    """Can it serve pages? (A worker that is away is no reason to take the pages away as well.)"""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz/pages", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:
            return answer.status == 200
    except OSError as error:
        print(error, file=sys.stderr)
        return False


def worker() -> bool:
    """Asks the worker of this very machine by way of the broker."""
    from steppingup.celery import app

    return bool(app.control.ping(destination=[f"celery@{socket.gethostname()}"], timeout=10))


def beat() -> bool:
    from steppingup.celery import app

    path = Path(app.conf.beat_schedule_filename)
    # The file's real name depends on which dbm module this Python has.
    times = [found.stat().st_mtime for found in path.parent.glob(f"{path.name}*")]
    return bool(times) and time.time() - max(times) < BEAT_WRITES_WITHIN


PROBES: dict[str, Callable[[], bool]] = {"web": web, "worker": worker, "beat": beat}

if __name__ == "__main__":
    sys.exit(0 if PROBES[sys.argv[1]]() else 1)
