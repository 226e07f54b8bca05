"""Peer groups on the desk: what is proposed and why, who is kept apart, and the half-days that groups have chosen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from cohorts.actions import grouping as actions
from cohorts.desk.filters import CohortFilter
from cohorts.models import Apart, Grouping, GroupProposal, PeerPoll
from cohorts.planning.grouping import APART, EMPLOYER, SECTOR, points, score_of
from steppingup.desk.admin import own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin, link_button
from steppingup.formats import english
from steppingup.jobs.models import Job
from steppingup.site.export import Column

STATES = {
    "open": ("Not made yet", lambda rows: rows.unfinished()),
    "made": ("Made", lambda rows: rows.exclude(made_at=None)),
}


def _state(one: Grouping) -> str:
    return "Made" if one.made_at else "Proposed" if one.proposed_at else "Being worked out"


def unmet(
    grouping: Grouping, proposals: Sequence[GroupProposal], pairs: Mapping[str, Sequence[tuple[int, int]]]
) -> list[tuple[str, list[str]]]:
    """What could not be had as things are proposed: headings with their sentences, the gravest first. `pairs`: as `score_of` counts."""
    people = {one.enrolment_id: one for one in proposals}

    def said(pair: tuple[int, int]) -> str:
        one, other = (people[each] for each in pair)
        return f"{one.enrolment.participant} and {other.enrolment.participant}, both in group {one.number}"

    found = [
        ("Who should be apart and is not", [f"{said(pair)}." for pair in pairs["apart"]]),
        (
            "Who works for the same employer as somebody in their group",
            [
                f"{said(pair)}: {english.listed(dict.fromkeys(str(people[each].enrolment.employer) for each in pair))}."
                for pair in pairs["employer"]
            ],
        ),
        ("Sizes", _uneven(grouping, proposals)),
    ]
    return [(title, sentences) for title, sentences in found if sentences]


def _uneven(grouping: Grouping, proposals: Sequence[GroupProposal]) -> list[str]:
    sizes = Counter(one.number for one in proposals)
    counts = [sizes[at] for at in range(1, grouping.number + 1)]
    if max(counts) - min(counts) <= 1:
        return []
    words = english.listed([f"{count} in group {at}" for at, count in enumerate(counts, 1)])
    return [f"They differ by more than one, because of what was chosen by hand: {words}."]


@admin.register(Grouping)
class GroupingAdmin(SteppedAdmin):
    """One for each cohort at a time; begun on the cohort's page."""

    adds = False
    list_display = ("cohort", "number", "proposed_at", "state")
    list_filter = (CohortFilter, choose("state", "state", STATES))
    search_fields = ("cohort__name", "cohort__programme__name")
    list_select_related = ("cohort__programme",)
    ordering = ("-begun_at", "-pk")
    fields = readonly_fields = ("cohort", "number", "proposed_at", "score", "least", "made_at", "made_by")
    export_columns = (
        Column("Cohort", "cohort"),
        Column("Groups", "number"),
        Column("Score", "score"),
        Column("Best possible score", "least"),
        Column("Status", _state),
        Column("Made", "made_at"),
    )

    state = column("Status", _state, colours={"Made": "success", "Proposed": "warning"})

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        page = reverse("admin:cohorts_grouping_proposal", args=[subject.pk])
        return [link_button("See the proposal", page), *super().buttons(request, subject)]

    def after_step(self, subject: Grouping, result: Any) -> str:
        return reverse("admin:cohorts_grouping_proposal", args=[subject.pk])

    @own_page("<int:pk>/proposal/", "proposal")
    def proposal_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Everybody in their proposed group, and what could not be had; POST works it out anew."""
        found = self.get_queryset(request).for_steps().filter(pk=pk).first()
        if found is None:
            raise Http404
        if request.method == "POST":
            return HttpResponseRedirect(actions.propose(grouping=found, by=request.user).get_absolute_url())
        proposals = list(found.proposals.visible_to(request.user).for_steps())
        members = actions.members_of(found, [one.enrolment for one in proposals], {})
        places = {one.enrolment_id: one.number for one in proposals}
        apart = list(
            Apart.objects.visible_to(request.user)
            .within(found.cohort)
            .select_related("one__participant", "other__participant")
        )
        pairs = score_of(members, places, {pair.pair for pair in apart})
        return self.page(
            request,
            "admin/cohorts/grouping.html",
            title=f"Proposed peer groups: {found.cohort}",
            original=found,
            grouping=found,
            groups=[(at, [one for one in proposals if one.number == at]) for at in range(1, found.number + 1)],
            any=bool(proposals),
            unmet=unmet(found, proposals, pairs),
            apart=apart,
            job=Job.objects.about(found).unfinished().filter(kind=actions.JOB).first(),
            score=points(pairs),
            counts={kind: len(rows) for kind, rows in pairs.items()},
            weights={"apart": APART, "employer": EMPLOYER, "sector": SECTOR},
            people=actions.to_group(found.cohort).count(),
        )


def _page_of(subject: Any) -> str:
    return reverse("admin:cohorts_grouping_proposal", args=[subject.grouping_id])


@admin.register(GroupProposal)
class GroupProposalAdmin(SteppedAdmin):
    """One participant's proposed group."""

    adds = False
    list_display = ("participant", "employer", "number", "is_locked")
    list_filter = (CohortFilter, "number", "is_locked")
    search_fields = ("enrolment__participant__full_name", "enrolment__employer__name")
    list_select_related = ("enrolment__participant", "enrolment__employer", "grouping__cohort__programme")
    fields = readonly_fields = ("participant", "employer", "grouping", "number", "is_locked")
    export_columns = (
        Column("Cohort", "grouping__cohort"),
        Column("Participant", "enrolment__participant"),
        Column("Employer", "enrolment__employer__name"),
        Column("Sector", lambda one: one.enrolment.employer.get_sector_display() if one.enrolment.employer else ""),
        Column("Group", "number"),
        Column("Locked", "is_locked"),
    )

    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")
    employer = column("Employer", "enrolment__employer", "enrolment__employer__name")

    def after_step(self, subject: GroupProposal, result: Any) -> str:
        return _page_of(subject)


@admin.register(Apart)
class ApartAdmin(SteppedAdmin):
    """Who is not to be in one group. Said on the page of a proposal."""

    adds = False
    list_display = ("one_name", "other_name", "cohort", "said_at", "said_by")
    list_filter = (CohortFilter,)
    search_fields = ("one__participant__full_name", "other__participant__full_name")
    list_select_related = ("one__participant", "other__participant", "one__cohort__programme__provider", "said_by")
    ordering = ("-said_at", "-pk")
    fields = readonly_fields = ("one_name", "other_name", "cohort", "said_at", "said_by")
    export_columns = (
        Column("Cohort", "one__cohort"),
        Column("Who", "one__participant"),
        Column("And who", "other__participant"),
        Column("Said", "said_at"),
        Column("By", "said_by"),
    )

    one_name = column("Who", "one__participant", "one__participant__full_name")
    other_name = column("And who", "other__participant", "other__participant__full_name")
    cohort = column("Cohort", "one__cohort", "one__cohort__starts_on")


POLLS = {
    "asking": ("Being asked", lambda rows: rows.asking()),
    "to_date": ("Session to be moved", lambda rows: rows.to_date()),
    "chosen": ("Chosen", lambda rows: rows.exclude(chosen=None)),
}


def _poll_state(one: PeerPoll) -> str:
    if one.chosen is None:
        return "Called off" if one.closed_at else "Being asked"
    return "Session moved" if one.dated_at else "Chosen"


@admin.register(PeerPoll)
class PeerPollAdmin(SteppedAdmin):
    """Begun and chosen by members of the group; staff see what they look for and what they chose, and move the session."""

    adds = False
    list_display = ("title", "peer_group", "cohort", "half_day", "state")
    list_filter = (CohortFilter, choose("state", "state", POLLS))
    search_fields = ("title", "peer_group__name", "peer_group__cohort__name")
    list_select_related = (
        "peer_group__cohort__programme__provider",
        "chosen",
        "session__component",
        "opened_by__participant",
    )
    ordering = ("-opened_at", "-pk")
    fields = readonly_fields = (
        "title",
        "peer_group",
        "cohort",
        "session",
        "asked_by",
        "opened_at",
        "half_day",
        "dated_at",
    )
    export_columns = (
        Column("Cohort", "peer_group__cohort"),
        Column("Group", "peer_group__name"),
        Column("What for", "title"),
        Column("Chosen", "chosen"),
        Column("Status", _poll_state),
    )

    cohort = column("Cohort", "peer_group__cohort", "peer_group__cohort__starts_on")
    half_day = column("Chosen", lambda one: str(one.chosen or "Not yet"))
    asked_by = column("Asked by", "opened_by__participant", "opened_by__participant__full_name")
    state = column("Status", _poll_state, colours={"Session moved": "success", "Chosen": "warning"})
