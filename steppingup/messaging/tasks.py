from datetime import timedelta

from celery import shared_task

from steppingup.messaging import reminders
from steppingup.messaging.actions import delivery, incoming
from steppingup.runtime.timetable import timed


@timed("messaging.deliver_due", timedelta(seconds=15))
def deliver_due() -> int:
    """Every 15 seconds: send what is due."""
    return delivery.deliver_due()


@shared_task(name="messaging.deliver")
def deliver(pk: int) -> bool:
    """Send one message now: asked for when its transaction is committed."""
    return delivery.deliver_one(pk)


@timed("messaging.work_out_reminders", timedelta(minutes=15))
def work_out_reminders() -> int:
    """Every quarter of an hour: write the reminders that are due into the outbox."""
    return reminders.work_out_in_daytime()


@timed("messaging.read_replies", timedelta(minutes=1))
def read_replies() -> int:
    """Every minute: what has come to the mailbox of replies, where there is one."""
    return incoming.read_mailbox()
