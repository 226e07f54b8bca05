"""Pairs, and the page on which a cohort's mentors are matched."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from cohorts.desk.filters import CohortFilter, cohort_or_404
from cohorts.models import Enrolment
from mentoring.actions import matching
from mentoring.desk.matching import overview
from mentoring.minutes import met
from mentoring.models import Pair
from mentoring.models.mentor import address_here, called_here
from mentoring.states import PairStatus
from steppingup.desk.admin import own_page
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.site.export import Column


@admin.register(Pair)
class PairAdmin(SteppedAdmin):
    """Seen here, changed by steps only: proposed, confirmed, ended."""

    list_display = (
        "participant",
        "employer",
        "part",
        "mentor_name",
        "mentor_organisation",
        "state",
        "points",
        "confirmed_at",
    )
    list_filter = (
        "status",
        CohortFilter,
        ("mentor__organisation", AutocompleteSelectFilter),
    )
    worked_out: ClassVar = {"called_here": called_here("mentor__"), "address_here": address_here("mentor__")}
    search_fields = (
        "enrolment__participant__full_name",
        "enrolment__participant__email",
        "enrolment__employer__name",
        "called_here",
        "address_here",
        "mentor__organisation__name",
    )
    fields = (
        "participant", "employer", "part", "mentor_name", "mentor_organisation", "state", "points", "reason",
        "created_at", "confirmed_at", "confirmed_by", "sessions_so_far", "ended_at", "end_reason", "as_planned",
    )  # fmt: skip
    readonly_fields = fields
    export_columns = [
        Column("Cohort", "enrolment__cohort__name"),
        Column("Participant", "enrolment__participant__full_name"),
        Column("Employer", "enrolment__employer__name"),
        Column("Standing", "enrolment__get_standing_display"),
        Column("Part", "component__title"),
        Column("Mentor", "mentor__called"),
        Column("Mentor's organisation", "mentor__organisation__name"),
        Column("Status", "get_status_display"),
        Column("Points", "score"),
        Column("Why these two", "reason"),
        Column("Confirmed", "confirmed_at"),
        Column("Minutes met", "minutes_met"),
        Column("Ended", "ended_at"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pair]:
        return super().get_queryset(request).with_people().with_sessions()

    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")

    employer = column("Employer", lambda pair: pair.enrolment.works_as, "enrolment__employer__name")

    part = column("Part", lambda pair: str(pair.component or ""), "component__title")

    mentor_name = column("Mentor", lambda pair: pair.mentor.called, called_here("mentor__"))

    mentor_organisation = column("Mentor's organisation", "mentor__organisation", "mentor__organisation__name")

    state = column(
        "Status",
        "get_status_display",
        "status",
        colours={PairStatus.PROPOSED.label: "warning", PairStatus.CONFIRMED.label: "success"},
    )

    points = column(
        "Points", lambda pair: "" if pair.score is None else f"{pair.score:.2f}".rstrip("0").rstrip("."), "score"
    )

    sessions_so_far = column(
        "Sessions", lambda pair: met(pair.sessions_held).in_words if pair.sessions_held else "None yet"
    )

    # -- the matching page -----------------------------------------------------------------------

    def _back(self, cohort: int) -> str:
        return reverse("admin:mentoring_pair_match", args=[cohort])

    def after_step(self, subject: Pair, result: Any) -> str:
        """Back to the cohort's matching: the next pair waits there."""
        return self._back(subject.enrolment.cohort_id)

    @own_page("match/<int:pk>/", "match")
    def match_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Everybody of the cohort: proposals with reasons, those left over, pairs. POST starts the matching."""
        cohort = cohort_or_404(request, pk, matching.RUN)
        if request.method == "POST":
            return HttpResponseRedirect(matching.propose(cohort=cohort, by=request.user).get_absolute_url())
        title = f"Mentors of {cohort}"
        return self.page(
            request,
            "admin/mentoring/match.html",
            title=title,
            **overview(cohort),
        )

    @own_page("match/<int:pk>/confirm/", "confirm_all")
    def confirm_all_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every proposal of the cohort, on the page that confirms many."""
        cohort = cohort_or_404(request, pk, matching.RUN)
        if request.method != "POST":
            return HttpResponseRedirect(self._back(pk))
        pairs = Pair.objects.visible_to(request.user).proposed().filter(enrolment__cohort=cohort)
        return self.many_page(request, matching.confirm, list(pairs.values_list("pk", flat=True)))

    @own_page("choose/<int:pk>/", "choose")
    def choose_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A mentor for somebody who has none, and back to the matching."""
        people = Enrolment.objects.visible_to(request.user, matching.RUN).for_steps()

        def after(enrolment: Enrolment, result: Any) -> str:
            return self._back(enrolment.cohort_id)

        return self.step_page(request, matching.pair_by_hand, lambda: get_object_or_404(people, pk=pk), after).respond()
