"""Who may decide about the money of a cohort."""

from cohorts.models import Cohort
from steppingup.accounts.actors import Actor, NotAllowed, System, require
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission


def require_money(by: Actor, cohort: Cohort) -> None:
    """Raise NotAllowed unless `by` is a finance officer of the cohort's provider, and not limited to other cohorts."""
    if isinstance(by, System):
        return
    require(by, Permission.DECIDE_MONEY, cohort.programme.provider_id)
    if not (
        isinstance(by, User) and Cohort.objects.for_staff(by, Permission.DECIDE_MONEY).filter(pk=cohort.pk).exists()
    ):
        raise NotAllowed(f"{by} may not decide about the money of {cohort}.")
