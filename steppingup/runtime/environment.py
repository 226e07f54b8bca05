"""What the environment says, read once, with a sentence for everything that is missing or malformed.

`settings.py` is the only reader. Every problem is collected, so that a person who sets up a server
sees all of them at the first start and not one after the other.
"""

import base64
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

MODES = ("production", "demonstration", "test")
SECONDS_TO_CONNECT = 5
# Our queries take milliseconds: compiling one, or starting helpers for it, costs more than it saves, and keeps the cores from
# the other pages. A server behind a pooler that takes no options: ?options= in DATABASE_URL.
# None, a wait for a lock included, is worth ten minutes (600,000 ms): a thread of a worker cannot be ended.
QUICK_QUERIES = "-c jit=off -c max_parallel_workers_per_gather=0 -c join_collapse_limit=6 -c statement_timeout=600000"
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class Environment:
    """Reads variables and remembers what was wrong with them until `complain()`."""

    def __init__(self, variables: dict[str, str] | None = None) -> None:
        self.variables = dict(os.environ) if variables is None else variables
        self.problems: list[str] = []
        self.mode = self.text("MODE", "production")
        if self.mode not in MODES:
            self.problems.append(f"MODE is “{self.mode}”; it must be one of {', '.join(MODES)}.")
            self.mode = "production"

    @property
    def production(self) -> bool:
        return self.mode == "production"

    def text(self, name: str, default: str = "") -> str:
        return self.variables.get(name, "").strip() or default

    def required(self, name: str, what: str, elsewhere: str = "") -> str:
        """A variable that production cannot do without; other modes use `elsewhere`."""
        value = self.text(name)
        if not value and self.production:
            self.problems.append(f"{name} is not set. {what}")
        return value or elsewhere

    def _parsed(self, name: str, value: str, parse: Callable[[str], Any], what: str, fallback: Any) -> Any:
        try:
            return parse(value)
        except (ValueError, TypeError, KeyError, environ.ImproperlyConfigured):
            # A password does not belong in a log.
            shown = "…" if "secret" in value else re.sub(r"://[^/]*@", "://…@", value)
            self.problems.append(f"{name} is “{shown}”, which we cannot read. {what}")
            return fallback

    def secret_key(self) -> str:
        what = "Use random text of at least 50 characters; keep it secret, and the same for every process."
        value = self.required("SECRET_KEY", what, elsewhere="demonstration-only-" + "s" * 40)
        if self.production and value and len(value) < 50:
            self.problems.append(f"SECRET_KEY has {len(value)} characters. {what}")
        return value or "unset"

    def encryption_keys(self) -> list[str]:
        """Fernet keys for data encrypted at rest, newest first: the first encrypts, all decrypt."""
        what = "Use one or more 32-byte keys in URL-safe base64, separated by commas, the newest first."
        elsewhere = base64.urlsafe_b64encode(b"demonstration key, not a secret!").decode()
        keys = [k.strip() for k in self.required("ENCRYPTION_KEYS", what, elsewhere).split(",") if k.strip()]
        for key in keys:
            try:
                Fernet(key)
            except ValueError:
                self.problems.append(f"ENCRYPTION_KEYS holds a key that is not 32 bytes long. {what}")
        return keys

    def hosts(self) -> list[str]:
        what = "Use the host names at which people reach the site, separated by commas."
        value = self.required("ALLOWED_HOSTS", what, elsewhere=",".join(LOCAL_HOSTS))
        hosts = [host.strip() for host in value.split(",") if host.strip()]
        if not self.production and not all(host in LOCAL_HOSTS or host.endswith(".localhost") for host in hosts):
            self.problems.append(
                f"ALLOWED_HOSTS is “{value}”, but MODE is {self.mode}, in which anybody can sign in with one click; "
                "it serves this machine only. Set MODE to production, or name no other host than localhost."
            )
        return hosts

    def site_url(self) -> str:
        what = "Use the address that appears in emails, such as https://steppingup.example.org."
        value = self.required("SITE_URL", what, elsewhere="http://localhost:8000").rstrip("/")
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc):
            self.problems.append(f"SITE_URL is “{value}”, which is not an address. {what}")
        elif self.production and parts.scheme != "https":
            self.problems.append(f"SITE_URL is “{value}”; in production it must begin with https://.")
        return value

    def database(self, embedded: Callable[[], str]) -> dict[str, Any]:
        what = "Use the address of a PostgreSQL database, such as postgres://user:password@host:5432/name."
        value = self.required("DATABASE_URL", what) or ("" if self.production else embedded())
        if not value.startswith(("postgres://", "postgresql://")):
            if value:  # that it is missing was said
                self.problems.append(f"DATABASE_URL does not begin with postgres://. {what}")
            return {"ENGINE": "django.db.backends.postgresql", "NAME": "unset"}
        config = self._parsed("DATABASE_URL", value, environ.Env.db_url_config, what, {"NAME": "unset"})
        # A server that does not answer is given up, instead of holding a page for minutes.
        usual = {"connect_timeout": SECONDS_TO_CONNECT, "options": QUICK_QUERIES}
        options = {**usual, **config.get("OPTIONS", {})}
        if host := options.pop("host", None):  # a socket folder, as the embedded server gives it: ?host=/path
            config["HOST"] = host
        return {
            **config,
            "ENGINE": "django.db.backends.postgresql",
            "OPTIONS": options,
            "CONN_MAX_AGE": self.number("DATABASE_CONNECTION_SECONDS", 60),
            "CONN_HEALTH_CHECKS": True,
        }

    def email(self, mailbox: Path) -> dict[str, Any]:
        what = "Use the address of a mail server, such as smtp+tls://user:password@host:587."
        value = self.required("EMAIL_URL", what, elsewhere=f"filemail:///{mailbox}")
        found = self._parsed("EMAIL_URL", value, environ.Env.email_url_config, what, {})
        return {name: value for name, value in found.items() if value is not None}  # Django knows what is usual

    def replies(self) -> dict[str, Any] | None:
        """The mailbox that answers go to, which the site reads; nothing where it reads none."""
        value = self.text("IMAP_URL")
        if not value:
            return None
        what = "Use the address of a mailbox, such as imaps://user:password@host:993/INBOX?address=replies@example.org."
        parts = urlsplit(value)
        user, query = unquote(parts.username or ""), parse_qs(parts.query)
        address = query.get("address", [user])[0]
        try:
            port = parts.port
        except ValueError:
            port = -1
        local = parts.hostname in LOCAL_HOSTS or not self.production
        secure = parts.scheme == "imaps" or (parts.scheme == "imap" and local)
        if (
            not (secure and parts.hostname and user and parts.password and re.fullmatch(r"[^\s@+]+@[^\s@]+", address))
            or port == -1
        ):
            shown = re.sub(r"://[^/]*@", "://…@", value)
            self.problems.append(f"IMAP_URL is “{shown}”, which we cannot read. {what}")
            return None
        return {
            "host": parts.hostname,
            "port": port or (993 if parts.scheme == "imaps" else 143),
            "user": user,
            "password": unquote(parts.password),
            "folder": parts.path.strip("/") or "INBOX",
            "address": address,
            "is_tls": parts.scheme == "imaps",
        }

    def broker(self) -> str:
        """The address of Redis, or nothing: then Celery uses folders under the data directory."""
        what = "Use the address of a Redis server, such as redis://host:6379/0."
        value = self.required("REDIS_URL", what)
        if value and not value.startswith(("redis://", "rediss://")):
            self.problems.append(f"REDIS_URL is “{value}”, which does not begin with redis://. {what}")
            return ""
        return value

    def words(self, name: str) -> list[str]:
        """Several values, separated by commas."""
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def oidc_providers(self) -> list[dict[str, Any]]:
        """Sign-in by an employer's own accounts: a JSON list with id, name, server_url, client_id and secret.

        `trusted_domains`: what the provider says about addresses in these domains is believed, so that
        a person who already has an account here comes to it without entering a code."""
        what = (
            "Use a JSON list such as "
            '[{"id": "bristol", "name": "Bristol City Council", "server_url": "https://…", "client_id": "…", "secret": "…"}].'
        )
        entries = self._parsed("OIDC_PROVIDERS", self.text("OIDC_PROVIDERS", "[]"), json.loads, what, [])
        needed = ("id", "name", "server_url", "client_id", "secret")
        if not isinstance(entries, list) or not all(
            isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in needed) for entry in entries
        ):
            self.problems.append(f"OIDC_PROVIDERS lacks one of {', '.join(needed)}. {what}")
            return []
        return [
            {
                "provider_id": entry["id"],
                "name": entry["name"],
                "client_id": entry["client_id"],
                "secret": entry["secret"],
                "settings": {
                    "server_url": entry["server_url"],
                    "verified_email": list(entry.get("trusted_domains") or []),
                },
            }
            for entry in entries
        ]

    def number(self, name: str, default: int) -> int:
        return int(self._parsed(name, self.text(name, str(default)), int, "Use a whole number.", default))

    def switch(self, name: str) -> bool:
        """Yes or no, and no where nothing is said."""
        value = self.text(name, "no").lower()
        if value in ("1", "true", "yes", "on"):
            return True
        if value not in ("0", "false", "no", "off"):
            self.problems.append(f"{name} is “{value}”; use yes or no.")
        return False

    def complain(self) -> None:
        """Stop the start if anything was wrong.

        Raises ImproperlyConfigured with one sentence for each problem."""
        if self.problems:
            lines = "\n".join(f"  - {problem}" for problem in self.problems)
            raise ImproperlyConfigured(
                f"Stepping Up cannot start. Correct these environment variables (docs/operations.md lists them all):\n{lines}"
            )
