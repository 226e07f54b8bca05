from celery.schedules import crontab

from steppingup.retention.actions import accounts, forgetting
from steppingup.runtime.timetable import timed


@timed("retention.forget", crontab(hour=2, minute=20))
def forget() -> int:
    """Every night: what providers do not keep any longer."""
    return forgetting.forget_due()


@timed("retention.remove_accounts", crontab(hour=2, minute=50))
def remove_accounts() -> int:
    """Every night, after that: accounts that nothing refers to any more."""
    return accounts.remove_unused()
