"""Choosing assignments: what participants said, the proposal with its reasons, and what it becomes."""

from collections import defaultdict
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join

from cohorts.actions import choosing as actions
from cohorts.actions.choosable import choices_of, kept_from, open_for, without_one
from cohorts.desk.filters import CohortFilter
from cohorts.models import Choosing, PlacementProposal
from cohorts.planning.placing import ORDINALS
from cohorts.states import Counterpart
from steppingup.desk.admin import own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin, link_button
from steppingup.formats import english
from steppingup.jobs.models import Job
from steppingup.site.export import Column

STATES = {
    "under_way": ("Participants choose", lambda rows: rows.under_way()),
    "closed": ("To be published", lambda rows: rows.to_propose()),
    "published": ("Published", lambda rows: rows.exclude(published_at=None)),
}


def _state(one: Choosing) -> str:
    if one.published_at:
        return "Published"
    return "Participants choose" if one.is_under_way else "To be published"


@admin.register(Choosing)
class ChoosingAdmin(SteppedAdmin):
    """One for each cohort and part of its plan; begun on the cohort's page."""

    adds = False
    list_display = ("cohort", "component", "closes_on", "said", "state")
    list_filter = (CohortFilter, choose("state", "state", STATES))
    search_fields = ("cohort__name", "cohort__programme__name", "component__title")
    list_select_related = ("cohort__programme", "component")
    ordering = ("-opened_at", "-pk")
    fields = readonly_fields = (
        *("cohort", "component", "closes_on", "most", "opened_at", "said"),
        *("proposed_at", "published_at", "published_by"),
    )
    export_columns = (
        Column("Cohort", "cohort"),
        Column("Part", "component__title"),
        Column("Until", "closes_on"),
        Column("Have said", lambda one: len(one.rankings.all())),
        Column("Status", _state),
        Column("Published", "published_at"),
    )

    said = column("Have said", lambda one: english.counted(len(one.rankings.all()), "participant"))
    state = column("Status", _state, colours={"Published": "success", "To be published": "warning"})

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("rankings")

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        page = reverse("admin:cohorts_choosing_proposal", args=[subject.pk])
        return [link_button("See the proposal", page), *super().buttons(request, subject)]

    @own_page("<int:pk>/proposal/", "proposal")
    def proposal_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Everybody with what is proposed for them and why; POST works it out anew."""
        found = self.get_queryset(request).for_steps().filter(pk=pk).first()
        if found is None:
            raise Http404
        if request.method == "POST":
            return HttpResponseRedirect(actions.propose(choosing=found, by=request.user).get_absolute_url())
        proposals = list(found.proposals.visible_to(request.user).for_steps())
        return self.page(
            request,
            "admin/cohorts/placing.html",
            title=f"Proposed assignments: {found.cohort}",
            original=found,
            choosing=found,
            proposals=proposals,
            job=Job.objects.about(found).unfinished().filter(kind=actions.JOB).first(),
            tally=_tally(proposals),
            free=sum(one.free for one in open_for(found)),
            people=without_one(found).count(),
            state=_state(found),
        )


def _tally(proposals: list[PlacementProposal]) -> str:
    """“3 first choices, 1 second choice, 1 that nobody chose, 1 without”."""
    ranks = [one.rank for one in proposals if one.opportunity_id]
    said = [
        english.counted(number, f"{ORDINALS[rank - 1]} choice")
        for rank in sorted({rank for rank in ranks if rank})
        if (number := ranks.count(rank))
    ]
    if other := ranks.count(None):
        said.append(f"{other} not among their choices")
    if none := len(proposals) - len(ranks):
        said.append(f"{none} without one")
    return english.listed(said)


@admin.register(PlacementProposal)
class PlacementProposalAdmin(SteppedAdmin):
    """One participant's proposal: why this one, and why not each of the others."""

    adds = False
    list_display = ("participant", "opportunity", "rank", "reason", "is_locked")
    list_filter = (CohortFilter, "is_locked")
    search_fields = ("enrolment__participant__full_name", "opportunity__title", "opportunity__host__name")
    list_select_related = (
        "enrolment__participant",
        "enrolment__employer",
        "opportunity__host",
        "choosing__cohort__programme",
    )
    fields = readonly_fields = ("participant", "choosing", "opportunity", "rank", "reason", "is_locked", "others")
    export_columns = (
        Column("Cohort", "choosing__cohort"),
        Column("Participant", "enrolment__participant"),
        Column("Employer", "enrolment__employer__name"),
        Column("Opportunity", "opportunity__title"),
        Column("Host", "opportunity__host__name"),
        Column("Their choice", "rank"),
        Column("Why", "reason"),
        Column("Locked", "is_locked"),
    )

    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")
    others = column(
        "Why not another one", lambda one: format_html_join("", "<p>{}</p>", ((line,) for line in _others(one)))
    )

    def after_step(self, subject: PlacementProposal, result: Any) -> str:
        return reverse("admin:cohorts_choosing_proposal", args=[subject.choosing_id])


def _others(proposal: PlacementProposal) -> list[str]:
    """Each other open opportunity with what stands against it, or for whom its places are proposed."""
    choosing, enrolment = proposal.choosing, proposal.enrolment
    open_ones = open_for(choosing)
    kept = kept_from([enrolment], choosing.component, [one.host_id for one in open_ones])[enrolment.pk]
    chosen = choices_of(choosing, open_ones).get(enrolment.pk, ())
    going: dict[int, list[str]] = defaultdict(list)
    for other in choosing.proposals.for_steps():
        if other.opportunity_id:
            going[other.opportunity_id].append(f"{other.enrolment.participant} ({_choice(other.rank)})")
    own = choosing.component.counterpart == Counterpart.OWN
    found = []
    for one in open_ones:
        if one.pk == proposal.opportunity_id:
            continue
        rank = chosen.index(one.pk) + 1 if one.pk in chosen else None
        if one.host_id in kept:
            why = "It is not their own organisation." if own else "It is their own employer, or too near to it."
        elif len(going[one.pk]) >= one.free:
            why = f"Its free places are proposed for {english.listed(going[one.pk])}." if one.free else "It is full."
        else:
            why = "It has a free place."
        found.append(f"{one.title}, {one.host} ({_choice(rank)}): {why}")
    return found


def _choice(rank: int | None) -> str:
    return f"{ORDINALS[rank - 1]} choice" if rank else "not among their choices"
