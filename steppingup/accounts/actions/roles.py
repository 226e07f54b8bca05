"""Giving and ending roles."""

from datetime import date, timedelta

from django.db import transaction

from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, OwnRecord, System
from steppingup.accounts.models import Organisation, RoleAssignment, User
from steppingup.accounts.roles import ROLES
from steppingup.accounts.scope import contests_of
from steppingup.history.lifecycle import NotPossible

CONTEST = "You have applied for a place here yourself. Until that cohort begins, a colleague gives and ends the roles."


def roles_to_give(by: User, provider: Organisation | int) -> set[str]:
    """The roles that this person may give at a provider: none above their own, none elsewhere, and none by a role that
    is limited to some cohorts (what is given holds for all of them)."""
    if by.is_superuser and by.is_active:
        return set(ROLES)
    provider_id = provider.pk if isinstance(provider, Organisation) else provider
    own = [a.role for a in by.current_roles if a.provider_id == provider_id and not a.is_limited]
    return {str(name) for role in own for name in ROLES[role].gives}


def may_edit(by: User, user: User) -> bool:
    """May `by` change this person's record? A superuser's: superusers only. Staff: whoever could have given all their roles."""
    if by.is_superuser and by.is_active:
        return True
    if user.is_superuser:
        return False
    return all(a.role in roles_to_give(by, a.provider_id) for a in user.current_roles)


def require_other(by: Actor, user: User) -> None:
    """Raises NotPossible for one's own roles, and NotAllowed for those of a superuser; a superuser changes them all."""
    if isinstance(by, System) or (isinstance(by, User) and by.is_superuser):
        return
    if isinstance(by, User) and by.pk == user.pk:
        raise NotPossible("You cannot change your own roles. Ask another coordinator.", "own_roles")
    if user.is_superuser:
        raise NotAllowed(f"{by} may not change the roles of a superuser.")


def require_no_contest(by: Actor, provider: Organisation | int) -> None:
    """Raises OwnRecord for whoever competes for a place at this provider themselves: they do not choose who judges."""
    provider_id = provider.pk if isinstance(provider, Organisation) else provider
    if isinstance(by, User) and any(one.is_open and one.provider == provider_id for one in contests_of(by)):
        raise OwnRecord(CONTEST)


def _check(by: Actor, user: User, role: str, provider: Organisation) -> None:
    if not isinstance(by, System) and not (isinstance(by, User) and role in roles_to_give(by, provider)):
        raise NotAllowed(f"{by} may not give or end the role {role} at {provider}.")
    require_other(by, user)
    require_no_contest(by, provider)


def open_admin(user: User) -> None:
    """Whoever holds a role opens the admin; who holds none any more does not (superusers always do)."""
    staff = user.is_superuser or user.role_assignments.current().exists()
    user.__dict__.pop("current_roles", None)
    if user.is_staff != staff:
        user.is_staff = staff
        user.save(update_fields=["is_staff"])


@transaction.atomic
def give_role(
    *,
    user: User,
    role: str,
    provider: Organisation,
    by: Actor,
    until: date | None = None,
    typed: tuple[str, str] = ("", ""),
) -> RoleAssignment:
    """The person holds the role at the provider from now on, until the end of the day `until`. Whoever was named by a `typed`
    name and address goes by these until they sign in.

    Giving a role that was held before opens it again. Raises NotAllowed, or NotPossible with a sentence."""
    _check(by, user, role, provider)
    if not provider.is_provider:
        raise NotPossible(f"{provider} runs no programmes here, so nobody can hold a role there.", "no_programmes")
    if until and until < clock.today():
        raise NotPossible("The last day of the role is in the past. Choose today or a later day.", "past")
    name, email = typed
    invited = {"typed_name": name, "typed_email": email, "joined_at": None} if email else {}
    assignment, _ = RoleAssignment.objects.update_or_create(
        user=user, role=role, provider=provider, defaults={"until": until, **invited}
    )
    open_admin(user)
    return assignment


def require_giver(by: Actor, assignment: RoleAssignment) -> None:
    """Raises NotAllowed for whoever could not give this role; NotPossible for one's own."""
    _check(by, assignment.user, assignment.role, assignment.provider)


def require_held(assignment: RoleAssignment) -> None:
    """Raises NotPossible for a role that has ended."""
    if assignment.until and assignment.until < clock.today():
        raise NotPossible("This role has already ended.", "ended")


@transaction.atomic
def end_role(*, assignment: RoleAssignment, by: Actor) -> RoleAssignment:
    """The role ends now. The record stays: who was allowed to decide is part of the record of decisions."""
    require_giver(by, assignment)
    require_held(assignment)
    assignment.until = clock.today() - timedelta(days=1)
    assignment.save(update_fields=["until"])
    open_admin(assignment.user)
    return assignment


def join(*, user: User) -> int:
    """The person has signed in: staff of the providers that gave them a role see the account from now on. Returns how many
    roles it was."""
    invited = RoleAssignment.objects.filter(user=user, joined_at=None)
    return invited.update(joined_at=clock.now(), typed_name="", typed_email="")


def close_ended_roles() -> int:
    """Take the admin from people whose last role has run out. Returns how many there were."""
    current = RoleAssignment.objects.current().values("user")
    ended = User.objects.filter(is_staff=True, is_superuser=False, role_assignments__isnull=False)
    users = list(ended.exclude(pk__in=current).distinct())
    for user in users:
        open_admin(user)
    return len(users)
