"""Production on this machine: the packages of production alone, the commands of docker-compose.yml and the Dockerfile,
PostgreSQL and Redis over the network, and a mail server. Nothing in it is made for tests but the addresses."""

import fcntl
import hashlib
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg2
import yaml

from steppingup.runtime.embedded import DISPOSABLE, Server

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".data" / "production"
HOST = "steppingup.example.org"
WRITTEN_IN_ENV = {
    "SECRET_KEY": "written-in-the-file-env-of-somebody-who-tries-things-out-0123456789",
    "ENCRYPTION_KEYS": "a2V5IG9mIHRoZSBwcm9kdWN0aW9uIHNtb2tlIHRlc3Q=",
    "POSTGRES_PASSWORD": "letters",
    "ALLOWED_HOSTS": HOST,
    "SITE_URL": f"https://{HOST}",
    "DEFAULT_FROM_EMAIL": f"Stepping Up <stepping-up@{HOST}>",
}


# -- what is made once and kept ------------------------------------------------------------------


@contextmanager
def kept(name: str, *made_of: bytes) -> Iterator[tuple[Path, bool]]:
    """A folder for what is made of these, and whether it is whole already. Those of before are removed."""
    CACHE.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(b"\0".join(made_of)).hexdigest()[:16]
    folder = CACHE / f"{name}-{digest}"
    stamp = folder / ".whole"
    with (CACHE / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists():
            yield folder, True
            return
        for old in CACHE.glob(f"{name}-*"):
            shutil.rmtree(old)
        yield folder, False
        stamp.touch()


def run(words: Sequence[str], environment: dict[str, str] | None = None) -> str:
    """Its output. Fails with it when the command does."""
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}:\n{done.stdout}{done.stderr}"
    return done.stdout


def programs() -> Path:
    """The folder of the programs that requirements.txt brings, and no others."""
    locked = ROOT / "requirements.txt"
    with kept("packages", locked.read_bytes(), sys.version.encode()) as (folder, whole):
        python = folder / "bin" / "python"
        if not whole:
            uv = str(Path(sys.executable).with_name("uv"))
            run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
            run([uv, "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", str(locked)])
        return python.parent


def static_files(environment: dict[str, str]) -> Path:
    """What the image collects when it is built."""
    files = sorted(path for path in (ROOT / "static").rglob("*") if path.is_file())
    made_of = [str(path.relative_to(ROOT)).encode() + path.read_bytes() for path in files]
    with kept("static", (ROOT / "requirements.txt").read_bytes(), *made_of) as (folder, whole):
        if not whole:
            run(["python", "manage.py", "collectstatic", "--noinput"], {**environment, "STATIC_ROOT": str(folder)})
        return folder


# -- what runs -----------------------------------------------------------------------------------


def services() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]


def filled_in(text: str) -> str:
    """`${NAME}`, `${NAME:-otherwise}` and `${NAME:?or stop}`, as compose replaces them."""
    return re.sub(
        r"\$\{([A-Z_]+)(?::[-?]([^}]*))?\}",
        lambda match: WRITTEN_IN_ENV.get(match[1], match[2] or ""),
        text,
    )


def image_command() -> list[str]:
    """What a container runs that compose gives no command."""
    [words] = re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    return json.loads(words)


@dataclass
class Production:
    """`port` is where gunicorn listens; `addresses` says where each of compose's services is to be found here."""

    folder: Path
    port: int
    addresses: dict[str, str]
    environment: dict[str, str] = field(init=False)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given = {name: self.here(filled_in(str(text))) for name, text in services()["web"]["environment"].items()}
        image = {"DATA_DIR": str(self.folder), "MEDIA_ROOT": str(self.folder / "media")}
        self.environment = {**given, **image, "PATH": f"{programs()}:/usr/bin:/bin", "HOME": str(self.folder)}
        (self.folder / "media").mkdir()

    def here(self, text: str) -> str:
        """With the address of this machine in place of a container's."""
        for name, address in self.addresses.items():
            text = text.replace(name, address)
        return text

    def command(self, service: str) -> list[str]:
        return [self.here(word) for word in services()[service].get("command") or image_command()]

    def start(self, service: str) -> None:
        with self.log(service).open("wb") as log:
            self.processes[service] = subprocess.Popen(
                self.command(service), cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def log(self, service: str) -> Path:
        return self.folder / f"{service}.log"

    def said(self, service: str) -> str:
        return self.log(service).read_text(errors="replace")

    def show(self) -> None:
        """The ends of the logs, for whoever reads why a test failed."""
        for service in self.processes:
            print(f"-- {service}\n" + "\n".join(self.said(service).splitlines()[-40:]))

    def probe(self, service: str) -> None:
        """The health check that compose makes. Fails when it does."""
        _, *words = services()[service]["healthcheck"]["test"]
        run(words, self.environment)

    def stop(self) -> dict[str, int]:
        """Exit codes."""
        for process in self.processes.values():
            process.terminate()
        try:
            return {name: process.wait(30) for name, process in self.processes.items()}
        finally:
            for process in self.processes.values():
                if process.poll() is None:
                    os.killpg(process.pid, 9)
                    process.wait()


@contextmanager
def database(folder: Path, port: int) -> Iterator[None]:
    """PostgreSQL on the network, with an account that owns its database and is nothing else."""
    server = Server(folder, DISPOSABLE, port=port)
    server.join()
    try:
        connection = psycopg2.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE ROLE steppingup LOGIN PASSWORD 'letters'")
            cursor.execute("CREATE DATABASE steppingup OWNER steppingup")
        connection.close()
        yield
    finally:
        server.leave()


class Visitor:
    """A browser without pictures, who comes through the proxy that speaks https with the world."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: str = "", https: bool = True) -> tuple[int, dict[str, str], bytes]:
        headers = {"Host": HOST, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if https:
            headers |= {"X-Forwarded-Proto": "https", "Referer": f"https://{HOST}{path}"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(cookie).items()}
        content = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, content

    def get(self, path: str) -> bytes:
        """The page, after all redirections. Fails unless there is one."""
        for _ in range(6):
            status, headers, content = self.ask("GET", path)
            if status not in (301, 302, 303):
                assert status == 200, f"{path}: {status}\n{content.decode(errors='replace')}"
                return content
            path = self.way(headers)
        raise AssertionError(f"{path} leads in circles")

    def send(self, path: str, **fields: str) -> bytes:
        """Fill in the form on a page and send it; the page that it leads to."""
        form = self.get(path).decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token, form
        status, headers, content = self.ask(
            "POST", path, urlencode({**fields, "csrfmiddlewaretoken": unescape(token[1])})
        )
        assert status == 302, f"{path}: {status}\n{content.decode(errors='replace')}"
        return self.get(self.way(headers))

    @staticmethod
    def way(headers: dict[str, str]) -> str:
        parts = urlsplit(headers["location"])
        return parts.path + (f"?{parts.query}" if parts.query else "")
