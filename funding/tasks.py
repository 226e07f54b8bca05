from datetime import timedelta

from funding.actions import liability
from steppingup.runtime.timetable import timed


@timed("funding.lapse_liability_cases", timedelta(hours=1))
def lapse_liability_cases() -> int:
    """Every hour: where nobody told of circumstances, or appealed, in time, what was owed stands."""
    return liability.lapse_due()


@timed("funding.forget_statements", timedelta(days=1))
def forget_statements() -> int:
    """Every day: what was told, and its files, are removed a year after it was settled."""
    return liability.forget_due()
