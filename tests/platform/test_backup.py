"""The drill: a backup of a site with people in it, put back on a server elsewhere, is that site; and nothing is lost on the way."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from applications.models import EqualityResponse
from cohorts.actions import certificates
from cohorts.models import Certificate
from steppingup.accounts.actors import SYSTEM
from steppingup.runtime import backup
from steppingup.runtime.backup import BackupError
from tests.factories import applications as make
from tests.factories.cohorts import ParticipantFactory, complete
from tests.platform.test_old_database import schema
from tests.plugins import production
from tests.plugins.production import ROOT
from tests.plugins.services import database_address, free_port

pytestmark = pytest.mark.django_db(transaction=True)

#: What whoever has restored it looks at, in a process that knows only the other place.
LOOK = """
import json, sys
from steppingup.runtime import loaded
from django.core.management import call_command
from django.test import Client
from applications.models import EqualityResponse
from cohorts.models import Certificate
from tests.platform.test_old_database import schema
from tests.platform.test_backup import contents
call_command("migrate", check_unapplied=True, verbosity=0)
held = contents()
certificate = Certificate.objects.get()
page = Client(SERVER_NAME="localhost").get(f"/certificates/{certificate.serial}/", secure=True)
with certificate.file.file.open() as file:
    pdf = file.read()[:5]
print(json.dumps([sorted(schema()), held, page.status_code, certificate.name in page.text, pdf.decode(),
    [one.answers for one in EqualityResponse.objects.all()]]))
"""


def contents() -> dict[str, str]:
    """Of every table, what its rows hash to, in whichever order they lie."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM \"{table}\" t")
            found[table] = cursor.fetchone()[0]
    return found


@pytest.fixture
def site() -> Certificate:
    """Somebody with a certificate, and answers that only our keys can read."""
    enrolment = complete(ParticipantFactory(participant__full_name="Amara Okafor"))
    certificates.issue(cohort=enrolment.cohort, by=SYSTEM)
    certificates.make(enrolment=enrolment, by=SYSTEM)
    EqualityResponse.objects.create(application=make.started(), answers={"sex": "female"})
    return Certificate.objects.get()


@pytest.fixture
def made(site, open_folder) -> Path:
    return backup.make(open_folder / "backups")


@pytest.fixture
def elsewhere(open_folder) -> Iterator[Callable[..., subprocess.CompletedProcess]]:
    """Runs Python with a server on the network that has nothing yet, whose password is asked for."""
    port, media = free_port(), open_folder / "other" / "media"
    environment = {
        **os.environ,
        "MODE": "test",
        "DATABASE_URL": f"postgres://steppingup:letters@127.0.0.1:{port}/steppingup",
        "MEDIA_ROOT": str(media),
        "DJANGO_SETTINGS_MODULE": "steppingup.settings",
    }
    with production.database(open_folder / "postgres", port):
        yield lambda *words: subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )


def test_what_is_restored_elsewhere_is_the_same_site(site, made, elsewhere):
    done = elsewhere("-m", "steppingup.runtime.backup", "restore", str(made))
    assert done.returncode == 0, done.stderr
    assert "Restored: " in done.stdout
    done = elsewhere("-c", LOOK)
    assert done.returncode == 0, done.stderr
    found_schema, found, status, is_named, kind, answers = json.loads(done.stdout)
    assert {tuple(one) for one in found_schema} == schema()
    assert {table for table, rows in contents().items() if found[table] != rows} == set()
    assert (status, is_named, kind, answers) == (200, True, "%PDF-", [{"sex": "female"}])
    # A second time there is something there, and it stays.
    again = elsewhere("-m", "steppingup.runtime.backup", "restore", str(made))
    assert (again.returncode, again.stderr.strip()) == (
        1,
        "There is something here already. Restore into an empty place, or add --replace to lose it.",
    )
    # From there, by the network, and back.
    folder = made.parent / "second"
    assert elsewhere("-m", "steppingup.runtime.backup", "make", str(folder)).returncode == 0
    [second] = folder.glob("*.tar")
    Certificate.objects.all().delete()
    backup.restore(second, replace=True)
    looked = {"accounts_attempts"}  # somebody looked at the certificate there
    assert {table for table, rows in contents().items() if found[table] != rows} == looked
    assert Certificate.objects.get().file.file.open().read(5) == b"%PDF-"


def test_nobody_else_can_read_a_backup_and_no_key_is_in_it(made):
    assert made.stat().st_mode & 0o077 == 0
    whole = made.read_bytes()
    assert settings.SECRET_KEY.encode() not in whole
    assert not any(key.encode() in whole for key in settings.ENCRYPTION_KEYS)
    assert [path.name for path in made.parent.iterdir()] == [made.name]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_restores_belongs_to_the_site(made):
    media = Path(settings.MEDIA_ROOT)
    os.chown(media, 12345, 12345)
    backup.restore(made, replace=True)
    assert {(path.stat().st_uid, path.stat().st_gid) for path in media.rglob("*")} == {(12345, 12345)}


def spoilt(made: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same backup with something else in it."""
    with tarfile.open(made) as tar:
        held = {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}
    change(held)
    path = made.with_name("spoilt.tar")
    with tarfile.open(path, "w") as tar:
        for name, content in held.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, BytesIO(content))
    return path


def cut(made: Path) -> Path:
    path = made.with_name("cut.tar")
    path.write_bytes(made.read_bytes()[:-20_000])
    return path


def text(made: Path) -> Path:
    path = made.with_name("text.tar")
    path.write_text("no backup")
    return path


def other_dump(made: Path) -> Path:
    return spoilt(made, lambda held: held.update({"database.dump": held["database.dump"][:-500]}))


def dump_that_breaks(made: Path) -> Path:
    """Written down as it is, so that only PostgreSQL can notice."""

    def change(held: dict[str, bytes]) -> None:
        held["database.dump"] = held["database.dump"][:-500]
        about = json.loads(held["about.json"])
        about["files"]["database.dump"] = hashlib.sha256(held["database.dump"]).hexdigest()
        held["about.json"] = json.dumps(about).encode()

    return spoilt(made, change)


def other_rows(made: Path) -> Path:
    def change(held: dict[str, bytes]) -> None:
        about = json.loads(held["about.json"])
        about["rows"]["accounts_user"] += 1
        held["about.json"] = json.dumps(about).encode()

    return spoilt(made, change)


def other_release(made: Path) -> Path:
    """Made by a later release, whose columns this one does not know."""

    def change(held: dict[str, bytes]) -> None:
        about = json.loads(held["about.json"])
        about["migrations"].append("cohorts.9999_of_tomorrow")
        held["about.json"] = json.dumps(about).encode()

    return spoilt(made, change)


def file_missing(made: Path) -> Path:
    return spoilt(made, lambda held: held.pop(next(name for name in held if name.startswith("media/"))))


def folder(made: Path) -> Path:
    return made.parent


def file_outside(made: Path) -> Path:
    return spoilt(made, lambda held: held.update({"../outside.txt": b"x"}))


def link_outside(made: Path) -> Path:
    path = made.with_name("link.tar")
    path.write_bytes(made.read_bytes())
    with tarfile.open(path, "a") as tar:
        link = tarfile.TarInfo("media/elsewhere")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(link)
    return path


@pytest.mark.parametrize(
    "break_it",
    [
        cut,
        text,
        other_dump,
        dump_that_breaks,
        other_rows,
        other_release,
        file_missing,
        file_outside,
        link_outside,
        folder,
    ],
)
def test_a_damaged_backup_is_refused_and_everything_stays_as_it_was(site, made, break_it):
    before, files = contents(), sorted(Path(settings.MEDIA_ROOT).rglob("*"))
    with pytest.raises(BackupError):
        backup.restore(break_it(made), replace=True)
    assert contents() == before
    assert sorted(Path(settings.MEDIA_ROOT).rglob("*")) == files
    assert site.file.file.open().read(5) == b"%PDF-"


def test_a_restore_that_was_killed_half_way_has_lost_nothing(site, made):
    before = contents()
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SCHEMA public RENAME TO {backup.ASIDE}")
        cursor.execute("CREATE SCHEMA public")
    with pytest.raises(BackupError, match="nothing here that could be backed up"):
        backup.make(made.parent)
    with pytest.raises(BackupError, match="something here already"):
        backup.restore(made)
    assert contents() == before
    backup.restore(made, replace=True)
    assert contents() == before


def test_a_backup_does_not_hold_those_before_it(made):
    with pytest.raises(BackupError, match="outside of the uploaded files"):
        backup.make(Path(settings.MEDIA_ROOT) / "backups")


def test_what_the_system_refuses_is_said_in_a_line(made, capsys, monkeypatch):
    monkeypatch.setattr("django.setup", lambda: None)
    assert backup.main(["make", str(made)]) == 1  # a file is there
    assert capsys.readouterr().err.count("\n") == 1


def test_a_site_that_is_running_is_not_replaced(made):
    other = psycopg2.connect(database_address())
    try:
        with pytest.raises(BackupError, match="Stop web, worker and beat first"):
            backup.restore(made, replace=True)
    finally:
        other.close()


def test_a_server_that_is_newer_than_every_pg_dump_here_is_named(monkeypatch, made):
    monkeypatch.setattr(backup, "_version", lambda program: 15)
    with pytest.raises(BackupError, match=r"pg_dump of PostgreSQL \d+ is not here. Install postgresql-client-\d+"):
        backup.make(made.parent)
    assert list(made.parent.iterdir()) == [made]
