"""The older names of what `steppingup.accounts.actors` answers for any record. They go when no app calls them."""

from cohorts.queries import staff_of
from steppingup.accounts.actors import may
from steppingup.accounts.actors import require as require_staff

__all__ = ["may", "require_staff", "staff_of"]
