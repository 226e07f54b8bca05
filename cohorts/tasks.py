from celery.schedules import crontab

from cohorts.actions import staying
from steppingup.runtime.timetable import timed


@timed("cohorts.forget_needs", crontab(hour=1, minute=50))
def forget_needs() -> int:
    """Every night: what people needed, of those who are on no programme any more."""
    return staying.forget_outlived()
