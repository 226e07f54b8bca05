"""Days that a plan proposes: never at a weekend or on a bank holiday, and never two on one day."""

from datetime import date, time
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cohorts import planning
from cohorts.models import Component
from cohorts.planning import Pattern
from cohorts.planning.bank_holidays import is_working_day
from cohorts.states import ComponentKind, Nation


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
