"""What waits of registers beside those that are to be taken."""

from cohorts.models import Session
from cohorts.queries import disputed
from steppingup.steps.step import Waiting
from steppingup.steps.waiting import wait_for

wait_for(
    Session,
    "disputed",
    Waiting(
        disputed,
        "register in which two devices disagree",
        "registers in which two devices disagree",
        order=31,
    ),
)
