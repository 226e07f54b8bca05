from datetime import timedelta

from celery.schedules import crontab

from steppingup import clock
from steppingup.runtime.timetable import timed
from steppingup.steps.models import Change

#: After so long a step cannot be taken back any more.
KEPT = timedelta(days=365)


@timed("steps.forget_changes", crontab(hour=1, minute=40))
def forget_changes() -> int:
    """Every night: what is needed to take back a step goes a year after it. That it was taken stays on record."""
    return Change.objects.filter(taking__at__lt=clock.now() - KEPT).delete()[0]
