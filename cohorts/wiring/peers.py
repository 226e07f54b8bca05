"""Where peer groups plug in: their lists and tab, what waits, and the page of those who are in one."""

from django.urls import reverse

from cohorts.actions.grouping import propose_groups
from cohorts.actions.keeping_apart import keep_apart, let_together
from cohorts.desk import grouping as desk
from cohorts.models import Apart, Cohort, Grouping, PeerPoll
from cohorts.pages import peers as pages
from cohorts.permissions import CohortPermission
from steppingup.accounts.actions import merging
from steppingup.desk import menu, waiting, workspace
from steppingup.desk.stepping import leads_to
from steppingup.site import topics

__all__ = ["desk"]  # registers itself where it is imported

run = CohortPermission.RUN_COHORTS
menu.add_lists(
    "Cohorts",
    "cohorts",
    run,
    ("Proposed peer groups", "diversity_3", "grouping"),
    ("Kept apart", "social_distance", "apart"),
    ("Half-days of peer groups", "event_available", "peerpoll"),
    first=30,
)


def _propose(cohort: Cohort) -> str:
    return reverse("admin:cohorts_cohort_step", args=[cohort.pk, propose_groups.name])


workspace.add_ways(
    workspace.Way("participants", "Propose peer groups", _propose, run, "Peer groups"),
    workspace.Way("participants", "Proposed peer groups", workspace.narrowed("cohorts_grouping"), run, "Peer groups"),
    workspace.Way("sessions", "Half-days of peer groups", workspace.narrowed("cohorts_peerpoll"), run),
)


def _page(grouping: Grouping) -> str:
    return reverse("admin:cohorts_grouping_proposal", args=[grouping.pk])


leads_to(propose_groups, lambda cohort: workspace.narrowed("cohorts_grouping")(cohort), then=_page)
leads_to(keep_apart, _page)


def _back(pair: Apart) -> str:
    """The proposal on whose page the pair stands, or the list of pairs."""
    grouping = Grouping.objects.filter(cohort=pair.one.cohort_id).unfinished().first()
    return _page(grouping) if grouping else reverse("admin:cohorts_apart_changelist")


leads_to(let_together, _back)
waiting.show_on_first_page("half_days", "Half-days that peer groups chose", 42, PeerPoll)
topics.add_topics(*pages.TOPICS)
merging.becomes(
    {
        "cohorts.Grouping.made_by": merging.Relation(merging.Fate.STAYS),
        "cohorts.Apart.said_by": merging.Relation(merging.Fate.STAYS),
    }
)
