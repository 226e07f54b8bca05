from celery import shared_task

from steppingup.accounts.actions.roles import close_ended_roles
from steppingup.accounts.actions.token_links import remove_old_links


@shared_task(name="accounts.tidy")
def tidy() -> None:
    """Every night: roles that have run out close the admin, and links that nobody can use any more go."""
    close_ended_roles()
    remove_old_links()
