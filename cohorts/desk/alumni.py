"""What graduates agree to, what employers offer them, and who is interested."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest

from cohorts.desk.filters import CohortFilter
from cohorts.models import AlumniChoice, GraduateInterest, GraduateOffer
from cohorts.permissions import CohortPermission
from steppingup.desk.admin import ReadOnlyInline
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import Column

RUN = CohortPermission.RUN_COHORTS


@admin.register(AlumniChoice)
class AlumniChoiceAdmin(SteppedAdmin):
    """Theirs to say: shown, filtered and downloaded here."""

    adds = False
    list_display = ("graduate", "cohort", "speaks", "mentors", "hears", "words", "chosen_at")
    list_filter = (CohortFilter, "speaks", "mentors", "hears")
    search_fields = ("enrolment__participant__full_name", "enrolment__participant__email", "words")
    list_select_related = ("enrolment__participant", "enrolment__cohort__programme__provider")
    ordering = ("enrolment__participant__full_name", "pk")
    fields = readonly_fields = ("graduate", "cohort", "speaks", "mentors", "hears", "words", "chosen_at")
    export_columns = (
        Column("Graduate", "enrolment__participant"),
        Column("Email", "enrolment__participant__email"),
        Column("Cohort", "enrolment__cohort"),
        Column("Agrees to", "in_words"),
        Column("In their words", "words"),
        Column("Said", "chosen_at"),
    )

    graduate = column("Graduate", lambda one: one.enrolment.participant, "enrolment__participant__full_name")
    cohort = column("Cohort", lambda one: one.enrolment.cohort)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Whoever has died is asked for nothing."""
        return super().get_queryset(request).filter(enrolment__participant__died_on=None)


class InterestInline(ReadOnlyInline):
    """Who is interested; whoever offers it was told by email."""

    model = GraduateInterest
    fields = readonly_fields = ("graduate", "words", "said_at")
    related = ("enrolment__participant",)
    verbose_name_plural = "who is interested"
    hide_title = True
    graduate = column("Graduate", lambda one: one.enrolment.participant)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).visible_to(request.user)


@admin.register(GraduateOffer)
class GraduateOfferAdmin(SteppedAdmin):
    """Written down here as the employer says it; opened, closed and opened again by steps."""

    change_permission = RUN
    fixed_fields = ("programme",)
    list_display = ("title", "organisation", "programme", "kind", "closes_on", "stands", "interested")
    list_filter = ("programme", "kind", "closes_on")
    search_fields = ("title", "organisation__name", "description", "contact_name")
    list_select_related = ("organisation", "programme__provider")
    ordering = ("-closes_on", "-pk")
    autocomplete_fields = ("organisation",)
    inlines = (InterestInline,)
    fields = (
        *("programme", "organisation", "title", "kind", "description", "place"),
        *("contact_name", "contact_email", "closes_on", "opened_at", "closed_at"),
    )
    readonly_fields = ("opened_at", "closed_at")
    export_columns = (
        Column("Programme", "programme__name"),
        Column("Organisation", "organisation__name"),
        Column("Opportunity", "title"),
        Column("Kind", "get_kind_display"),
        Column("Last day", "closes_on"),
        Column("How it stands", "how_it_stands"),
        Column("Whom to ask", "contact_name"),
        Column("Email", "contact_email"),
        Column(
            "Interested", lambda one: english.listed(str(each.enrolment.participant) for each in one.interests.all())
        ),
    )

    stands = column(
        "How it stands", lambda one: one.how_it_stands, colours={"Open": "success", "Not open yet": "warning"}
    )
    interested = column("Interested", lambda one: len(one.interests.all()))

    def get_queryset(self, request: HttpRequest) -> Any:
        """With those who are interested, as far as whoever looks sees their cohorts."""
        seen = GraduateInterest.objects.visible_to(request.user).select_related("enrolment__participant")
        return super().get_queryset(request).prefetch_related(Prefetch("interests", seen))
