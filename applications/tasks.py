from celery import shared_task

from applications.actions import interest


@shared_task(name="applications.tell_interested")
def tell_interested() -> int:
    """Every five minutes: whoever asked to be told hears that a window is open."""
    return interest.tell_interested()
