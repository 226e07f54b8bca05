"""The demonstration in two parts, each in one transaction: it is there as a whole, or not at all.

The first takes seconds, so that there is soon something to look at. The second lives through the years before."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cohorts.models import Programme
from steppingup.accounts.models import DemonstrationPerson
from steppingup.clock import moved
from steppingup.demo import year
from steppingup.demo.academy import write_academy
from steppingup.demo.beside import write_beside
from steppingup.demo.by_link import write_questions
from steppingup.demo.clock import moment
from steppingup.demo.community import write_community
from steppingup.demo.diary import Diary
from steppingup.demo.finding import write_directory, write_of_bristol
from steppingup.demo.introductions import introduce_with_the_open_cohort, introduce_with_the_years_before
from steppingup.demo.leicester import write_leicester
from steppingup.demo.past import settle_past
from steppingup.demo.people import Cast, gather
from steppingup.demo.visitors import is_still_loading
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


def is_begun() -> bool:
    """Is the open cohort there?"""
    return DemonstrationPerson.objects.exists()


def is_loaded() -> bool:
    return is_begun() and not is_still_loading()


def load_open_cohort(say: Say) -> None:
    """What the first page needs: everybody who is there from the beginning, and the cohort that people apply to now."""
    say("Employers, staff and mentors")
    _live_through(say, _write_open, introduce_with_the_open_cohort)


def load_years_before(say: Say) -> None:
    """The cohort that has finished and the one that is under way. Takes a minute; pages are served meanwhile."""
    _live_through(say, _write_years_before, introduce_with_the_years_before)


def _write_open(diary: Diary, cast: Cast, today: date) -> None:
    year.write_open(diary, cast, today)
    write_academy(diary, cast, today)
    write_community(diary, cast, today)
    write_beside(diary, cast, today)
    write_directory(diary, cast, today)


def _write_years_before(diary: Diary, cast: Cast, today: date) -> None:
    year.write_first(diary, cast, cast.programme.cohorts.get(slug=year.FIRST))
    year.write_running(diary, cast, today)
    year.write_interest(diary, cast, today)
    write_of_bristol(diary, cast, today)
    year.write_worth(diary, cast, today)
    write_leicester(diary, today)
    write_questions(diary, cast)


def _live_through(say: Say, write: Callable[[Diary, Cast, date], None], introduce: Callable[[Cast], None]) -> None:
    """Write the diary, live through it up to now, and introduce who is there then: as a whole, or not at all."""
    with hushed(), transaction.atomic(), moved() as clock:
        programme = Programme.objects.select_related("provider").get(slug=PROGRAMME)
        clock.to(moment(BEFORE_EVERYTHING))
        cast, diary, today = gather(programme), Diary(clock), timezone.localdate(clock.real)
        write(diary, cast, today)
        for days in range(ROUNDS + 1):
            diary.write_round(today - timedelta(days=days))
        _live(diary, say)
        clock.to(clock.real)
        settle_past(before=clock.real - RECENT, refused=year.REFUSED_ADDRESSES)
        introduce(cast)


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
