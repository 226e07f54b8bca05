from celery import shared_task

from applications.actions import interest, offers


@shared_task(name="applications.tell_interested")
def tell_interested() -> int:
    """Every five minutes: whoever asked to be told hears that a window is open."""
    return interest.tell_interested()


@shared_task(name="applications.expire_offers")
def expire_offers() -> int:
    """Every minute: offers whose last second has passed come to their end."""
    return offers.expire_due()
