"""How a place stands before and after a step, and who is left in peace because somebody has died."""

from cohorts.actions.leaving import of_somebody_who_died
from cohorts.extensions import stands
from cohorts.progress.standing import of_cohort
from steppingup.messaging.reminders import HELD_WHILE

stands.add(of_cohort)
HELD_WHILE.append(of_somebody_who_died)
