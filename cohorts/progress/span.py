"""From when until when a place lasts: the dates of its cohort, and as much longer as somebody paused."""

from datetime import date

from cohorts.models import Enrolment
from cohorts.models.pausing import last_day_with


def last_day_of(enrolment: Enrolment) -> date:
    """The day by which they are to have done what they do. A pause moves it by as many days as it lasts, once its end is known."""
    cohort = enrolment.cohort
    return last_day_with(enrolment.pauses.all(), cohort.starts_on, cohort.ends_on)
