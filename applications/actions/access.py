"""Who may decide about an application."""

from applications.models import Application
from cohorts.access import require_staff
from steppingup.accounts.actors import Actor, NotAllowed, require_colleague
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission


def require_decider(by: Actor, application: Application) -> User:
    """The person who decides. Raises NotAllowed for others, OwnRecord for everybody about their own.

    A decision is always a person's: the system decides nothing."""
    if not isinstance(by, User):
        raise NotAllowed("A decision about an application is made by a person.")
    require_staff(by, Permission.DECIDE_APPLICATIONS, application.cohort)
    require_colleague(by, application.applicant_id, "Nobody decides about their own application. Ask a colleague.")
    return by


def require_applicant(by: Actor, application: Application) -> User:
    """The applicant. Raises NotAllowed for everybody else."""
    if not isinstance(by, User) or by.pk != application.applicant_id:
        raise NotAllowed("This is somebody else's application.")
    return by
