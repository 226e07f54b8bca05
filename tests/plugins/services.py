"""Real services for the tests that need them: an SMTP server, a broker, a Celery worker in a process of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from kombu import pools

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return attempt.getsockname()[1]


def wait_until(true: Callable[[], object], seconds: float = 60, what: str = "it") -> None:
    """Ask ten times a second; fail when `true` is still false after so many seconds."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"{what} did not happen within {seconds:g} seconds")
        time.sleep(0.1)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Like tmp_path, for what runs as another user: PostgreSQL, when we are root. (pytest closes its own to others.)"""
    with tempfile.TemporaryDirectory(prefix="stepping-up-", ignore_cleanup_errors=True) as name:
        yield Path(name)


# -- email --------------------------------------------------------------------------------------


class Mailbox:
    """What an SMTP server received. `refuse` is an SMTP answer such as "451 Try again later" for all that follows."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refuse = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuse:
            return self.refuse
        content = envelope.content
        assert isinstance(content, bytes)
        self.messages.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        self.recipients.extend(envelope.rcpt_tos)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if address in str(message["To"])]


@pytest.fixture
def smtp_server(settings) -> Iterator[Mailbox]:
    """A real SMTP conversation: email that Django sends arrives in `.messages`."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    mailbox.port = controller.port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield mailbox
    controller.stop()


# -- broker --------------------------------------------------------------------------------------


class Broker:
    """Redis if the machine has it (and it is wanted), folders otherwise; `stop()` and `start()` for the time between."""

    def __init__(self, folder: Path, *, redis: bool = True) -> None:
        self.folder = folder
        self.redis = shutil.which("redis-server") if redis else None
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which a process of ours finds this broker."""
        if self.redis:
            return {"REDIS_URL": f"redis://127.0.0.1:{self.port}/0"}
        return {"REDIS_URL": "", "BROKER_DIR": str(self.folder / "queue")}

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0" if self.redis else "filesystem://"

    @property
    def options(self) -> dict[str, object]:
        if self.redis:
            return {"socket_connect_timeout": 2, "socket_timeout": 5}
        queue, control = self.folder / "queue" / "queue", self.folder / "queue" / "control"
        return {"data_folder_in": str(queue), "data_folder_out": str(queue), "control_folder": str(control)}

    def start(self) -> None:
        if not self.redis:
            for name in ("queue", "control"):
                (self.folder / "queue" / name).mkdir(parents=True, exist_ok=True)
            return
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--appendonly", "yes"]
        self.process = subprocess.Popen([self.redis, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._answers, what="Redis answering")

    def _answers(self) -> bool:
        with socket.socket() as attempt:
            return attempt.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """The broker is gone until `start()`; what was queued is kept."""
        if self.process:
            self.process.terminate()
            self.process.wait(60)
            self.process = None
        elif not self.redis:
            (self.folder / "queue").rename(self.folder / "away")


@contextmanager
def celery_speaks_to(url: str, options: dict[str, object]) -> Iterator[None]:
    """This process's Celery publishes to another broker."""
    from steppingup.celery import app

    before = app.conf.broker_url, app.conf.broker_transport_options
    try:
        app.conf.broker_url, app.conf.broker_transport_options = url, options
        forget_connections(app)
        yield
    finally:
        app.conf.broker_url, app.conf.broker_transport_options = before
        forget_connections(app)


def forget_connections(app) -> None:
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None


@pytest.fixture
def broker(tmp_path: Path, settings, request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A real broker, empty, that Celery in this test publishes to. Tests with the mark `folders` get that of
    script/server."""
    folder = tmp_path / "broker"
    folder.mkdir()
    one = Broker(folder, redis=request.node.get_closest_marker("folders") is None)
    one.start()
    settings.REDIS_URL = one.environment["REDIS_URL"]
    settings.BROKER_DIR = None if one.redis else folder / "queue"
    with celery_speaks_to(one.url, one.options):
        yield one
    if one.process:
        one.stop()


# -- worker --------------------------------------------------------------------------------------


class Worker:
    """A Celery worker process on the test's own database, broker, mail server and files."""

    def __init__(self, log: Path, environment: dict[str, str]) -> None:
        self.log = log
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when the worker is ready for work."""
        words = ["-A", "steppingup", "worker", "--loglevel", "INFO"]
        quiet = ["--without-mingle", "--without-gossip", "--without-heartbeat"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", *words, *quiet],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        start = self.log.stat().st_size
        wait_until(lambda: "ready." in self.log.read_text(errors="replace")[start:], 60, "the worker being ready")

    def stop(self) -> None:
        """Let it finish what it has begun."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As when the machine loses power: it and its children are gone at once."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if not self.process:
            return
        if how == signal.SIGKILL:
            os.killpg(self.process.pid, how)
        else:
            self.process.send_signal(how)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(60)
        self.process = None


def database_address() -> str:
    """The test database of this xdist worker, for another process."""
    from urllib.parse import quote

    from django.db import connection

    found = connection.settings_dict
    host, user, password = (quote(str(found[name]), safe="/") for name in ("HOST", "USER", "PASSWORD"))
    if host.startswith("/"):
        return f"postgres://{user}@/{found['NAME']}?host={host}"
    return f"postgres://{user}:{password}@{host}:{found['PORT'] or 5432}/{found['NAME']}"


@pytest.fixture
def celery_worker_process(
    transactional_db, broker: Broker, smtp_server: Mailbox, settings, tmp_path
) -> Iterator[Worker]:
    """A real worker that has started; `.stop()`, `.kill()` and `.start()` for tests of what happens when it dies."""
    environment = {
        **os.environ,
        **broker.environment,
        "MODE": "test",
        "DATABASE_URL": database_address(),
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_server.port}",
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "SITE_URL": settings.SITE_URL,
    }
    worker = Worker(tmp_path / "worker.log", environment)
    worker.start()
    yield worker
    worker.stop()
