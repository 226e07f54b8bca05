"""Days that a plan proposes: never at a weekend or on a bank holiday, and never two on one day."""

from datetime import date, time
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts import planning
from cohorts.models import Component
from cohorts.planning import Pattern
from cohorts.planning.bank_holidays import is_working_day
from cohorts.states import ComponentKind, Nation, Unit


@given(
    st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, 6), st.integers(1, 5), st.sampled_from(list(Nation))
)
def test_no_session_falls_on_a_day_off_and_no_two_on_one_day(first_on, weeks, in_a_row, nation):
    pieces = [
        Component(kind=ComponentKind.OTHER, title="Residential", most=Decimal(7), order=1),
        Component(
            kind=ComponentKind.MODULE, title="Modules", most=Decimal(10), meetings=5, days_each=Decimal(2), order=2
        ),
        Component(kind=ComponentKind.OTHER, title="Week", most=Decimal(5), meetings=1, days_each=Decimal(5), order=3),
        Component(
            kind=ComponentKind.PEER,
            title="Peer learning",
            most=Decimal(2),
            in_groups=True,
            meetings=4,
            days_each=Decimal("0.5"),
            order=4,
        ),
    ]
    drafts = planning.propose(pieces, [], Pattern(first_on, weeks, in_a_row, time(9), time(16)), nation)
    blocks = [draft.starts_at.date() for draft in drafts if draft.component.kind != ComponentKind.PEER]
    assert all(is_working_day(draft.starts_at.date(), nation) for draft in drafts)
    assert len(set(blocks)) == len(blocks) == 22


@pytest.mark.parametrize("minutes", [90, 120, 420])
@given(most=st.integers(1, 12), in_a_row=st.integers(1, 5))
def test_each_session_of_a_part_that_is_counted_in_sessions_is_one_by_itself(minutes, most, in_a_row):
    part = Component(kind=ComponentKind.OTHER, title="Circles", unit=Unit.SESSIONS, minutes_each=minutes, most=most)
    drafts = planning.propose([part], [], Pattern(date(2027, 3, 1), 2, in_a_row, time(9), time(16)))
    assert [draft.title for draft in drafts] == (
        [f"Circles {number}" for number in range(1, most + 1)] if most > 1 else ["Circles"]
    )
    days = [draft.starts_at.date() for draft in drafts]
    assert all((later - earlier).days >= 7 for earlier, later in pairwise(days))
