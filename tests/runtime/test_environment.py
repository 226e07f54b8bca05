"""A missing or malformed variable stops the start with a sentence that names it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from steppingup.runtime.environment import Environment

ROOT = Path(__file__).resolve().parents[2]
KEY = "b25seS10by1jb2xsZWN0LXN0YXRpYy1maWxlcy0wMDE="
PRODUCTION = {
    "MODE": "production",
    "SECRET_KEY": "0123456789" * 6,
    "ENCRYPTION_KEYS": KEY,
    "ALLOWED_HOSTS": "steppingup.example.org",
    "SITE_URL": "https://steppingup.example.org",
    "DATABASE_URL": "postgres://user:password@localhost:5432/steppingup",
    "REDIS_URL": "redis://localhost:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@localhost:587",
}


def start(changes: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process that has nothing but these variables."""
    environment = {"PATH": os.environ["PATH"], **PRODUCTION, **changes}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", "import steppingup.settings"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_every_variable_in_place():
    result = start({})
    assert (result.returncode, result.stderr) == (0, "")


def test_every_problem_is_told_at_once():
    result = start({name: "" for name in PRODUCTION if name != "MODE"})
    assert result.returncode != 0
    assert "Stepping Up cannot start." in result.stderr
    for name in PRODUCTION:
        assert name == "MODE" or f"{name} is not set." in result.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("MODE", "prod", "MODE is “prod”; it must be one of production, demonstration, test."),
        ("SECRET_KEY", "short", "SECRET_KEY has 5 characters."),
        ("ENCRYPTION_KEYS", "c2hvcnQ=", "ENCRYPTION_KEYS holds a key that is not 32 bytes long."),
        ("SITE_URL", "steppingup.example.org", "SITE_URL is “steppingup.example.org”, which is not an address."),
        ("SITE_URL", "http://steppingup.example.org", "in production it must begin with https://."),
        ("DATABASE_URL", "sqlite:///db.sqlite3", "DATABASE_URL does not begin with postgres://."),
        ("DATABASE_URL", "postgres://user@host:port/name", "DATABASE_URL"),
        ("REDIS_URL", "amqp://localhost", "REDIS_URL is “amqp://localhost”, which does not begin with redis://."),
        ("EMAIL_URL", "pigeon://loft", "EMAIL_URL is “pigeon://loft”, which we cannot read."),
        (
            "IMAP_URL",
            "imap://u%40x:p@mail.example.org/INBOX",
            "IMAP_URL is “imap://…@mail.example.org/INBOX”, which we cannot read.",
        ),
        (
            "IMAP_URL",
            "imaps://user:p@mail.example.org",
            "IMAP_URL is “imaps://…@mail.example.org”, which we cannot read.",
        ),
        ("BEHIND_PROXY", "perhaps", "BEHIND_PROXY is “perhaps”; use yes or no."),
        ("DATABASE_CONNECTION_SECONDS", "soon", "DATABASE_CONNECTION_SECONDS is “soon”"),
    ],
)
def test_a_malformed_variable_is_named(name, value, sentence):
    result = start({name: value})
    assert result.returncode != 0
    last = result.stderr.rpartition("Stepping Up cannot start.")[2]
    assert sentence in last


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATABASE_URL", "postgres://user:hunter2@host:port/name"), ("OIDC_PROVIDERS", '[{"secret": "hunter2",]')],
)
def test_a_secret_is_not_repeated_when_it_is_wrong(name, value):
    result = start({name: value})
    assert result.returncode != 0
    assert "hunter2" not in result.stderr


@pytest.mark.parametrize("hosts", ["steppingup.example.org", "localhost,10.0.0.7", "*"])
def test_demonstration_mode_serves_this_machine_only(hosts):
    env = Environment({"MODE": "demonstration", "ALLOWED_HOSTS": hosts})
    env.hosts()
    assert "anybody can sign in with one click" in env.problems[0]


def test_demonstration_mode_needs_nothing_set():
    env = Environment({"MODE": "demonstration"})
    assert env.hosts() == ["localhost", "127.0.0.1", "[::1]"]
    assert env.site_url()
    assert env.secret_key()
    assert not env.problems


def variables_read() -> set[str]:
    found = re.findall(
        r'env\.(?:text|switch|number|words|required)\(\s*"([A-Z_]+)"', (ROOT / "steppingup/settings.py").read_text()
    )
    found += re.findall(
        r'self\.(?:text|switch|number|words|required)\(\s*"([A-Z_]+)"',
        (ROOT / "steppingup/runtime/environment.py").read_text(),
    )
    return set(found)


def variables_in_the_handbook() -> set[str]:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    table = text.partition("## Environment variables")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))


def test_the_handbook_lists_every_variable_and_no_other():
    assert variables_in_the_handbook() == variables_read()


def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("service", ["migrate", "web", "worker", "beat"])
def test_compose_gives_every_variable_that_production_requires(service):
    given = {
        name: re.sub(r"\$\{[A-Z_]+:\?[^}]*\}", "x" * 60, re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", str(value)))
        for name, value in compose()["services"][service]["environment"].items()
    }
    given |= {
        "SITE_URL": PRODUCTION["SITE_URL"],
        "ENCRYPTION_KEYS": KEY,
    }
    assert start(dict.fromkeys(PRODUCTION, "") | given).stderr == ""


def test_what_the_handbook_says_can_be_set_reaches_the_containers():
    image = set(re.findall(r"\b([A-Z_]+)=", (ROOT / "Dockerfile").read_text(encoding="utf-8").partition("WORKDIR")[0]))
    elsewhere = {"DEBUG", "BROKER_DIR"}  # neither means anything in production with Redis
    given = set(compose()["services"]["web"]["environment"])
    assert variables_in_the_handbook() <= given | image | elsewhere


def test_every_compose_service_has_a_health_check_and_what_must_last_has_a_volume():
    services = compose()["services"]
    assert {name for name, service in services.items() if "test" not in service.get("healthcheck", {})} == {"migrate"}
    assert {name for name, service in services.items() if service.get("volumes")} == set(services)
    assert set(compose()["volumes"]) == {"data", "database", "queue", "mail"}


def test_the_example_names_every_variable_that_compose_insists_on():
    insisted = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    example = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert insisted <= example


def test_the_mailbox_of_replies_is_read_from_its_address():
    value = "imaps://replies%40example.org:p%2Fw@mail.example.org/Site?address=answers@example.org"
    found = Environment({"IMAP_URL": value}).replies()
    assert found == {
        "host": "mail.example.org",
        "port": 993,
        "user": "replies@example.org",
        "password": "p/w",
        "folder": "Site",
        "address": "answers@example.org",
        "is_tls": True,
    }
    assert Environment({}).replies() is None
