"""How often something was tried: one statement counts, whichever process asks, and nothing forgets before its time.

Not in the cache: Django's cache in the database gives an entry that is counted up a new life of five minutes, and throws a third of
all entries away when there are many."""

import hashlib
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from allauth.account.adapter import get_adapter
from django.db import connection
from django.http import HttpRequest

from steppingup import clock
from steppingup.accounts.models import Attempts

_COUNT = """
    INSERT INTO accounts_attempts AS kept (key, number, until) VALUES (%(key)s, 1, %(until)s)
    ON CONFLICT (key) DO UPDATE SET
        number = CASE WHEN kept.until <= %(now)s THEN 1 ELSE kept.number + 1 END,
        until = CASE WHEN kept.until <= %(now)s OR %(renew)s THEN %(until)s ELSE kept.until END
    RETURNING number
"""


def network(request: HttpRequest) -> str:
    """Whose line it is: of the new addresses (IPv6) a household has as many as it likes, which begin alike."""
    found = ip_address(get_adapter().get_client_ip(request))
    return str(ip_network(f"{found}/64", strict=False) if found.version == 6 else found)


def _key(what: str, whom: str) -> str:
    """Neither an address nor a name is kept, only what they hash to."""
    return hashlib.sha256(f"{what}:{whom}".encode()).hexdigest()


def count(what: str, whom: str, *, minutes: int, renew: bool = False) -> int:
    """How often `what` was tried by or for `whom`, this time included, until `minutes` after the first try; with `renew`,
    after the last."""
    now = clock.now()
    values: dict[str, Any] = {
        "key": _key(what, whom),
        "now": now,
        "until": now + timedelta(minutes=minutes),
        "renew": renew,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return int(cursor.fetchone()[0])


def counted(what: str, whom: str) -> int:
    """The same without trying."""
    found = Attempts.objects.filter(key=_key(what, whom), until__gt=clock.now())
    return found.values_list("number", flat=True).first() or 0


def forget(what: str, whom: str) -> None:
    Attempts.objects.filter(key=_key(what, whom)).delete()


def remove_old() -> None:
    Attempts.objects.filter(until__lte=clock.now()).delete()
