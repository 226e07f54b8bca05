"""What the tests of people share."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone


@pytest.fixture
def mailbox(settings) -> Callable[[], list]:
    """`mailbox()` delivers what is in the outbox and gives the mails so far."""
    from django.core import mail

    from steppingup.messaging.actions.delivery import deliver_due

    def delivered() -> list:
        deliver_due()
        return mail.outbox

    return delivered


@pytest.fixture
def time_machine_at() -> Callable[..., AbstractContextManager]:
    """`with time_machine_at(minutes=16):` is that much later."""
    return lambda **later: time_machine.travel(timezone.now() + timedelta(**later), tick=True)
