"""The demonstration is written for the day on which it is loaded, and can be on any."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from applications.roles import RoleName
from representation.measuring import counting
from representation.models import FigureRelease, Target
from steppingup.demo import first_heads, leicester
from steppingup.demo.clock import moment, working_day
from steppingup.demo.selecting import Selecting
from steppingup.disclosure.tables import NothingFits
from tests.factories.accounts import ProviderFactory, staff

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


class Written(list):
    """What is written into the diary, with its moment."""

    def write(self, at, by, act):
        self.append((getattr(act, "func", act), at))

    def last(self, act):
        return max(at for one, at in self if one is act)

    def first(self, act):
        return min(at for one, at in self if one is act)


def test_the_first_heads_have_been_asked_at_each_moment_before_their_figures_are_published():
    """And each of it after what it rests on, on whichever day the demonstration is loaded."""
    for today in DAYS[::3]:
        found = Written()
        first_heads.write_first_heads(found, None, today)
        course = ("open_cohort", "take_places", "start", "take_register", "complete")
        acts = [getattr(first_heads, name) for name in course]
        assert all(found.last(one) < found.first(next_) for one, next_ in zip(acts, acts[1:], strict=False)), today
        asked = [at for act, at in found if act is first_heads.destinations.ask_graduates]
        ended = timezone.localdate(found.last(first_heads.complete))
        moments = [first_heads.add_months(ended, months) for months in first_heads.STEPS]
        assert all(due < timezone.localdate(at) for due, at in zip(moments, asked, strict=True)), today
        assert found.first(first_heads.say) > asked[0]
        assert found.last(first_heads.say) < found.first(first_heads.publish) < moment(today), today
        assert (
            found.first(first_heads.ask_employers) < found.first(first_heads.confirm) < found.first(first_heads.publish)
        )


def test_everybody_among_the_first_heads_has_a_name_of_their_own():
    names = first_heads.names()
    assert len(set(names)) == first_heads.PEOPLE
    assert names == first_heads.names()


@pytest.mark.django_db
@pytest.mark.parametrize("year", [1, leicester.YEARS])
def test_leicester_has_its_other_years_where_no_numbers_of_one_are_safe(monkeypatch, year):
    provider = ProviderFactory()
    keeper = staff(RoleName.EQUALITY, provider)
    monkeypatch.setattr(leicester, "council", lambda: provider)
    make, years = counting.release, []

    def release(*about, **more):
        years.append(more["key"])
        if len(years) == year:
            raise NothingFits
        return make(*about, **more)

    monkeypatch.setattr(counting, "release", release)
    leicester.count_workforce(keeper, DAYS[0])
    leicester.want(keeper, DAYS[0])
    assert FigureRelease.objects.filter(provider=provider).count() == leicester.YEARS - 1
    assert Target.objects.filter(provider=provider).exists()
