from celery.schedules import crontab
from django.core.management import call_command
from django.db import connection

from steppingup import clock
from steppingup.accounts import attempts
from steppingup.accounts.actions.roles import close_ended_roles
from steppingup.accounts.actions.token_links import remove_old_links
from steppingup.runtime.timetable import timed


@timed("accounts.tidy", crontab(hour=1, minute=10))
def tidy() -> None:
    """Every night: roles that have run out close the admin; links, attempts, sessions and entries of the cache that no longer count go."""
    close_ended_roles()
    remove_old_links()
    attempts.remove_old()
    call_command("clearsessions")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cache_entries WHERE expires < %s", [clock.now()])
