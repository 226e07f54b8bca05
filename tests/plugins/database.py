"""Migrations run once, not once for every process and every run: each test process works on a copy of a template.

Applying the migrations takes seconds, copying the result a fraction of one. The template's name holds a
hash of everything that makes it, so that a changed migration makes a new one. `--create-db` makes it anew.
A test that commits (`transaction=True`, journeys) gets another copy afterwards: that is quicker than emptying every
table, keeps the rows that migrations write, and asks nothing of triggers that refuse to let go of a row.

Copies are in the machine's memory where it has room: a database is some three thousand files, and a disk's file system
looks ever longer for numbers of new files where as many were removed in the last half minute.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")
#: Bytes. A copy takes some fifty million, and what its tests write, which benches do by the thousand rows.
ROOM = 4 * 1024**3


def template_name() -> str:
    from django.apps import apps

    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes() + Path(__file__).read_bytes())
    # The usual texts of emails are rows that a migration is followed by, too.
    for path in sorted((ROOT / "templates" / "email").rglob("*.md")):
        digest.update(path.name.encode() + path.read_bytes())
    for config in apps.get_app_configs():
        folder = Path(config.path)
        if folder.is_relative_to(ROOT) and ".venv" not in folder.parts:
            # Each migration is followed by the usual rules of reminders, which stand with their kinds, by triggers (`noting.py`)
            # and by the questions of equality monitoring.
            after = ("reminders.py", "noting.py", "data/equality-*.toml")
            for path in sorted(path for pattern in ("migrations/*.py", *after) for path in folder.glob(pattern)):
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return f"template_{digest.hexdigest()[:16]}"


@contextmanager
def server() -> Iterator:
    """A cursor that is in none of the databases it makes and removes."""
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        yield cursor


def databases(prefix: str) -> list[str]:
    with server() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        return [row[0] for row in cursor.fetchall()]


def drop(name: str) -> None:
    with server() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def use(name: str) -> None:
    from django.conf import settings
    from django.db import connection

    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def number_apart() -> None:
    """Each table counts from a number of its own. Else a cohort and an organisation have the same one now and then, and
    a test fails by chance that finds one where it must not find the other, or passes where one was taken for the other."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, sequencename FROM pg_sequences WHERE last_value IS NULL AND schemaname = 'public'"
            " ORDER BY sequencename"
        )
        for place, (schema, name) in enumerate(cursor.fetchall(), start=1):
            cursor.execute("SELECT setval(%s, %s)", [f'"{schema}"."{name}"', place * 10_000])


@contextmanager
def locked() -> Iterator[TextIO]:
    """One process does it, the others wait. The file says for which run the template was made."""
    from django.conf import settings

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.DATA_DIR / "template.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


def ensure_template(name: str, anew: bool) -> None:
    """The first process makes it."""
    from django.db import connection

    with locked() as lock:
        lock.seek(0)
        made_by = lock.read()
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
        if name in databases("template_") and not (anew and made_by != run):
            return
        for old in databases("template_"):
            drop(old)
        original, building = connection.settings_dict["NAME"], name.replace("template", "building")
        connection.settings_dict["TEST"]["NAME"] = building
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        number_apart()
        use(original)
        with server() as cursor:
            cursor.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
        lock.seek(0)
        lock.truncate()
        lock.write(run)


def remove_leftovers() -> None:
    """Copies of processes that were killed."""
    for name in databases("test_"):
        pid = name.rpartition("_")[2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            drop(name)


def in_memory() -> str:
    """The clause that puts a copy into the machine's memory; empty where the server is not ours, or there is no room."""
    from django.conf import settings
    from django.db import DatabaseError

    cluster = settings.DATA_DIR / "postgres-test"
    if not cluster.exists() or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        return ""
    folder = MEMORY / f"stepping-up-{hashlib.sha256(os.fsencode(cluster.resolve())).hexdigest()[:12]}"
    with contextlib.suppress(OSError, DatabaseError), locked(), server() as cursor:
        cursor.execute("SELECT 1 FROM pg_tablespace WHERE spcname = 'memory'")
        if not cursor.fetchone() or not folder.exists():  # it goes when the machine stops
            cursor.execute("DROP TABLESPACE IF EXISTS memory")
            shutil.rmtree(folder, ignore_errors=True)  # of a cluster that was here before
            folder.mkdir(mode=0o700)
            os.chown(folder, cluster.stat().st_uid, cluster.stat().st_gid)
            cursor.execute("CREATE TABLESPACE memory LOCATION %s", [str(folder)])
        return "TABLESPACE memory"
    return ""


class Copy:
    """This process's own database."""

    def __init__(self, template: str, where: str) -> None:
        self.template, self.where = template, where
        self.name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"

    def fresh(self) -> None:
        use(self.name)
        drop(self.name)
        with server() as cursor:
            cursor.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}" STRATEGY FILE_COPY {self.where}')


@contextmanager
def set_up(anew: bool) -> Iterator[None]:
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection
    from django.test import TransactionTestCase

    original = connection.settings_dict["NAME"]
    template = template_name()
    ensure_template(template, anew)
    remove_leftovers()
    copy = Copy(template, in_memory())
    copy.fresh()

    def start_again(case: TransactionTestCase) -> None:
        ContentType.objects.clear_cache()
        copy.fresh()

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", start_again)
    yield
    patch.undo()
    use(original)
    drop(copy.name)


def main() -> None:
    """Make the template: `script/test` does, beside what else it checks before the tests."""
    import django

    django.setup()
    ensure_template(template_name(), anew=False)


if __name__ == "__main__":
    main()
