"""Which staff may act on a cohort: by their provider, or because the cohort is one of those their role is limited to."""

from django.db.models import Q

from cohorts.models import Cohort
from steppingup.accounts.actors import Actor, NotAllowed, System
from steppingup.accounts.models import RoleAssignment, User
from steppingup.accounts.roles import Permission, roles_with


def may(by: Actor, permission: Permission, cohort: Cohort) -> bool:
    """Does `by` hold the permission for this very cohort? The system may do everything."""
    if isinstance(by, System):
        return True
    return (
        isinstance(by, User) and by.is_active and Cohort.objects.for_staff(by, permission).filter(pk=cohort.pk).exists()
    )


def require_staff(by: Actor, permission: Permission, cohort: Cohort) -> None:
    """Raise NotAllowed unless `by` holds the permission for this very cohort."""
    if not may(by, permission, cohort):
        raise NotAllowed(f"{by} may not do this for {cohort}: {permission.label}.")


def staff_of(cohort: Cohort, permission: Permission) -> list[User]:
    """Everybody who holds the permission for this very cohort by a role; not those who merely may do everything."""
    held = RoleAssignment.objects.current().filter(
        role__in=roles_with(permission), provider=cohort.programme.provider_id, user__is_active=True
    )
    named = held.filter(Q(cohorts=None) | Q(cohorts=cohort))
    return list(User.objects.filter(role_assignments__in=named).distinct().order_by("pk"))
