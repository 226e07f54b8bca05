"""Every lifecycle with the thing that goes through it and the actions that move it (see ways.py)."""

from tests.sweeps.states_of_money import AGREEMENT, BURSARY, INVOICE, JOB, MESSAGE
from tests.sweeps.states_of_selection import APPLICATION, INTERVIEW, OFFER, REVIEW
from tests.sweeps.states_of_the_year import (
    ASSIGNMENT,
    CERTIFICATE,
    COHORT,
    COURSE_CHOICE,
    ENROLMENT,
    PAIR,
    REGISTRATION,
)

SUBJECTS = {
    "application": APPLICATION,
    "review": REVIEW,
    "interview": INTERVIEW,
    "offer": OFFER,
    "cohort": COHORT,
    "enrolment": ENROLMENT,
    "certificate": CERTIFICATE,
    "fee agreement": AGREEMENT,
    "bursary request": BURSARY,
    "invoice": INVOICE,
    "pair": PAIR,
    "registration": REGISTRATION,
    "course choice": COURSE_CHOICE,
    "assignment": ASSIGNMENT,
    "job": JOB,
    "message": MESSAGE,
}
