"""Is it alive (`/healthz`), can it serve pages (`/readyz/pages`), does everything do its work (`/readyz`)?

For compose, load balancers and people on call. They answer whatever is away, also to somebody who is signed in: sessions
and people are never asked for, because this middleware answers before those that do.
"""

import logging
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from functools import partial

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.deprecation import MiddlewareMixin
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from steppingup.jobs import heartbeats
from steppingup.jobs.states import Part

logger = logging.getLogger(__name__)
SECONDS = 2.0  # the longest that an answer takes, whatever is down
_up_to_date = False


def database() -> str:
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "answers"


def migrations() -> str:
    """Once applied they stay applied as long as this process runs, so a good answer is remembered."""
    global _up_to_date
    if not _up_to_date:
        with closing(connection):
            executor = MigrationExecutor(connection)
            missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if missing:
            raise RuntimeError(f"{len(missing)} not applied; run manage.py migrate")
        _up_to_date = True
    return "all applied"


def broker() -> str:
    if settings.REDIS_URL:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=SECONDS, socket_timeout=SECONDS, retry=Retry(NoBackoff(), 0)
        ) as client:
            client.ping()
    elif settings.BROKER_DIR and not os.access(settings.BROKER_DIR / "queue", os.W_OK | os.X_OK):
        raise RuntimeError("its folder cannot be written to")
    return "answers"


def heard_from(part: Part) -> str:
    with closing(connection):
        well, says = heartbeats.verdicts()[part]
    if not well:
        raise RuntimeError(says)
    return says


Check = Callable[[], str]
# What pages cannot do without. While only the rest is away the site is served, and work waits.
PAGES: dict[str, Check] = {"database": database, "migrations": migrations}
EVERYTHING: dict[str, Check] = {
    **PAGES,
    "broker": broker,
    **{part.value: partial(heard_from, part) for part in Part},
}


def verdict(answer: Future[str], name: str) -> tuple[bool, str]:
    """Whether it is well, and what is said of it. What exactly went wrong stands in the log, not on the page."""
    if not answer.done():
        return False, f"no answer within {SECONDS:g} seconds"
    if error := answer.exception():
        logger.warning("readyz: %s: %s", name, error)
        return False, str(error) if type(error) is RuntimeError else "cannot be reached"
    return True, answer.result()


@require_safe
@never_cache
def report(request: HttpRequest, checks: dict[str, Check]) -> HttpResponse:
    """A line for each, or JSON for a program; 503 unless all are well, within SECONDS."""
    pool = ThreadPoolExecutor(max_workers=len(checks))
    answers = {name: pool.submit(check) for name, check in checks.items()}
    wait(answers.values(), timeout=SECONDS)
    pool.shutdown(wait=False, cancel_futures=True)
    verdicts = {name: verdict(answer, name) for name, answer in answers.items()}
    status = 200 if all(well for well, _ in verdicts.values()) else 503
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(
            {name: {"well": well, "says": says} for name, (well, says) in verdicts.items()}, status=status
        )
    text = "".join(f"{name}: {says}\n" for name, (_, says) in verdicts.items())
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked, so that a slow database does not restart it."""
    return HttpResponse("alive\n", content_type="text/plain")


ADDRESSES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "healthz": healthz,
    "readyz": partial(report, checks=EVERYTHING),
    "readyz/pages": partial(report, checks=PAGES),
}


class HealthMiddleware(MiddlewareMixin):
    """Answers before sessions, people and history are looked at."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        view = ADDRESSES.get(request.path_info.removeprefix("/"))
        return view(request) if view else None
