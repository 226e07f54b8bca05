from datetime import timedelta

from applications.actions import interest, offers, releases
from steppingup.runtime.timetable import timed


@timed("applications.tell_interested", timedelta(minutes=5))
def tell_interested() -> int:
    """Every five minutes: whoever asked to be told hears that a window is open."""
    return interest.tell_interested()


@timed("applications.expire_offers", timedelta(minutes=1))
def expire_offers() -> int:
    """Every minute: offers whose last second has passed come to their end."""
    return offers.expire_due()


@timed("applications.publish_closed_figures", timedelta(days=1))
def publish_closed_figures() -> int:
    """Every day: equality figures of who applied, once applications have closed."""
    return releases.publish_closed()
