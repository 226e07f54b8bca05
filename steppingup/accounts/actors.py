"""Who acts: a signed-in person, the holder of a token link, or the system itself.

Every action takes one of these as `by=` and asks `require()` whether they may.
"""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models

from steppingup.accounts.models import Organisation, TokenLink, User
from steppingup.accounts.oneself import is_account_of
from steppingup.accounts.roles import Permission
from steppingup.accounts.scope import is_superuser, may_see, roles_held


@dataclass(frozen=True)
class System:
    """A clock or a command, with no person behind it."""

    name: str = "the system"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class LinkHolder:
    """Somebody without an account who followed a token link."""

    link: TokenLink

    def __str__(self) -> str:
        return self.link.email


SYSTEM = System()
Actor = User | LinkHolder | System


class NotAllowed(PermissionDenied):
    """The person may not do this, whatever the state. Views turn it into 404 or 403."""


class OwnRecord(NotAllowed):
    """The person holds the role for it, but the record is about themselves: a colleague does it. The sentence is theirs
    to read."""


def holds(user: User | AnonymousUser, permission: Permission, provider: Organisation | int | None = None) -> bool:
    """Does this person hold a role with the permission (at this provider, or at any)?

    A role that is limited to some cohorts counts here; `Cohort.objects.visible_to` narrows it."""
    provider_id = provider.pk if isinstance(provider, Organisation) else provider
    return is_superuser(user) or any(provider_id in (None, role.provider_id) for role in roles_held(user, permission))


def holds_everywhere(user: User, permission: Permission, provider: int) -> bool:
    """Does this person hold the permission for every cohort of the provider, by a role that is not limited to some?"""
    roles = (role for role in user.current_roles if role.provider_id == provider and permission in role.permissions)
    return user.is_active and (user.is_superuser or not all(role.is_limited for role in roles))


def may(by: Actor, permission: Permission, about: models.Model | int | None = None) -> bool:
    """Does `by` hold the permission at a provider, or for this very record (a cohort, an invoice)? The system may do all."""
    if isinstance(by, System):
        return True
    if not isinstance(by, User):
        return False
    if about is None or isinstance(about, Organisation | int):
        return holds(by, permission, about)
    return may_see(by, about, permission)


def require(by: Actor, permission: Permission, about: models.Model | int | None = None) -> None:
    """Raise NotAllowed unless `by` holds the permission: at a provider, or for this very record."""
    if not may(by, permission, about):
        raise NotAllowed(
            f"{by} may not do this{f' for {about}' if isinstance(about, models.Model) else ''}: {permission.label}."
        )


def is_one_person(by: Actor, about: User | int | None) -> bool:
    """Are they one, as far as their accounts tell (`steppingup.accounts.oneself`; `about`: a person, or the id of one whose other accounts do not matter)?"""
    if not isinstance(by, User) or about is None:
        return False
    if not isinstance(about, User):
        return by.pk == about
    return is_account_of(by, about.pk, about.merged_into_id, about.email)


def require_colleague(by: Actor, about: User | int | None, sentence: str) -> None:
    """Raise OwnRecord, with the sentence, when the record is about whoever acts, as `is_one_person` says."""
    if is_one_person(by, about):
        raise OwnRecord(sentence)


def require_second_person(by: Actor, first: User | None, to: str) -> None:
    """Raise OwnRecord when whoever acts is the one who proposed it, as `is_one_person` says. `to`: what a second person has to
    do, such as “confirm it”. Whoever did not propose it, but reads that person's mailbox, is not told that they did."""
    if first is None or not isinstance(by, User) or not is_one_person(by, first):
        return
    whose = "You proposed it"
    if by.pk not in (first.pk, first.merged_into_id):
        whose = f"{first} proposed it, whose email is read in the same mailbox as yours"
    raise OwnRecord(f"{whose}, so a second person has to {to}.")


def person(by: Actor) -> User | None:
    """The person to write down as who did it, if it was a person."""
    return by if isinstance(by, User) else None
