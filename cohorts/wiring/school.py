"""Where school holidays plug in: their list."""

from cohorts.permissions import CohortPermission
from steppingup.desk import menu

menu.add_lists(
    "Programmes", "cohorts", CohortPermission.EDIT_PROGRAMMES, ("School holidays", "backpack", "schoolholiday")
)
