"""Is it alive (`/healthz`), and can it do its work (`/readyz`)? For load balancers, compose and people on call."""

import logging
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)
SECONDS = 2.0  # the longest that /readyz takes, whatever is down
_up_to_date = False


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()
    return "answers"


def migrations() -> str:
    """Once applied they stay applied as long as this process runs, so a good answer is remembered."""
    global _up_to_date
    if not _up_to_date:
        try:
            executor = MigrationExecutor(connection)
            missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        finally:
            connection.close()
        if missing:
            raise RuntimeError(f"{len(missing)} not applied; run manage.py migrate")
        _up_to_date = True
    return "all applied"


def broker() -> str:
    if settings.REDIS_URL:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=SECONDS, socket_timeout=SECONDS, retry=Retry(NoBackoff(), 0)
        )
        try:
            client.ping()
        finally:
            client.close()
    elif settings.BROKER_DIR and not os.access(settings.BROKER_DIR / "queue", os.W_OK):
        raise RuntimeError("its folder cannot be written to")
    return "answers"


CHECKS: dict[str, Callable[[], str]] = {"database": database, "migrations": migrations, "broker": broker}


def verdict(answer: Future[str], name: str) -> tuple[bool, str]:
    """Whether it is well, and a line that says so. What exactly went wrong stands in the log, not on the page."""
    if not answer.done():
        return False, f"{name}: no answer within {SECONDS:g} seconds"
    if error := answer.exception():
        logger.warning("readyz: %s: %s", name, error)
        return False, f"{name}: {error if type(error) is RuntimeError else 'cannot be reached'}"
    return True, f"{name}: {answer.result()}"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked, so that a slow database does not restart it."""
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, migrations and broker, a line each; 503 unless all are well, within SECONDS."""
    pool = ThreadPoolExecutor(max_workers=len(CHECKS))
    answers = {name: pool.submit(check) for name, check in CHECKS.items()}
    wait(answers.values(), timeout=SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)
    verdicts = [verdict(answer, name) for name, answer in answers.items()]
    text = "".join(f"{line}\n" for _, line in verdicts)
    return HttpResponse(text, content_type="text/plain", status=200 if all(well for well, _ in verdicts) else 503)
