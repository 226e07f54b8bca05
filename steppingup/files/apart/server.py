"""The process from which one is forked for each upload. It has the libraries loaded and nothing of the site: neither
settings nor secrets, no database, and where the system lets it, no network.

It has one thread, so that it may fork. It ends those that have had their time, with all that they started; it ends itself
when the site's process is gone."""

import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import sys
import time

from steppingup.files.apart import letters, work
from steppingup.files.apart.limits import Limits

_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000


def without_network() -> bool:
    """Leave the network behind, for good. Systems that forbid it are left as they are."""
    unshare = getattr(ctypes.CDLL(None, use_errno=True), "unshare", None)
    return unshare is not None and (unshare(_NEW_NETWORK) == 0 or unshare(_NEW_USER | _NEW_NETWORK) == 0)


def _do(line: socket.socket, limits: Limits) -> None:
    """In the child: read what is asked for, do it, answer. A child that dies says nothing, which is an answer too."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # What is sent is the size of an upload; reading it is no work of the child's.
    asked, content = letters.receive(line)
    limits.set_here()
    values, made = work.do(asked, content)
    letters.send(line, values, made)


class Server:
    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.ends_at: dict[int, float] = {}  # by process
        self.bell, rung = socket.socketpair()
        for end in (self.bell, rung):
            end.setblocking(False)
        signal.set_wakeup_fd(rung.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._rung = rung

    def run(self) -> None:
        try:
            while True:
                nearest = min(self.ends_at.values(), default=None)
                wait = None if nearest is None else max(0.0, nearest - time.monotonic())
                ready = select.select([self.control, self.bell], [], [], wait)[0]
                if self.bell in ready:
                    self.bell.recv(4096)
                self._reap()
                if self.control in ready and not self._begin():
                    return
        finally:
            for pid in self.ends_at:
                self._kill(pid)

    def _begin(self) -> bool:
        """One more. False when the site's process is gone."""
        message, handed, _, _ = socket.recv_fds(self.control, 4096, 1)
        if not message:
            return False
        line = socket.socket(fileno=handed[0])
        line.setblocking(True)
        limits = Limits(**json.loads(message))
        pid = os.fork()
        if pid == 0:
            try:
                self.control.close()
                _do(line, limits)
            finally:  # nothing of the parent's runs here, nor does anything say how it ended
                os._exit(0)
        line.close()
        self.ends_at[pid] = time.monotonic() + limits.seconds
        return True

    def _reap(self) -> None:
        for pid, ends_at in list(self.ends_at.items()):
            # Looked at, not yet waited for: until then nobody else gets its number, and its group is certainly its own.
            ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended is None and time.monotonic() < ends_at:
                continue
            self._kill(pid)
            os.waitpid(pid, 0)
            del self.ends_at[pid]

    @staticmethod
    def _kill(pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError, PermissionError):  # it may not have made its group yet
            os.killpg(pid, signal.SIGKILL)


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # of the whole group: it goes when its parent does
        signal.signal(number, signal.SIG_IGN)
    without_network()
    Server(control).run()


if __name__ == "__main__":
    main()
