"""script/bench: fills a database of its own and measures the pages that people live in, against their limits.

script/bench                       fill (once), measure, print; exit status 1 when a limit is broken
script/bench --fresh               throw the database away first
script/bench --only ranking        only pages with this word in their title (or: csv, certificates, matching)
script/bench --profile ranking     where the time of these pages goes (cProfile) instead of the table
"""

import argparse
import base64
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NUMBER, COMPARISON = 10_000, 200


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--fresh", action="store_true", help="throw the database away and fill it anew")
    parser.add_argument("--only", default="", metavar="WORD", help="only pages with this word in their title")
    parser.add_argument("--profile", default="", metavar="WORD", help="show where the time of these pages goes")
    return parser.parse_args(words)


@contextmanager
def step(what: str) -> Iterator[None]:
    start = time.monotonic(), time.process_time()
    print(f"{what} …", end=" ", flush=True)
    yield
    print(
        f"{time.monotonic() - start[0]:.1f} s ({time.process_time() - start[1]:.1f} s of our processor time)",
        flush=True,
    )


def prepare_environment(data: Path) -> None:
    """Production settings, on an embedded database of the bench's own. Whatever the caller's variables say, no other
    database is touched, and nothing is sent: messages would go to a queue that nobody serves."""
    from steppingup.runtime import embedded

    for name in ("DEBUG", "DATABASE_URL", "BEHIND_PROXY", "OIDC_PROVIDERS", "STATIC_ROOT", "MEDIA_ROOT"):
        os.environ.pop(name, None)
    os.environ |= {
        "MODE": "production",
        "DATA_DIR": str(data),
        "STATIC_ROOT": str(data / "static"),
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ENCRYPTION_KEYS": key_of(data),
        "ALLOWED_HOSTS": "localhost",
        "SITE_URL": "https://localhost",
        "REDIS_URL": "redis://localhost:1/0",
        "EMAIL_URL": "consolemail://",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "steppingup.settings",
    }
    embedded.database_url(data)


def key_of(data: Path) -> str:
    """Made once for a database: what it has encrypted is read in later runs."""
    kept = data / "encryption-key"
    if not kept.exists():
        kept.write_text(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    return kept.read_text()


def static_files_are_old() -> bool:
    """Compressing them takes a while, so it is done when one has changed."""
    manifest = Path(os.environ["STATIC_ROOT"]) / "staticfiles.json"
    made = manifest.stat().st_mtime if manifest.exists() else 0.0
    sources = (*(ROOT / "static").rglob("*"), ROOT / "requirements.txt")
    return any(path.stat().st_mtime > made for path in sources)


def fill_database() -> None:
    from django.core.management import call_command

    from cohorts.models import Programme
    from tests.bench import afterwards, fill, large, team, workforce, years

    with step("Migrating"):
        call_command("migrate", interactive=False, verbosity=0)
    if static_files_are_old():
        with step("Collecting static files"):
            call_command("collectstatic", interactive=False, verbosity=0)
    fill.programme()
    for slug, number in ((fill.SMALL, COMPARISON), (fill.BIG, NUMBER)):
        with step(f"{number:,} applications"):
            fill.fill(slug, number)
    with step("A line manager with twenty people"):
        team.fill_team()
    if not Programme.objects.filter(slug=years.SLUG).exists():
        with step("20 cohorts of 50 people, near their end"):
            years.fill_years(20, 50, seed=9, provider=Programme.objects.get(slug="stepping-up").provider)
    with step("A cohort of 500 people"):
        large.fill_large()
    with step("A workforce of 200 divisions over ten years"):
        workforce.fill_workforce()
    with step("What came of it: a line, graduates, the pool and heads"):
        afterwards.fill_afterwards()
    with step("VACUUM ANALYZE"):
        fill.analyse()


def main(words: list[str]) -> int:
    chosen = arguments(words)
    data = Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve() / "bench"
    if chosen.fresh:
        shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, exist_ok=True)
    prepare_environment(data)
    import django

    from steppingup.runtime.collector import leave_loaded_alone

    with step("Starting the database"):
        django.setup()
    fill_database()
    from tests.bench import report

    leave_loaded_alone()  # as in a web worker

    if chosen.profile:
        return report.profile(chosen.profile)
    return report.run(only=chosen.only)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
