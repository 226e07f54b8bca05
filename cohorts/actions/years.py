"""A year that was mistyped: what people talk about on a programme is not years away from it."""

from datetime import date, timedelta

from cohorts.models import Cohort
from steppingup.formats import english
from steppingup.history.lifecycle import refuse_if

#: People meet before a programme begins, and look back after it.
AROUND = timedelta(days=366)


def require_near(on: date, cohort: Cohort) -> None:
    """Raises NotPossible for a day more than a year before the cohort begins."""
    refuse_if(
        on < cohort.starts_on - AROUND,
        f"The programme begins on {english.day_date(cohort.starts_on)}. Check the year.",
        "too_early",
        field="on",
    )
