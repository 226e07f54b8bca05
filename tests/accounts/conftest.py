"""What the tests of people share."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone


@pytest.fixture
def mailbox(settings) -> Callable[[], list]:
    """`mailbox()` gives the mails so far."""
    from django.core import mail

    return lambda: mail.outbox


@pytest.fixture
def time_machine_at() -> Callable[..., AbstractContextManager]:
    """`with time_machine_at(minutes=16):` is that much later."""
    return lambda **later: time_machine.travel(timezone.now() + timedelta(**later), tick=True)
