"""What script/bench measures, small enough for every run: numbers of queries, never times."""

import pytest
from django.test import Client

from applications.models import Application
from cohorts.models import Cohort
from steppingup.accounts.models import User
from tests.bench import ahead, documents, fill, matching, pages, team

pytestmark = pytest.mark.django_db
FEW, MANY = 20, 200


@pytest.fixture
def cohorts() -> tuple[Cohort, Cohort]:
    return fill.fill(fill.SMALL, FEW), fill.fill(fill.BIG, MANY)


@pytest.fixture
def coordinator(cohorts) -> Client:
    return pages.signed_in(User.objects.get(email=fill.COORDINATOR))


def test_no_page_of_applications_costs_more_queries_for_two_hundred_than_for_twenty(cohorts, coordinator):
    few, many = ({page.title: page for page in pages.pages_of(cohort)} for cohort in cohorts)
    costs = {
        title: (len(pages.queries_of(coordinator, few[title])), len(pages.queries_of(coordinator, many[title])))
        for title in many
    }
    everything = pages.queries_of(coordinator, pages.everything())
    costs["all"] = (0, len(everything))
    # Thousands of rows are sorted for one page: what a row does not show is not read.
    assert not [sql for sql in everything.said if '"terms"' in sql or "manager_email" in sql]
    assert {title: cost for title, cost in costs.items() if cost[1] > pages.MOST_QUERIES} == {}
    assert {title: cost for title, cost in costs.items() if title != "all" and cost[0] != cost[1]} == {}


def test_no_tab_of_the_workspace_costs_more_than_the_limit_or_more_for_many(cohorts, coordinator):
    few, many = ({page.title: page for page in pages.tabs_of(cohort)} for cohort in cohorts)
    costs = {
        title: (len(pages.queries_of(coordinator, few[title])), len(pages.queries_of(coordinator, many[title])))
        for title in many
    }
    assert {title: cost for title, cost in costs.items() if cost[1] > pages.MOST_QUERIES or cost[0] != cost[1]} == {}


def test_the_export_with_all_scores_is_read_from_the_database_while_it_is_sent(cohorts, coordinator):
    few, many = cohorts
    with pages.Counter() as queries:
        response = pages.get(coordinator, pages.export_address(many))
        pieces = iter(response.streaming_content)
        head = next(pieces).decode()
        assert not [sql for sql in queries.said if "applications_score" in sql]
        lines = b"".join(pieces).decode().splitlines()
    whole = len(queries)
    assert head.startswith("\ufeffReference,")
    assert len(lines) == Application.objects.filter(cohort=many).count() == MANY
    with pages.Counter() as queries:
        pages.body_of(pages.get(coordinator, pages.export_address(few)))
    assert len(queries) == whole


def test_participants_and_line_managers_pages_keep_to_the_limit():
    manager = team.fill_team(3)
    clients = {"manager": pages.signed_in(manager), "participant": pages.signed_in(pages.participant_of(manager))}
    costs = {page.title: len(pages.queries_of(clients[page.by], page)) for page in pages.team_pages(manager)}
    assert {title: cost for title, cost in costs.items() if cost > pages.MOST_QUERIES} == {}


def test_what_stands_before_a_step_is_found_out_with_few_queries_for_each(cohorts):
    by = User.objects.get(email=fill.COORDINATOR)
    for case in ahead.STEPS:
        found, queries = ahead.ahead_of(cohorts[1], by, case, number=22)
        assert found.possible
        assert queries <= ahead.MOST_QUERIES, f"{case[0].label}: {queries}"


def test_what_is_printed_and_matched_is_what_the_site_prints_and_matches():
    kinds = documents.kinds(team.fill_team(1))
    assert {what: draw()[:5] for what, draw in kinds.items()} == {"Certificates": b"%PDF-", "Invoices": b"%PDF-"}
    problem = matching.Problem.of(40, 10, 3)
    assert sum(at is not None for at in problem.solve()) == 30
