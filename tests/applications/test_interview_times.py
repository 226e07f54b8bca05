"""Times for many interviews: they fit into the days, and never overlap."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from applications.selection.interview_times import Times
from cohorts.planning.bank_holidays import is_working_day
from cohorts.states import Nation


@given(
    st.dates(date(2026, 1, 1), date(2030, 12, 31)),
    st.integers(6, 12),
    st.integers(1, 9),
    st.integers(5, 240),
    st.integers(0, 60),
    st.integers(1, 40),
    st.sampled_from([None, (time(12), time(13)), (time(12, 30), time(13, 15))]),
    st.sampled_from(list(Nation)),
)
def test_interviews_stand_one_after_the_other_within_the_hours_that_were_given(
    first, begins, hours, minutes, pause, many, lunch, nation
):
    plan = Times(first, time(begins), time(begins + hours), minutes, pause, *(lunch or (None, None)), nation)
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
        assert is_working_day(local.date(), nation) or local.date() == first
        assert lunch is None or end.time() <= lunch[0] or local.time() >= lunch[1]
    for one, another in zip(found, found[1:], strict=False):
        assert another - one >= timedelta(minutes=minutes + pause)


def test_clocks_that_change_between_two_days_change_no_time_of_day():
    plan = Times(date(2026, 10, 23), time(9, 30), time(10, 30), 60)
    assert [timezone.localtime(start).hour for start in plan.first(2)] == [9, 9]
