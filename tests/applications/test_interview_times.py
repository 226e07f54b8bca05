"""Times for many interviews: they fit into the days, and never overlap."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from applications.selection.interview_times import Times


@given(
    st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    st.integers(6, 12),
    st.integers(1, 9),
    st.integers(5, 240),
    st.integers(0, 60),
    st.integers(1, 40),
)
def test_interviews_stand_one_after_the_other_within_the_hours_that_were_given(
    first, begins, hours, minutes, pause, many
):
    plan = Times(first, time(begins), time(begins + hours), minutes, pause)
    found = plan.first(many)
    if not plan.a_day:
        assert found == []
        return
    assert len(found) == many
    for start in found:
        local = timezone.localtime(start)
        end = datetime.combine(local.date(), local.time()) + timedelta(minutes=minutes)
        assert time(begins) <= local.time()
        assert end <= datetime.combine(local.date(), time(begins + hours))
        assert local.weekday() < 5 or local.date() == first
    for one, another in zip(found, found[1:], strict=False):
        assert another - one >= timedelta(minutes=minutes + pause)


def test_clocks_that_change_between_two_days_change_no_time_of_day():
    plan = Times(date(2026, 10, 23), time(9, 30), time(10, 30), 60)
    assert [timezone.localtime(start).hour for start in plan.first(2)] == [9, 9]
