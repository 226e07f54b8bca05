"""What graduates agree to."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cohorts.desk.filters import CohortFilter
from cohorts.models import AlumniChoice
from cohorts.states import EnrolmentStatus
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.site.export import Column


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
        """Graduates, and not participants, who have said no more than of what they hear. Whoever has died is asked for nothing."""
        graduates = {"enrolment__status": EnrolmentStatus.COMPLETED, "enrolment__participant__died_on": None}
        return super().get_queryset(request).filter(**graduates)
