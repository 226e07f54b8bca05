from celery.schedules import crontab

from steppingup.retention.actions import forgetting
from steppingup.runtime.timetable import timed


@timed("retention.forget", crontab(hour=2, minute=20))
def forget() -> int:
    """Every night: what providers do not keep any longer."""
    return forgetting.forget_due()
