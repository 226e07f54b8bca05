"""Sessions and their registers, peer groups, attendance and the day ledger."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from cohorts.actions import sessions
from cohorts.desk.attendance_files import AttendanceFileMixin
from cohorts.desk.events import guests_in_words
from cohorts.desk.filters import CohortFilter
from cohorts.desk.forms import SessionForm
from cohorts.desk.joint import TOGETHER, TogetherMixin, with_whom
from cohorts.desk.needs import ASKS, NeedsMixin
from cohorts.desk.papers import PaperInline
from cohorts.desk.registers import RegisterMixin
from cohorts.desk.screens import ScreenMixin
from cohorts.models import Attendance, Cohort, Component, DayEntry, JointInvitation, PeerGroup, Session
from cohorts.permissions import CohortPermission
from cohorts.states import HOLDS_A_PLACE, Recording
from steppingup import clock
from steppingup.accounts.requests import signed_in
from steppingup.desk.admin import ScopedAdmin
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import Column

#: What the list and its export read of each session besides.
WITH_ROWS: tuple[Any, ...] = (
    "parts__component",
    Prefetch("invitations", JointInvitation.objects.select_related("cohort__programme__provider")),
)
TAKES_PLACE = {
    "yes": ("Takes place", lambda rows: rows.going_ahead()),
    "no": ("Cancelled", lambda rows: rows.exclude(cancelled_at=None)),
}


NOTICE = {
    "open": ("To be confirmed", lambda rows: rows.filter(to_be_confirmed=True)),
    "because": ("Moved or cancelled for a reason", lambda rows: rows.exclude(changed_because="")),
}


MORE_THAN_A_DAY = {
    "yes": ("On a date with more than one day", lambda rows: rows.of_more_than_a_day()),
    "beside": ("Beside a whole day, with a reason", lambda rows: rows.exclude(beside="")),
}


@admin.register(Session)
class SessionAdmin(RegisterMixin, ScreenMixin, AttendanceFileMixin, NeedsMixin, TogetherMixin, SteppedAdmin):
    """A meeting of a cohort or a peer group. Its date and place change by a step, because people are told."""

    change_permission = CohortPermission.RUN_COHORTS
    # For whom it is stays too: those who were to come would not hear that they are not.
    fixed_fields = (
        "cohort",
        "peer_group",
        "starts_at",
        "ends_at",
        "venue",
        "online_link",
        "to_be_confirmed",
        "cancelled_at",
    )
    form = SessionForm
    inlines = (PaperInline,)
    sections_page = "session_admin"
    list_display = ("title", "cohort", "starts", "peer_group", "venue", "register_state")
    list_filter = (
        CohortFilter,
        "component__kind",
        choose("takes place", "takes_place", TAKES_PLACE),
        choose("nights and needs", "asks", ASKS),
        choose("joint days", "together", TOGETHER),
        choose("notice", "notice", NOTICE),
        "open_to_managers",
        "starts_at",
    )
    search_fields = ("title", "venue", "cohort__name", "cohort__programme__name")
    list_select_related = (
        *("cohort__programme__provider", "peer_group", "component"),
        "joined_by__host_session__cohort__programme__provider",
    )
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)  # what is to come and what was just held stand before earlier years
    fieldsets = (
        (None, {"fields": ("cohort", "component", "days", ("also", "also_days"), "peer_group", "title")}),
        (
            "When and where",
            {
                "fields": ("starts_at", "ends_at", "to_be_confirmed", "venue", "seats", "online_link"),
                "description": "Nobody is told when you add a session: it appears in people's calendars, and they are "
                "reminded before it takes place. When it is moved or cancelled later, they are told.",
            },
        ),
        (
            "Nights and needs",
            {
                "fields": ("nights", "lodging", ("check_in", "check_out"), "asks_needs"),
                "description": "Each participant confirms on a page of their own whether they stay, what they eat and what they need. "
                "You ask them with a button, once the session is there.",
            },
        ),
        ("For those taking part", {"fields": ("what_to_bring", "open_to_managers")}),
    )
    export_columns = (
        Column("Session", "title"),
        Column("Cohort", "cohort"),
        Column("Part", "component__title"),
        Column("Peer group", "peer_group__name"),
        Column("Starts", "starts_at"),
        Column("Ends", "ends_at"),
        Column("Days", lambda row: english.trimmed(row.days)),
        Column("Counts also for", lambda row: english.listed([part.in_words for part in row.parts.all()])),
        Column("Place", "venue"),
        Column("Room holds", "seats"),
        Column("To be confirmed", "to_be_confirmed"),
        Column("Why it changed", "changed_because"),
        Column("Nights", "nights"),
        Column("Joint day with", with_whom),
        Column("Marked", "marked"),
        Column("Cancelled", "cancelled_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).annotate(marked=Count("attendances")).prefetch_related(*WITH_ROWS)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        first, when, staying, rest = self.fieldsets
        if obj is None:
            asked = ("Before it is added", {"fields": ("anyway",)})  # once there is something to confirm
            return (first, when, staying, rest, *((asked,) if request.method == "POST" else ()))
        more = (
            *(("cancelled_at",) if obj.cancelled_at else ()),
            *(("changed_because",) if obj.changed_because else ()),
        )
        over = (None, {"fields": ("cohort", "counts_for", "peer_group", "title")})  # what it counted is posted
        needs = (staying[0], {"fields": (*staying[1]["fields"], "needs_said")})
        moment = (
            when[0],
            {"fields": (*more, *when[1]["fields"], "together", "cannot_come", "answered", "from_outside")},
        )
        return (over if self._is_over(obj) else first, moment, needs, rest)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        given = [
            *super().get_readonly_fields(request, obj),
            "needs_said",
            "together",
            "cannot_come",
            "answered",
            "from_outside",
            "changed_because",
        ]
        return [*given, "counts_for"] if obj is not None and self._is_over(obj) else given

    @staticmethod
    def _is_over(session: Session) -> bool:
        return bool(session.cancelled_at or session.attendances.exists())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """After the session itself: what else it counts for."""
        super().save_related(request, form, formsets, change)
        if "also" in form.cleaned_data and {"also", "also_days"} & set(form.changed_data):
            also, days = form.cleaned_data["also"], form.cleaned_data["also_days"]
            sessions.count_also_for(session=form.instance, component=also, days=days, by=signed_in(request))

    cannot_come = column("Cannot come", lambda session: _who_cannot_come(session))
    answered = column("Answered in their calendar", lambda session: _who_answered(session))
    from_outside = column("Guests from outside", lambda session: guests_in_words(session))
    counts_for = column("It counts for", lambda session: session.in_words)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "component":
            cohorts = Cohort.objects.visible_to(request.user)
            found = Component.objects.filter(recording=Recording.REGISTER, plan__cohorts__in=cohorts)
            kwargs["queryset"] = found.select_related("plan__programme").distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    starts = column("When", lambda session: english.when(session.starts_at), "starts_at")

    @display(
        description="Register",
        label={
            "Taken": "success",
            "To take": "warning",
            "Cancelled": "danger",
            "To come": "info",
            "To be confirmed": "warning",
        },
    )
    def register_state(self, session: Any) -> str:
        if session.cancelled_at:
            return "Cancelled"
        if session.to_be_confirmed and not session.marked:
            return "To be confirmed"
        if session.marked:
            return "Taken"
        return "To take" if session.starts_at <= clock.now() else "To come"


def _who_cannot_come(session: Session) -> str:
    """Who has said so, by name: of one's own cohort."""
    said = session.apologies.standing().select_related("enrolment__participant")
    names = english.listed(
        [str(one.enrolment.participant) for one in said.order_by("enrolment__participant__full_name")]
    )
    return names or "Nobody has said so."


def _who_answered(session: Session) -> str:
    """By what they pressed in their own calendars. It excuses nobody."""
    said: dict[str, list[str]] = {}
    rows = session.calendar_invitations.answered().select_related("enrolment__participant")
    for one in rows.order_by("enrolment__participant__full_name"):
        said.setdefault(one.get_answer_display(), []).append(str(one.enrolment.participant))
    return ". ".join(f"{answer}: {english.listed(names)}" for answer, names in sorted(said.items())) or "Nobody has."


@admin.register(PeerGroup)
class PeerGroupAdmin(ScopedAdmin):
    """A peer learning group (B11). People are put into it on their own page."""

    change_permission = CohortPermission.RUN_COHORTS
    fixed_fields = ("cohort",)
    list_display = ("name", "cohort", "people")
    ordering = ("-cohort__starts_on", "name")
    list_filter = (CohortFilter,)
    search_fields = ("name", "cohort__name")
    list_select_related = ("cohort__programme",)
    export_columns = (Column("Group", "name"), Column("Cohort", "cohort"), Column("People", "people_count"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[PeerGroup]:
        count = Count("enrolments", filter=Q(enrolments__status__in=HOLDS_A_PLACE))
        return super().get_queryset(request).annotate(people_count=count)

    people = column("People", lambda group: int(group.people_count), "people_count")


@admin.register(Attendance)
class AttendanceAdmin(ScopedAdmin):
    """Who was where. Registers are taken on the session's page."""

    list_display = ("participant", "session", "mark", "marked_at", "marked_by")
    list_filter = (CohortFilter, "mark", "session__component__kind")
    search_fields = ("enrolment__participant__full_name", "enrolment__participant__email", "session__title")
    list_select_related = ("session__cohort__programme", "enrolment__participant", "marked_by")
    export_columns = (
        Column("Participant", "enrolment__participant"),
        Column("Session", "session__title"),
        Column("On", "session__starts_at"),
        Column("Mark", lambda row: row.given.label),
        Column("Marked at", "marked_at"),
        Column("Marked by", "marked_by"),
    )

    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")


@admin.register(DayEntry)
class DayEntryAdmin(ScopedAdmin):
    """The day ledger, entry by entry. Nobody changes it: a mistake is reversed where it was made."""

    list_display = ("on", "participant", "component", "so_many", "note", "posted_by", "posted_at")
    list_filter = (
        CohortFilter,
        "component__kind",
        choose("more than a day", "more_than_a_day", MORE_THAN_A_DAY),
        ("reverses", admin.EmptyFieldListFilter),
        "on",
    )
    search_fields = ("enrolment__participant__full_name", "enrolment__participant__email", "note")
    list_select_related = ("enrolment__participant", "component", "posted_by")
    ordering = ("-on", "-pk")
    export_columns = (
        Column("On", "on"),
        Column("Participant", "enrolment__participant"),
        Column("Part", "component__title"),
        Column("Days", lambda row: english.trimmed(row.days)),
        Column("Note", "note"),
        Column("Beside a whole day", "beside"),
        Column("Posted by", "posted_by"),
        Column("Posted at", "posted_at"),
    )

    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")
    so_many = column("Days", lambda entry: english.days(entry.days), "days")
