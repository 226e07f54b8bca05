"""Voluntary Heads of Service (R7): a target and a capacity a year, one at each management team, counted from assignments."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications.roles import RoleName
from cohorts.states import ENROLMENT, Counterpart
from representation import boards
from representation.actions import heads
from representation.models import HeadsYear, ManagementTeam, TeamTie
from steppingup import clock
from steppingup.history.lifecycle import NotPossible
from steppingup.steps.actions.back import latest_on, take_back
from tests.factories import heads as make
from tests.factories.accounts import OrganisationFactory, ProviderFactory, RoleAssignmentFactory, staff
from tests.factories.cohorts import day
from tests.factories.opportunities import OpportunityFactory
from tests.staff import posted, take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R7")]


@pytest.fixture
def council():
    return ProviderFactory(name="Leicester City Council")


@pytest.fixture
def lead(council):
    return staff(RoleName.EQUALITY, council)


@pytest.fixture
def desk(client, lead):
    return with_second_factor(client, lead)


@pytest.fixture
def scheme(council):
    return make.scheme(council)


@pytest.fixture
def cohort(council):
    return make.cohort_inside(council)


def board(scheme, at: int = 0):
    return boards.boards_of(scheme)[0][at]


def states(scheme, at: int = 0) -> dict[str, str]:
    return {row.team.name: row.state for row in board(scheme, at).rows}


def page(scheme) -> str:
    return reverse("admin:representation_headsscheme_board", args=[scheme.pk])


def step_of(scheme, name: str) -> str:
    return reverse("admin:representation_headsscheme_step", args=[scheme.pk, name])


def test_the_board_counts_assignments_and_says_which_teams_have_none(desk, scheme, cohort, council, lead):
    make.tied(scheme, make.assignment(cohort, council), lead)
    text = desk.get(page(scheme)).text
    assert "<b>1</b> of 23 wanted" in text
    assert "<b>1</b> of 2 management teams has one" in text
    assert "<b>30</b> there is room for" in text
    assert "22 more are wanted" in text
    assert "Without one:</strong> Housing." in text
    assert states(scheme) == {"Adults": "Has one", "Housing": "None"}


def test_names_are_for_those_who_run_the_cohort(desk, client, scheme, cohort, council, lead):
    make.tied(scheme, make.assignment(cohort, council), lead)
    step = step_of(scheme, "tie_to_team")
    make.assignment(cohort, council, "Blessing Eze", title="Head of libraries")
    assert "Amara Osei" not in (text := desk.get(page(scheme)).text)
    assert "Name known to those who run the cohort" in text
    assert "Amara Osei" not in b"".join(desk.get(f"{page(scheme)}?export=csv").streaming_content).decode()
    assert "Blessing" not in (choice := desk.get(step).text)
    assert f"Head of libraries ({cohort.name}, from" in choice
    both = staff(RoleName.COORDINATOR, council)
    RoleAssignmentFactory(user=both, role=RoleName.EQUALITY, provider=council)
    with_second_factor(client, both)
    assert "Amara Osei" in client.get(page(scheme)).text
    assert f"Blessing Eze: Head of libraries ({cohort.name}, from" in client.get(step).text


def test_a_year_counts_whoever_was_there_in_it_and_keeps_its_own_numbers(scheme, cohort, council, lead):
    before = make.year(scheme, -395, -31, target=20, capacity=25)
    both = make.assignment(cohort, council, "Both years", first=-60)
    make.tied(scheme, both, lead)
    make.tied(scheme, make.assignment(cohort, council, "Last year", first=-90, ends_on=day(-40)), lead, "Housing")
    make.tied(scheme, make.assignment(cohort, council, "To come", first=20), lead, "Housing")
    now, then = boards.boards_of(scheme)[0]
    assert (now.actual, now.to_come, now.year.target, now.left_to_find) == (1, 1, 23, 21)
    assert (then.actual, then.year, then.year.target, then.year.capacity) == (2, before, 20, 25)
    assert states(scheme) == {"Adults": "Has one", "Housing": "One is to come"}
    assert states(scheme, 1) == {"Adults": "Has one", "Housing": "Has one"}


def test_whoever_leaves_or_never_began_is_not_counted(scheme, cohort, council, lead):
    make.year(scheme, -395, -31)
    left = make.assignment(cohort, council, "Left", first=-60)
    never = make.assignment(cohort, council, "Never", first=5)
    for one in (left, never):
        make.tied(scheme, one, lead)
        ENROLMENT.move(one.enrolment, "withdraw", withdrawn_at=clock.now(), withdrawal_reason="Moved away.")
    make.tied(scheme, make.assignment(cohort, council, "No day", first=None), lead)
    lost = make.assignment(cohort, council, "Lost", first=-60, lost_on=day(-50), lost_because="The team was closed.")
    make.tied(scheme, lost, lead, "Housing")
    found, undated = boards.boards_of(scheme)
    assert [one.actual for one in found] == [1, 2]
    assert found[0].to_come == 0
    assert undated == 1


def test_what_a_team_offers_brings_its_assignments_with_it(scheme, cohort, council, lead):
    part = cohort.plan.components.get(key=make.KEY)
    offer = OpportunityFactory(cohort=cohort, component=part, host=council, places=2)
    heads.tie_to_team(scheme=scheme, team=scheme.teams.get(name="Housing"), opportunity=offer, by=lead)
    one = make.assignment(cohort, council, opportunity=offer)
    elsewhere = make.assignment(cohort, council, "Elsewhere", opportunity=offer)
    make.tied(scheme, elsewhere, lead, "Adults")
    rows = {row.team.name: [head.placement for head in row.heads] for row in board(scheme).rows}
    assert rows == {"Adults": [elsewhere], "Housing": [one]}


@pytest.mark.parametrize("case", ["another council", "another employer", "another provider", "a part elsewhere"])
def test_only_assignments_inside_the_own_council_count(case, scheme, council, lead):
    rule = Counterpart.ANOTHER if case == "a part elsewhere" else Counterpart.ANY
    other, employer, host = ProviderFactory(), council, council
    cohort = make.cohort_inside(other if case == "another provider" else council, rule)
    if case in ("another employer", "a part elsewhere"):
        employer = OrganisationFactory()
    if case == "another council":
        host = employer = OrganisationFactory()
    one = make.assignment(cohort, employer, host=host)
    assert one not in heads.assignments_for(scheme)
    with pytest.raises(NotPossible, match="An assignment counts here if it is at Leicester City Council"):
        make.tied(scheme, one, lead)


def test_where_anybody_may_go_anywhere_each_assignment_is_said_by_itself(scheme, council, lead):
    cohort = make.cohort_inside(council, Counterpart.ANY)
    offer = OpportunityFactory(cohort=cohort, component=cohort.plan.components.get(key=make.KEY), host=council)
    team = scheme.teams.get(name="Adults")
    with pytest.raises(NotPossible, match="An assignment counts here"):
        heads.tie_to_team(scheme=scheme, team=team, opportunity=offer, by=lead)
    make.tied(scheme, make.assignment(cohort, council), lead)
    assert board(scheme).actual == 1


def test_what_is_said_of_a_team_is_refused_in_sentences(scheme, cohort, council, lead):
    one, team = make.assignment(cohort, council), scheme.teams.get(name="Adults")
    other = make.scheme(council, name="Another scheme")
    with pytest.raises(NotPossible, match="one of the two"):
        heads.tie_to_team(scheme=scheme, team=team, by=lead)
    with pytest.raises(NotPossible, match="a team of this scheme"):
        make.tied(scheme, one, lead) and heads.tie_to_team(
            scheme=scheme, team=other.teams.first(), placement=one, by=lead
        )
    with pytest.raises(NotPossible, match="at a management team already"):
        make.tied(scheme, one, lead, "Housing")
    with pytest.raises(NotPossible, match="Nothing is at a team yet"):
        heads.untie_from_team(scheme=other, tie=TeamTie.objects.get(), by=lead)
    make.tied(other, make.assignment(cohort, council, "Another"), lead)
    with pytest.raises(NotPossible, match="something of this scheme"):
        heads.untie_from_team(scheme=other, tie=TeamTie.objects.get(placement=one), by=lead)
    empty = make.scheme(council, teams=(), name="No teams")
    with pytest.raises(NotPossible, match="Add the management teams first"):
        heads.tie_to_team(scheme=empty, team=team, placement=one, by=lead)


def test_it_is_said_on_the_page_taken_from_the_team_and_taken_back(desk, scheme, cohort, council, lead):
    one, team = make.assignment(cohort, council), scheme.teams.get(name="Adults")
    step = step_of(scheme, "tie_to_team")
    assert "one of the two" in take_step(desk, step, team=team.pk).text
    take_step(desk, step, team=team.pk, placement=one.pk)
    assert board(scheme).actual == 1
    take_step(desk, step_of(scheme, "untie_from_team"), tie=TeamTie.objects.get().pk)
    assert board(scheme).actual == 0
    take_back(taking=latest_on(scheme, lead), reason="It was right", by=lead)
    assert board(scheme).actual == 1
    take_back(taking=latest_on(scheme, lead), reason="The wrong team", by=lead)
    assert not TeamTie.objects.exists()


def test_more_than_there_is_room_for_is_said_before(desk, scheme, cohort, council, lead):
    scheme.years.update(target=1, capacity=1)
    make.tied(scheme, make.assignment(cohort, council), lead)
    second = make.assignment(cohort, council, "Second")
    given = {"team": scheme.teams.get(name="Housing").pk, "placement": second.pk, "filled": "yes"}
    assert "there are 2 then, and room for 1" in desk.post(step_of(scheme, "tie_to_team"), given).text
    take_step(desk, step_of(scheme, "tie_to_team"), **given)
    assert "That is 1 more than there is room for." in desk.get(page(scheme)).text


def test_a_year_that_is_over_stays_as_it_was(desk, scheme):
    old = make.year(scheme, -395, -31, target=20)
    change = reverse("admin:representation_headsscheme_change", args=[scheme.pk])
    data = posted(desk.get(change))
    row = next(name.rsplit("-", 1)[0] for name, value in data.items() if name.endswith("-id") and value == old.pk)
    answer = desk.post(change, {**data, f"{row}-target": "21", f"{row}-capacity": "40"})
    assert "This year is over, so it stays as it was." in answer.text
    assert "This year is over, so it stays as it was." in desk.post(change, {**data, f"{row}-DELETE": "on"}).text
    old.refresh_from_db()
    assert (old.target, old.capacity) == (20, 30)
    now = next(
        name.rsplit("-", 1)[0] for name, value in data.items()
        if name.endswith("-id") and name.startswith("years") and value not in (old.pk, "")
    )  # fmt: skip
    desk.post(change, {**data, f"{now}-target": "25"})
    assert HeadsYear.objects.exclude(pk=old.pk).get().target == 25


def test_teams_come_and_go_and_a_year_has_those_that_there_were(scheme):
    make.year(scheme, -395, -31)
    ManagementTeam.objects.create(scheme=scheme, name="Merged", until=day(-100))
    ManagementTeam.objects.create(scheme=scheme, name="New", since=day(1))
    assert list(states(scheme)) == ["Adults", "Housing", "New"]
    assert list(states(scheme, 1)) == ["Adults", "Housing", "Merged"]


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("heads_year_one_at_a_time", {"starts_on": day(300), "ends_on": day(700)}),
        ("heads_year_ends_after", {"starts_on": day(700), "ends_on": day(600)}),
        ("heads_year_has_room", {"starts_on": day(700), "ends_on": day(900), "capacity": 2}),
    ],
)
def test_the_database_refuses_years_that_cannot_be(scheme, name, changed):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        HeadsYear.objects.create(scheme=scheme, **{"target": 3, "capacity": 3, **changed})
    with pytest.raises(IntegrityError, match="team_tie_of_one"), transaction.atomic():
        TeamTie.objects.create(team=scheme.teams.first())


@given(
    first=st.integers(0, 800),
    long=st.integers(0, 800),
    begins=st.integers(0, 800),
    lasts=st.none() | st.integers(0, 800),
)
def test_somebody_is_in_a_year_exactly_if_they_share_a_day(first, long, begins, lasts):
    base = date(2030, 1, 1).toordinal()
    year = HeadsYear(starts_on=date.fromordinal(base + first), ends_on=date.fromordinal(base + first + long))
    since = date.fromordinal(base + begins)
    until = None if lasts is None else date.fromordinal(base + begins + lasts)
    days = set(range(begins, 1601 if lasts is None else begins + lasts + 1))
    assert boards.Head(ManagementTeam(), None, since, until).is_in(year) == bool(
        days & set(range(first, first + long + 1))
    )


def test_a_year_is_called_by_its_dates():
    assert HeadsYear(starts_on=date(2031, 4, 1), ends_on=date(2032, 3, 31)).label == "2031/32"
    assert HeadsYear(starts_on=date(2031, 1, 1), ends_on=date(2031, 12, 31)).label == "2031"


def test_a_scheme_without_years_or_teams_says_what_to_do(desk, council, scheme):
    scheme.years.all().delete()
    assert "No year is set yet" in desk.get(page(scheme)).text
    make.year(scheme)
    scheme.teams.all().delete()
    assert "No management team is entered for this year" in desk.get(page(scheme)).text
    assert "23" in desk.get(reverse("admin:representation_headsscheme_changelist")).text


def test_it_is_downloaded_with_a_line_for_each_team(desk, scheme, cohort, council, lead):
    make.tied(scheme, make.assignment(cohort, council), lead)
    lines = b"".join(desk.get(f"{page(scheme)}?export=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Year,Management team,Voluntary head,Who,Assignment,From,To")
    assert [line.split(",")[1:3] for line in lines[1:]] == [["Adults", "Has one"], ["Housing", "None"]]


def test_a_scheme_is_removed_while_nothing_was_said_of_it(desk, scheme, cohort, council, lead):
    remove = reverse("admin:representation_headsscheme_delete", args=[scheme.pk])
    assert desk.get(remove).status_code == 200
    make.tied(scheme, make.assignment(cohort, council), lead)
    assert desk.get(remove).status_code == 403


def test_a_participant_reads_on_their_assignment_at_which_team_they_are(client, scheme, cohort, council, lead):
    own, other = make.assignment(cohort, council), make.assignment(cohort, council, "Blessing Eze")
    make.tied(scheme, own, lead)
    here = "Adults, Leicester City Council. It is part of “Voluntary Heads of Service”."
    client.force_login(own.enrolment.participant)
    assert here in client.get(reverse("cohorts:one_assignment", args=[own.enrolment_id, own.pk])).text
    client.force_login(other.enrolment.participant)
    assert here not in client.get(reverse("cohorts:one_assignment", args=[other.enrolment_id, other.pk])).text
