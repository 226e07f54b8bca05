from celery.schedules import crontab

from steppingup.accounts.actions.roles import close_ended_roles
from steppingup.accounts.actions.token_links import remove_old_links
from steppingup.runtime.timetable import timed


@timed("accounts.tidy", crontab(hour=1, minute=10))
def tidy() -> None:
    """Every night: roles that have run out close the admin, and links that nobody can use any more go."""
    close_ended_roles()
    remove_old_links()
