"""Everything of the demonstration, in one transaction: it is there as a whole, or not at all."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cohorts.models import Programme
from steppingup.accounts.models import DemonstrationPerson
from steppingup.demo import year
from steppingup.demo.clock import moment, moved_clock
from steppingup.demo.diary import Diary
from steppingup.demo.introductions import introduce_everybody
from steppingup.demo.people import gather
from steppingup.messaging.actions.past import settle_past
from steppingup.runtime.broker import hushed

PROGRAMME = "stepping-up"
BEFORE_EVERYTHING = year.date(2019, 10, 7)
#: What was written in these last hours is really delivered, so that the page of sent emails has something to show.
RECENT = timedelta(hours=24)
#: On each of so many last days (since the open window opened) the timetable's round is made, so that no reminder is
#: left to be sent for a past day.
#: Before that it is made on the days on which it matters.
ROUNDS = 16

Say = Callable[[str], None]


def is_loaded() -> bool:
    return DemonstrationPerson.objects.exists()


def load(say: Say) -> None:
    """Live through the years up to now. `say` gets a line now and then."""
    with hushed(), transaction.atomic(), moved_clock() as clock:
        programme = Programme.objects.select_related("provider").get(slug=PROGRAMME)
        clock.to(moment(BEFORE_EVERYTHING))
        say("Employers, staff and mentors")
        cast = gather(programme)
        diary = Diary(clock)
        today = timezone.localdate(clock.real)
        year.write_first(diary, cast, programme.cohorts.get(slug=year.FIRST))
        year.write_running(diary, cast, today)
        year.write_open(diary, cast, today)
        year.write_interest(diary, cast, today)
        for days in range(ROUNDS + 1):
            diary.write_round(today - timedelta(days=days))
        _live(diary, say)
        clock.to(clock.real)
        settle_past(before=clock.real - RECENT, refused=year.REFUSED_ADDRESSES)
        introduce_everybody(cast)


def _live(diary: Diary, say: Say) -> None:
    """A line for each quarter that is lived through, and how long it took."""
    shown, begun = "", time.monotonic()
    for at in diary.live():
        quarter = _quarter(at)
        if quarter != shown:
            say(f"{quarter} ({time.monotonic() - begun:.0f} s)")
            shown = quarter


def _quarter(at: datetime) -> str:
    months = {1: "January to March", 2: "April to June", 3: "July to September", 4: "October to December"}
    local = timezone.localtime(at)
    return f"{months[(local.month + 2) // 3]} {local.year}"
