"""Who may do what. Each app names its permissions in a `permissions` module; whichever knows them all names the roles that
carry them, and makes them known by `add_roles`.

A person holds a role at a provider organisation (all its programmes) or for some cohorts of it only.
Mentors, line managers, participants and sponsors hold no role: what they may see follows from the records
that name them.
"""

from dataclasses import dataclass

from django.db import models


class Permission(models.TextChoices):
    """Something a member of staff may do within a provider."""


class SitePermission(Permission):
    """What the platform itself asks for."""

    EDIT_TEXTS = "edit_texts", "Change the texts of emails, and when reminders go out"
    SEE_MESSAGES = "see_messages", "See which emails were sent to whom"
    WATCH_WORK = "watch_work", "See background jobs, and start them again"
    MANAGE_PEOPLE = "manage_people", "Manage people, organisations and roles"


@dataclass(frozen=True)
class Role:
    """A role: what it is called, what it is for, and what it may do."""

    name: models.TextChoices
    prose: str
    permissions: frozenset[Permission]
    #: The roles that its holder may give to others at the same provider.
    gives: frozenset[models.TextChoices] = frozenset()


ROLES: dict[str, Role] = {}
#: Before anything is done with these, the second factor is asked for again (`second_factor.ask_again`).
SENSITIVE: set[Permission] = {SitePermission.MANAGE_PEOPLE}


def add_roles(*roles: Role) -> None:
    """Make roles known, in the order in which they are offered. `AppConfig.ready()` calls it."""
    ROLES.update({role.name: role for role in roles})


def role_choices() -> list[tuple[str, str]]:
    """The roles that can be held, for forms and columns."""
    return [(role.name.value, role.name.label) for role in ROLES.values()]


def roles_with(permission: str) -> list[str]:
    """The names of the roles that carry a permission."""
    return [name for name, role in ROLES.items() if permission in role.permissions]
