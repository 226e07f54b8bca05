from datetime import UTC, datetime

import pytest


@pytest.fixture
def in_september(time_machine):
    """Before anybody has a place: whoever gets one after a session does not find it among their dates."""
    time_machine.move_to(datetime(2026, 9, 1, 12, tzinfo=UTC), tick=True)
