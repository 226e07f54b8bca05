"""The demonstration is written for the day on which it is loaded, and can be on any."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from steppingup.demo.clock import working_day
from steppingup.demo.selecting import Selecting

DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(3 * 366)]
OFFERS = 14


@pytest.fixture
def selecting():
    found = object.__new__(Selecting)
    found.cohort = SimpleNamespace(window=SimpleNamespace(offer_days=OFFERS))
    return found


def test_a_place_is_offered_to_the_next_once_the_morning_after_the_last_day_has_come(selecting):
    """Where that is Good Friday or Christmas, it can be answered until the Tuesday after."""
    for offered_on in {working_day(day) for day in DAYS}:
        last, following = selecting.last_day(offered_on), selecting.day_of_next(offered_on)
        assert last >= offered_on + timedelta(days=OFFERS)
        assert following > last, offered_on
        # They say what they seek in a mentor from the 22nd day on, and accept two days after they were asked.
        assert following + timedelta(days=2) < offered_on + timedelta(days=22), offered_on
