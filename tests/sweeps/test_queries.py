"""Every list and dashboard asks the database the same number of questions for one row and for thirty."""

import re
from collections import Counter
from typing import NamedTuple

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cohorts.models import Cohort
from steppingup.desk import workspace
from steppingup.site.topics import topics_of
from tests.ours import OURS
from tests.sweeps.crowd import make_room, more
from tests.sweeps.world import World

ADMIN_LISTS = sorted(
    f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    for model, one in admin.site._registry.items()
    if one.__module__.startswith(OURS)
)
MOST_QUERIES = 15
#: Who looks at a list: the coordinator, unless it is somebody else's.
SEEN_BY = {"admin:applications_review_changelist": "assessor", "admin:funding_bursaryrequest_changelist": "finance"}
SEEN_BY |= dict.fromkeys(
    ("admin:applications_equalityquestion_changelist", "admin:applications_equalitylook_changelist"), "equality"
)
SEEN_BY |= {name: "equality" for name in ADMIN_LISTS if name.startswith("admin:representation_")}
del SEEN_BY["admin:representation_tooltaken_changelist"]  # of participants, for those who run the cohort
SEEN_BY["admin:cohorts_concern_changelist"] = "confidant"

ONE_ROW = {"admin:funding_invoiceseries_changelist"}  # of one provider
#: Settings, of which there is one row for each programme.
NOT_DOWNLOADED = ("admin:mentoring_matchingweights_changelist",)


def cohort_of(world: World, tab: workspace.Tab) -> Cohort:
    """One in which what the tab shows becomes more."""
    return world.free_cohort if tab.key in ("applications", "selection") else world.running


def workspace_tab(cohort: Cohort, tab: workspace.Tab) -> str:
    """Where the tab leads, with what it leads on to."""
    return tab.onward(cohort) or workspace.leads_to(tab, cohort)


def pages(world: World) -> dict[str, tuple[str, str]]:
    """What it is → who looks, and where."""

    def at(name: str, *args: object) -> str:
        return reverse(name, args=args)

    found = {name: (SEEN_BY.get(name, "coordinator"), at(name)) for name in ADMIN_LISTS}
    found |= {
        f"{name} as CSV": (who, f"{address}?export=csv")
        for name, (who, address) in found.items()
        if name not in NOT_DOWNLOADED
    }
    cohort = world.running.pk
    return found | {
        "front page": ("visitor", at("home")),
        "front page of a participant": ("participant", at("home")),
        "front page of an applicant": ("applicant", at("home")),
        "programmes": ("visitor", at("cohorts:programmes")),
        "a programme": ("visitor", at("cohorts:programme", world.programme.path)),
        "partners": ("visitor", at("cohorts:partners", world.programme.path)),
        "my applications": ("applicant", at("applications:list")),
        "what I let them ask": ("applicant", at("applications:line_consent", world.line_consent.pk)),
        "my programmes": ("participant", at("cohorts:own_programmes")),
        "my programme": ("participant", at("cohorts:participant", world.enrolment.pk)),
        **{
            f"my programme: {topic.key}": ("participant", topic.url(subject))
            for topic in topics_of("participant")
            for subject in [
                world.completed if topic.key in ("alumni", "certificate", "destination", "next") else world.enrolment
            ]
        },
        "the directory": ("participant", at("cohorts:directory")),
        "somebody in the directory": ("participant", at("cohorts:directory_entry", world.other_entry.pk)),
        "my entry in the directory": ("participant", at("cohorts:own_entry", world.enrolment.pk)),
        "courses to choose from": ("participant", at("modules:courses", world.enrolment.pk)),
        "my team": ("manager", at("cohorts:team")),
        "one of my team": ("manager", at("cohorts:managed", world.enrolment.pk)),
        **{
            f"one of my team: {topic.key}": ("manager", topic.url(subject))
            for topic in topics_of("manager")
            for subject in [world.completed if topic.key == "how-far" else world.enrolment]  # what is shared
        },
        "my mentees": ("mentor", at("mentoring:mentees")),
        "equality figures": ("equality", at("applications:equality")),
        "published figures": ("equality", at("applications:equality_register", world.programme.path)),
        "was it the programme": ("equality", at("applications:comparison", world.programme.path)),
        "an action plan": ("equality", at("admin:representation_actionplan_change", world.action_plan.pk)),
        "an item of a plan": ("equality", at("admin:representation_actionitem_change", world.plan_item.pk)),
        "a scheme of heads": ("equality", at("admin:representation_headsscheme_change", world.heads_scheme.pk)),
        "a year of heads": ("equality", at("admin:representation_headsscheme_board", world.heads_scheme.pk)),
        "a paper": ("equality", at("admin:representation_paper_read", world.paper.pk)),
        "a target": ("equality", at("admin:representation_target_look", world.target.pk)),
        "a grid of figures": ("equality", at("admin:representation_figurerelease_grid", world.figure_release.pk)),
        "a group over the years": (
            "equality",
            at("admin:representation_figurerelease_series", world.figure_release.pk),
        ),
        "did it work": ("equality", at("admin:representation_outcomestudy_outcomes", world.outcome_study.pk)),
        "a post of the pool": ("equality", at("admin:representation_post_change", world.pool_post.pk)),
        "somebody in the pool": ("equality", at("admin:representation_poolentry_change", world.pool_entry.pk)),
        "my place in the pool": ("participant", at("representation:pool", world.enrolment.pk)),
        "a pledge": ("equality", at("admin:representation_commitment_change", world.pledge_hidden.pk)),
        "employers of a provider": ("visitor", at("representation:partners", world.provider.slug)),
        "an employer": ("visitor", at("representation:partner", world.provider.slug, world.employer_listed.pk)),
        "a tool": ("coordinator", at("admin:representation_tooltaken_change", world.tool_taken.pk)),
        "my tools": ("participant", at("representation:tools", world.enrolment.pk)),
        "who got openings": ("coordinator", at("admin:cohorts_graduateoffer_got")),
        "an opening": ("participant", at("cohorts:graduate_offer", world.enrolment.pk, world.opening.pk)),
        "an opening on the desk": ("coordinator", at("admin:cohorts_graduateoffer_change", world.kept_opening.pk)),
        "openings offered by a link": ("visitor", at("cohorts:offer_openings", world.openings_token)),
        "needs by theme of a cohort": ("coordinator", at("admin:cohorts_cohort_plan_needs", cohort)),
        "needs by theme": ("equality", at("admin:representation_actionplan_needs")),
        "a group": ("equality", at("admin:representation_group_change", world.plan_group.pk)),
        "a file with a plan": ("equality", at("admin:representation_planreading_look", world.plan_reading.pk)),
        "a review of a plan": ("equality", at("admin:representation_planmeeting_walk", world.plan_meeting.pk)),
        "an item at a review": (
            "equality",
            at("admin:representation_planmeeting_item", world.plan_meeting.pk, world.plan_item.pk),
        ),
        "dashboard": ("coordinator", at("admin:index")),
        "dashboard of finance": ("finance", at("admin:index")),
        "dashboard of an assessor": ("assessor", at("admin:index")),
        "getting started": ("coordinator", at("admin:cohorts_programme_guide")),
        "search": ("coordinator", at("admin:search") + "?s=a"),
        "cancelling a cohort": ("coordinator", at("admin:cohorts_cohort_step", cohort, "cancel")),
        "moving a session": ("coordinator", at("admin:cohorts_session_step", world.session.pk, "move")),
        "cancelling a session": ("coordinator", at("admin:cohorts_session_step", world.session.pk, "cancel")),
        **{
            f"workspace: {tab.title}": ("coordinator", workspace_tab(cohort_of(world, tab), tab))
            for tab in workspace.all_tabs()
        },
        "a cohort": ("coordinator", at("admin:cohorts_cohort_change", cohort)),
        "a participant": ("coordinator", at("admin:cohorts_enrolment_change", world.enrolment.pk)),
        "completion": ("coordinator", at("admin:cohorts_enrolment_completion", cohort)),
        "register": ("coordinator", at("admin:cohorts_session_register", world.session.pk)),
        "sessions from the plan": ("coordinator", at("admin:cohorts_cohort_step", cohort, "draft_from_plan")),
        "matching": ("coordinator", at("admin:mentoring_pair_match", cohort)),
        "another mentor": ("coordinator", at("admin:mentoring_pair_step", world.other_pair.pk, "move")),
        "rankings": ("coordinator", at("admin:applications_application_rankings")),
        "ranking": ("coordinator", at("admin:applications_application_ranking", world.free_cohort.pk)),
        "ranking with offers": ("coordinator", at("admin:applications_application_ranking", world.offer_cohort.pk)),
        "an application": ("coordinator", at("admin:applications_application_change", world.application.pk)),
        "invoices to issue": ("finance", at("admin:funding_feeagreement_changelist") + f"?next=issue&cohort={cohort}"),
        "money by cohort": ("finance", at("admin:funding_feeagreement_cohorts")),
        "an invoice": ("finance", at("admin:funding_invoice_change", world.invoice.pk)),
        "a bursary": ("finance", at("admin:funding_bursaryrequest_step", world.bursary.pk, "propose_grant")),
        "an organisation": ("coordinator", at("admin:accounts_organisation_change", world.organisation.pk)),
        "a person": ("coordinator", at("admin:accounts_user_change", world.participant.pk)),
    }


class Cost(NamedTuple):
    """What a page asked the database, and how many rows its list had (none, if it is no list of the admin)."""

    queries: list[str]
    rows: int | None


def cost(world: World, who: str, address: str) -> Cost:
    client = world.client(who)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
        assert response.status_code == 200, f"{who} at {address}: {response.status_code}"
        if response.streaming:
            b"".join(response.streaming_content)
    listed = (getattr(response, "context_data", None) or {}).get("cl")
    return Cost([query["sql"] for query in queries], listed.result_count if listed else None)


@pytest.fixture(scope="package")
def costs(whole_world: World) -> dict[str, tuple[Cost, Cost]]:
    """A first visit fills what is remembered for a while: where it cost something else, few rows are looked at again."""
    with transaction.atomic():
        make_room(whole_world)
        more(whole_world, 1)
        asked = pages(whole_world)
        few = {name: cost(whole_world, *where) for name, where in asked.items()}
        with transaction.atomic():
            more(whole_world, 29)
            many = {name: cost(whole_world, *where) for name, where in asked.items()}
            transaction.set_rollback(True)
        for name, where in asked.items():
            if len(few[name].queries) != len(many[name].queries):
                few[name] = cost(whole_world, *where)
        transaction.set_rollback(True)
    return {name: (few[name], many[name]) for name in asked}


def test_every_list_costs_the_same_for_many(costs):
    grown = [
        f"{name}: {len(few.queries)} queries, then {len(many.queries)}\n" + repeated(many.queries)
        for name, (few, many) in costs.items()
        if len(few.queries) != len(many.queries)
    ]
    assert not grown, "\n".join(grown)


def test_every_list_has_grown_and_costs_little(costs):
    """Otherwise the same number of queries would say nothing."""
    lists = {name: found for name, found in costs.items() if found[0].rows is not None}
    assert set(ADMIN_LISTS) <= set(lists)
    still = {name: many.rows for name, (few, many) in lists.items() if many.rows < few.rows + 10}
    assert set(still) == ONE_ROW
    dear = {name: len(many.queries) for name, (_, many) in lists.items() if len(many.queries) > MOST_QUERIES}
    assert not dear


def repeated(queries: list[str]) -> str:
    """The queries that were asked most often, for whoever has to mend it."""
    shapes = Counter(re.sub(r"\d+|'[^']*'", "?", sql)[:300] for sql in queries)
    return "\n".join(f"    {times} × {shape}" for shape, times in shapes.most_common(2) if times > 2)
