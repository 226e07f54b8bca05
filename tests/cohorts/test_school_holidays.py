"""School holidays: pasted by staff, and kept free by the sessions that are made from a plan."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications.roles import RoleName
from cohorts import planning
from cohorts.actions import school, sessions
from cohorts.actions.sessions import drafts_for
from cohorts.models import Component, SchoolHoliday, Session
from cohorts.planning import Pattern
from cohorts.planning.bank_holidays import is_working_day
from cohorts.planning.checks import Meeting, warnings
from cohorts.states import ComponentKind
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import CohortFactory
from tests.staff import take_step, with_second_factor

LIST = """Autumn half-term, 26 October 2026, 30 October 2026
Christmas; 21 December 2026; 1 January 2027
INSET day\t8 March 2027
"""


@pytest.mark.django_db
@pytest.mark.requirement("B5")
def test_a_coordinator_pastes_the_list_of_the_council_and_sessions_keep_those_days_free(client):
    cohort = CohortFactory(starts_on=date(2026, 10, 26), ends_on=date(2027, 9, 30))
    provider = cohort.programme.provider
    by = staff(RoleName.COORDINATOR, provider)
    browser = with_second_factor(client, by)
    step = reverse("admin:accounts_organisation_step", args=[provider.pk, "enter_school_holidays"])
    assert "cannot be read" in browser.post(step, {"text": "Easter, soon", "filled": "yes"}).text
    shown = browser.post(step, {"text": LIST, "filled": "yes"}).text
    assert "21 December 2026" in shown
    take_step(browser, step, text=LIST)
    assert SchoolHoliday.objects.count() == 3
    assert len(SchoolHoliday.objects.of(provider).days()) == 5 + 12 + 1
    school.enter_school_holidays(provider=provider, text="Half-term, 26 October 2026, 1 November 2026", by=by)
    assert [one.name for one in SchoolHoliday.objects.filter(starts_on=date(2026, 10, 26))] == ["Half-term"]
    assert "Half-term" in browser.get(reverse("admin:cohorts_schoolholiday_changelist")).text
    pattern = Pattern(date(2026, 10, 26), 4, 2, time(9), time(16))
    off = SchoolHoliday.objects.of(provider).days()
    days = {draft.starts_at.date() for draft in drafts_for(cohort, pattern)}
    assert days
    assert not days & off
    also = Pattern(date(2026, 10, 26), 4, 2, time(9), time(16), in_holidays=True)
    assert date(2026, 10, 26) in {draft.starts_at.date() for draft in drafts_for(cohort, also)}
    made = sessions.draft_from_plan(cohort=cohort, pattern=pattern, by=by)
    assert not {one.starts_at.date() for one in made} & off
    session = Session.objects.for_steps().first()
    moved = session.starts_at.replace(year=2026, month=10, day=27)
    meeting = Meeting(cohort, None, moved, moved + timedelta(hours=2), "", session)
    assert any("school holidays (Half-term)" in sentence for sentence in warnings(meeting))
    assert drafts_for(CohortFactory(programme__provider=provider), pattern)[0].starts_at.date() not in off


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste a line"),
        ("\n".join(["A, 1 May 2027"] * 61), "at most 60 lines"),
        ("Easter", "cannot be read"),
        (", 1 May 2027, 2 May 2027", "has no name"),
        ("May, 9 May 2027, 2 May 2027", "must come after"),
        ("May, 9 May 2027, 9 May 2028", "not more than 70 days"),
    ],
)
def test_what_is_no_list_of_holidays_is_said_with_its_line(text, sentence):
    with pytest.raises(NotPossible, match=sentence):
        school.read(text)


@pytest.mark.django_db
def test_only_a_provider_has_school_holidays():
    other = OrganisationFactory()
    with pytest.raises(NotPossible, match="does not run programmes"):
        school.enter_school_holidays.policy(other)


@given(
    st.dates(date(2026, 1, 1), date(2030, 1, 1)),
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 45)), max_size=4),
    st.integers(1, 5),
)
def test_no_session_of_a_plan_falls_into_holidays_wherever_they_are(first_on, holidays, in_a_row):
    off = frozenset(
        first_on + timedelta(days=begin + number) for begin, length in holidays[:2] for number in range(length)
    )
    modules = Component(
        kind=ComponentKind.MODULE, title="Modules", most=Decimal(10), meetings=5, days_each=Decimal(2), order=1
    )
    peers = Component(
        kind=ComponentKind.PEER, title="Peers", most=Decimal(2), in_groups=True, meetings=4, days_each=Decimal("0.5"),
        order=2,
    )  # fmt: skip
    drafts = planning.propose([modules, peers], [], Pattern(first_on, 4, in_a_row, time(9), time(16)), off=off)
    days = [draft.starts_at.date() for draft in drafts]
    assert all(is_working_day(day) and day not in off for day in days)
    assert len([one for one in drafts if one.component is modules]) == 10
