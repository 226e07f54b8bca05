from datetime import timedelta

from celery import shared_task

from applications.actions import interest, line, offers, places, releases
from applications.actions.decisions import FILL
from cohorts.models import Cohort
from steppingup.runtime.timetable import timed


@timed("applications.tell_interested", timedelta(minutes=5))
def tell_interested() -> int:
    """Every five minutes: whoever asked to be told hears that a window is open."""
    return interest.tell_interested()


@timed("applications.expire_offers", timedelta(minutes=1))
def expire_offers() -> int:
    """Every minute: offers whose last second has passed come to their end."""
    return offers.expire_due()


@timed("applications.fill_places", timedelta(minutes=1))
def fill_places() -> int:
    """Every minute: free places go to whoever comes next, where the order of submission decides."""
    return places.fill_due()


@shared_task(name=FILL)
def fill(cohort: int) -> int:
    """A place of this cohort may have become free a moment ago."""
    found = Cohort.objects.filter(pk=cohort).first()
    return places.fill(found) if found else 0


@timed("applications.publish_closed_figures", timedelta(days=1))
def publish_closed_figures() -> int:
    """Every day: equality figures of who applied, once applications have closed."""
    return releases.publish_closed()


@timed("applications.ask_near_the_line", timedelta(days=1))
def ask_near_the_line() -> int:
    """Every day: people near the line who agreed to be asked how their work has gone on; and what of it has had its time goes."""
    line.forget_near_the_line()
    return line.ask_near_the_line()
