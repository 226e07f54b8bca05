"""A backup: one file with the database, the uploaded files, and what both are; and the way back from it.

    script/backup FOLDER        writes FOLDER/stepping-up-2020-02-12-0310.tar
    script/restore FILE         into an empty place; with --replace, in the place of what is there

In a container: `python -m steppingup.runtime.backup make FOLDER`. The keys of the environment are not in it: without
ENCRYPTION_KEYS the equality answers cannot be read, and with them in it a thief would have everything.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import django
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from steppingup.runtime.embedded import programs

ABOUT, DUMP, MEDIA = "about.json", "database.dump", "media/"
ASIDE = "before_restore"  # the schema in which a database waits until its successor is whole
BLOCK = 1 << 20


class BackupError(Exception):
    """It was not done; the message is a sentence for whoever runs the site."""


# -- PostgreSQL's own programs -------------------------------------------------------------------


def _version(program: Path) -> int:
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"\) (\d+)", said)[1])  # type: ignore[index]


def _program(name: str) -> str:
    """pg_dump refuses a server that is newer than itself. Raises BackupError when there is none that is new enough."""
    server = connection.pg_version // 10000  # type: ignore[attr-defined]
    found = [programs() / name, *Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), Path(shutil.which(name) or name)]
    fitting = {_version(path): path for path in found if path.exists()}
    wanted = min((version for version in fitting if version >= server), default=None)
    if wanted is None:
        raise BackupError(f"{name} of PostgreSQL {server} is not here. Install postgresql-client-{server}.")
    return str(fitting[wanted])


def _run(name: str, *words: str) -> None:
    """With the address of the database in the environment: a password among the words could be read by everybody here."""
    at = connection.settings_dict
    environment = {
        "PGHOST": at["HOST"],
        "PGPORT": str(at["PORT"] or ""),
        "PGUSER": at["USER"],
        "PGPASSWORD": at["PASSWORD"],
    }
    given = {key: value for key, value in {**environment, "PGDATABASE": at["NAME"]}.items() if value}
    done = subprocess.run(
        [_program(name), *words], env={**os.environ, **given}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{name} stopped: {done.stderr.strip()[-2000:]}")


def _tables() -> dict[str, int]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        names = [name for (name,) in cursor.fetchall()]
        counts = {}
        for name in names:
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(name)}")
            counts[name] = cursor.fetchone()[0]
    return counts


# -- making one ----------------------------------------------------------------------------------


def make(folder: Path) -> Path:
    """Write a backup into the folder, and return its path. The site may run meanwhile.

    Raises BackupError; then nothing is left that could be taken for a backup."""
    media = Path(settings.MEDIA_ROOT)
    if folder.resolve().is_relative_to(media.resolve()):
        raise BackupError("Choose a folder outside of the uploaded files: each backup would hold those before it.")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"stepping-up-{timezone.localtime():%Y-%m-%d-%H%M%S}.tar"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".backup-") as work:
        dump, part = Path(work) / DUMP, Path(work) / "part"
        # First the database: a file without its row is harmless, a row without its file is not.
        with transaction.atomic(), _snapshot() as snapshot:
            rows = _tables()
            if not rows:
                raise BackupError("There is nothing here that could be backed up.")
            _run(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={snapshot}",
                f"--file={dump}",
            )
        files = sorted(path for path in media.rglob("*") if path.is_file()) if media.exists() else []
        digests: dict[str, str] = {}
        with tarfile.open(part, "w") as tar:
            for path, name in [(dump, DUMP), *((path, MEDIA + path.relative_to(media).as_posix()) for path in files)]:
                _add(tar, path, name, digests)
            migrations = sorted(map(".".join, MigrationRecorder(connection).applied_migrations()))
            about = {"made": timezone.now().isoformat(), "migrations": migrations, "rows": rows, "files": digests}
            text = json.dumps(about, indent=1).encode()
            member = tarfile.TarInfo(ABOUT)
            member.size = len(text)
            tar.addfile(member, BytesIO(text))
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.chmod(0o600)  # it holds personal data
        part.replace(target)
    return target


@contextmanager
def _snapshot() -> Iterator[str]:
    """What this transaction sees, for pg_dump to see the same: so the rows that are counted are those that are dumped."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def _add(tar: tarfile.TarFile, path: Path, name: str, digests: dict[str, str]) -> None:
    try:
        with path.open("rb") as stream:
            digests[name] = hashlib.file_digest(stream, "sha256").hexdigest()
            stream.seek(0)
            member = tar.gettarinfo(arcname=name, fileobj=stream)
            tar.addfile(member, stream)
    except FileNotFoundError:  # removed by the site since they were listed
        return


# -- the way back --------------------------------------------------------------------------------


def restore(source: Path, *, replace: bool = False) -> dict[str, Any]:
    """Put the database and the files of a backup in place, and return what it says about itself.

    With `replace`, what is there goes, once its successor is whole. Raises BackupError, and leaves everything as it was: when
    the file is damaged, no backup or one of another release, when there is something here already, or when somebody else uses
    the database."""
    media = Path(settings.MEDIA_ROOT)
    _require_alone()
    _undo_interrupted()
    occupied = bool(_tables()) or (media.exists() and any(media.iterdir()))
    if occupied and not replace:
        raise BackupError("There is something here already. Restore into an empty place, or add --replace to lose it.")
    media.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=media.parent, prefix=".restore-") as work:
        about = _unpack(source, Path(work))
        _restore_database(Path(work) / DUMP, about["rows"])
        arrived = Path(work) / MEDIA
        arrived.mkdir(exist_ok=True)
        if media.exists():
            # Its contents, not itself: it can be where a disk of its own is mounted.
            for path in media.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        media.mkdir(exist_ok=True)
        for path in arrived.iterdir():
            _give(path, media)
            shutil.move(path, media / path.name)
    return about


def _give(path: Path, folder: Path) -> None:
    """Whoever owns the folder owns what comes into it: the site could not remove what root has put there."""
    if os.geteuid() == 0:
        for one in (path, *path.rglob("*")):
            os.chown(one, folder.stat().st_uid, folder.stat().st_gid)


def _require_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        if cursor.fetchone()[0]:
            raise BackupError("The site is running. Stop web, worker and beat first.")


def _undo_interrupted() -> None:
    """A restore that was killed half-way has left what was there in the other schema: it is put back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s)", [ASIDE])
        if cursor.fetchone()[0]:
            cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
            cursor.execute(f"ALTER SCHEMA {ASIDE} RENAME TO public")


def _require_ours(migrations: list[str]) -> None:
    """A later release has columns that this one does not know: what it has left would break at the first page."""
    disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    known = {".".join(key) for one in disk.values() for key in ((one.app_label, one.name), *one.replaces)}
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).is_relative_to(settings.BASE_DIR)}
    unknown = sorted(name for name in migrations if name.partition(".")[0] in ours and name not in known)
    if unknown:
        raise BackupError(
            f"This backup is of another release: {unknown[-1]} is not here. Restore it with the release that made it."
        )


def _unpack(source: Path, work: Path) -> dict[str, Any]:
    """Everything in it, checked against what was written down when it was made."""
    try:
        with tarfile.open(source) as tar:
            _put_out(tar, work.resolve())
        about: dict[str, Any] = json.loads((work / ABOUT).read_bytes())
        for name, digest in about["files"].items():
            with (work / name).open("rb") as stream:
                _require_same(name, stream, digest)
        _require_ours(about["migrations"])
    except FileNotFoundError as missing:
        raise BackupError(f"{missing.filename} is not there.") from missing
    except (tarfile.TarError, OSError, ValueError, KeyError) as broken:
        raise BackupError(f"{source} is damaged, or no backup of ours.") from broken
    return about


def _put_out(tar: tarfile.TarFile, work: Path) -> None:
    """Plain files into this folder, nothing else and nowhere else. (Python's own filter for it is not in 3.11.2, Debian's.)"""
    for member in tar:
        path = (work / member.name).resolve()
        content = tar.extractfile(member) if member.isreg() else None
        if not path.is_relative_to(work) or not (content or member.isdir()):
            raise tarfile.TarError(f"{member.name} does not belong into a backup.")
        if content:
            path.parent.mkdir(parents=True, exist_ok=True)
            with content, path.open("wb") as file:
                shutil.copyfileobj(content, file)
            path.chmod(0o600 | member.mode & 0o644)


def _require_same(name: str, stream: IO[bytes], digest: str) -> None:
    if hashlib.file_digest(stream, "sha256").hexdigest() != digest:  # type: ignore[arg-type]
        raise BackupError(f"{name} is not as it was when the backup was made.")


def _restore_database(dump: Path, rows: dict[str, int]) -> None:
    """What was there waits in another schema, and comes back when anything goes wrong."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SCHEMA public RENAME TO {ASIDE}")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    try:
        # The schema is here; its comment belongs to whoever made the server.
        _run(
            "pg_restore",
            "--no-owner",
            "--no-privileges",
            "--single-transaction",
            "--schema=public",
            f"--dbname={connection.settings_dict['NAME']}",
            str(dump),
        )
        if (found := _tables()) != rows:
            raise BackupError(f"Other rows arrived than were dumped: {set(found.items()) ^ set(rows.items())}")
    except (BackupError, DatabaseError):
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute(f"ALTER SCHEMA {ASIDE} RENAME TO public")
        raise
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {ASIDE} CASCADE")


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="backup")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("make", help="write a backup").add_argument("folder", type=Path)
    back = commands.add_parser("restore", help="put a backup in place")
    back.add_argument("file", type=Path)
    back.add_argument("--replace", action="store_true", help="lose what is in the database and the folder of files")
    given = parser.parse_args(words)
    django.setup()
    try:
        if given.command == "make":
            made = make(given.folder)
            print(
                f"{made} ({made.stat().st_size / 1e6:,.1f} MB). The keys in your environment are not in it: keep them apart."
            )
        else:
            about = restore(given.file, replace=given.replace)
            total = sum(about["rows"].values())
            print(
                f"Restored: {len(about['rows'])} tables with {total:,} rows, {len(about['files']) - 1:,} files, as of {about['made'][:16]}."
                " Run manage.py migrate before you start the site, if it is newer than the backup."
            )
    except (BackupError, OSError, DatabaseError) as refused:  # no room, no right to write there, no server
        print(str(refused).strip(), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steppingup.settings")
    sys.exit(main(sys.argv[1:]))
