"""Have something done with an upload in a process of its own. The only way into one.

The first upload of a process of the site starts the server (about half a second), which forks a child for each in a few
milliseconds (docs/adr/0020-uploads-are-read-apart.md)."""

import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from steppingup.files.apart import letters
from steppingup.files.apart.limits import CHECK, Limits, Refused

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
SERVER = "steppingup.files.apart.server"
AT_ONCE = 2  # in one process of the site: there are not more cores
#: Nothing but this of our environment reaches the server: no secrets.
PASSED_ON = ("PATH", "LANG", "TZ", "LD_LIBRARY_PATH", "TMPDIR")
TOO_MUCH = (
    "We could not check this file: it is damaged, or too complicated. Save it again as a new file (a document: print it to "
    "a new PDF), and upload that."
)
BUSY = "We are checking many files just now. Wait a minute, then upload yours again."


class Workshop:
    """The server of one process of the site."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]), "PYTHONUTF8": "1"}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", SERVER, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # libraries write pages of complaints about hostile files
                env=environment,
                cwd=ROOT,
            )
        self._control, self._owner = ours, os.getpid()
        return ours

    def stop(self) -> None:
        """End the server, with whatever it does."""
        with self._lock:
            if self._control is not None and self._owner == os.getpid():
                self._control.close()
            if self._process is not None and self._owner == os.getpid():
                self._process.wait()
            self._control = self._process = None

    def _hand_over(self, line: socket.socket, limits: Limits) -> None:
        """Give the server its end of a line. One that is gone is started anew, once."""
        message = json.dumps(limits.as_dict()).encode()
        with self._lock:
            for again in (True, False):
                # After a fork of the site's process, what stands here is another's.
                gone = self._process is None or self._owner != os.getpid() or self._process.poll() is not None
                control = self._start() if gone or self._control is None else self._control
                try:
                    socket.send_fds(control, [message], [line.fileno()])
                except OSError:
                    control.close()
                    self._control = None
                    if not again:
                        raise
                else:
                    return

    def do(self, task: str, content: bytes, *, limits: Limits = CHECK, **options: Any) -> tuple[dict[str, Any], bytes]:
        """The values and the bytes that the task returns. Raises Refused with a sentence, whatever the file does."""
        until = time.monotonic() + limits.seconds
        if not self._places.acquire(timeout=limits.seconds):
            raise Refused(BUSY)
        try:
            values, made = self._ask({"task": task, **options}, content, limits, until)
        except (EOFError, OSError, ValueError) as problem:  # it died, or had its time
            logger.info("An upload of %d bytes could not be read (%s): %s", len(content), task, type(problem).__name__)
            raise Refused(TOO_MUCH) from problem
        finally:
            self._places.release()
        if "refused" in values:
            if values.get("problem"):
                logger.info("An upload of %d bytes was refused (%s): %s", len(content), task, values["problem"])
            raise Refused(values["refused"])
        return values, made

    def _ask(self, asked: dict[str, Any], content: bytes, limits: Limits, until: float) -> tuple[dict[str, Any], bytes]:
        ours, theirs = socket.socketpair()
        with contextlib.closing(ours):
            with theirs:
                self._hand_over(theirs, limits)
            ours.settimeout(limits.seconds)
            letters.send(ours, asked, content)
            return letters.receive(ours, until=until)


workshop = Workshop()
do = workshop.do
