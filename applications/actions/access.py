"""Who may decide about an application."""

from applications.models import Application
from cohorts.models import Cohort
from steppingup.accounts.actors import Actor, NotAllowed, System, require
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission


def require_for_cohort(by: Actor, permission: Permission, cohort: Cohort) -> None:
    """Raise NotAllowed unless `by` holds the permission for this very cohort. The system may do everything."""
    require(by, permission, cohort.programme.provider_id)
    if isinstance(by, User) and not Cohort.objects.for_staff(by, permission).filter(pk=cohort.pk).exists():
        raise NotAllowed(f"{by} may not do this for {cohort}.")


def require_decider(by: Actor, application: Application) -> User:
    """The person who decides. Raises NotAllowed for others, and for everybody about their own application.

    A decision is always a person's: the system decides nothing."""
    if isinstance(by, System) or not isinstance(by, User):
        raise NotAllowed("A decision about an application is made by a person.")
    require_for_cohort(by, Permission.DECIDE_APPLICATIONS, application.cohort)
    if by.pk == application.applicant_id:
        raise NotAllowed("Nobody decides about their own application.")
    return by


def require_applicant(by: Actor, application: Application) -> User:
    """The applicant. Raises NotAllowed for everybody else."""
    if not isinstance(by, User) or by.pk != application.applicant_id:
        raise NotAllowed("This is somebody else's application.")
    return by
