"""Sessions and their registers, peer groups, attendance and the day ledger."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from cohorts.actions import attendance, sessions
from cohorts.admin.forms import MoveForm, PatternForm, SessionForm, moment_in_form
from cohorts.admin.scope import CohortScopedAdmin, ReadOnlyAdmin, cohort_or_404
from cohorts.models import Attendance, Component, DayEntry, PeerGroup, Session
from cohorts.states import FROM_SESSIONS, HOLDS_A_PLACE, Mark
from steppingup.accounts.roles import Permission
from steppingup.desk.fields import style
from steppingup.desk.steps import AdminStep, StepsMixin
from steppingup.history.lifecycle import NotPossible
from steppingup.site.export import Column

P = Permission


def _may_change(session: Session) -> bool:
    return session.cancelled_at is None and not session.attendances.exists()


def _may_invite(session: Session) -> bool:
    fresh = session.managers_invited_at is None and session.cancelled_at is None
    return session.open_to_managers and fresh and session.starts_at > timezone.now()


def _now(session: Session) -> dict[str, Any]:
    return {
        "starts_at": moment_in_form(session.starts_at),
        "ends_at": moment_in_form(session.ends_at),
        "venue": session.venue,
        "online_link": session.online_link,
    }


def _is_due(session: Session) -> bool:
    """Its day has come, so that its register can be taken."""
    return timezone.localdate(session.starts_at) <= timezone.localdate()


SESSION_STEPS = (
    AdminStep(
        "move",
        "Move the session",
        sessions.move,
        "session",
        P.RUN_COHORTS,
        _may_change,
        told=lambda session, values: sessions.told_of_moving(session, **values),
        form_class=MoveForm,
        initial=_now,
        check=True,
        text="Those who take part are told, and line managers whom you invited, unless the session is over. Times are those of "
        "London.",
        done="The session has moved.",
    ),
    AdminStep(
        "cancel",
        "Cancel the session",
        sessions.cancel,
        "session",
        P.RUN_COHORTS,
        _may_change,
        told=sessions.told_of_cancelling,
        text="The session stays in people's calendars, crossed out. This cannot be undone.",
        done="The session is cancelled.",
        is_done=lambda session: session.cancelled_at is not None,
    ),
    AdminStep(
        "invite-managers",
        "Invite the line managers",
        sessions.invite_managers,
        "session",
        P.RUN_COHORTS,
        _may_invite,
        told=sessions.told_of_inviting,
        text="The line managers of those who take part are invited, once.",
        done="The line managers are invited.",
    ),
)


class TakesPlaceFilter(DropdownFilter):
    title, parameter_name = "takes place", "takes_place"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Takes place"), ("no", "Cancelled")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        chosen = {"yes": True, "no": False}.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(cancelled_at__isnull=chosen)


@admin.register(Session)
class SessionAdmin(StepsMixin, CohortScopedAdmin):
    """A meeting of a cohort or a peer group. Its date and place change by a step, because people are told."""

    form = SessionForm
    steps = SESSION_STEPS
    list_display = ("title", "cohort", "starts", "peer_group", "venue", "register_state")
    list_filter = ("cohort", "component__kind", TakesPlaceFilter, "open_to_managers", "starts_at")
    search_fields = ("title", "venue", "cohort__name", "cohort__programme__name")
    list_select_related = ("cohort__programme", "peer_group", "component")
    provider_path = "cohort__programme__provider"
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)  # what is to come and what was just held stand before earlier years
    fieldsets = (
        (None, {"fields": ("cohort", "component", "peer_group", "title", "days")}),
        (
            "When and where",
            {
                "fields": ("starts_at", "ends_at", "venue", "online_link"),
                "description": "Nobody is told when a session is added: it stands in people's calendars, and they are "
                "reminded before it takes place. When it is moved or cancelled later, they are told.",
            },
        ),
        ("For those who come", {"fields": ("what_to_bring", "open_to_managers")}),
    )
    export_columns = (
        Column("Session", "title"),
        Column("Cohort", "cohort"),
        Column("Part", "component__title"),
        Column("Peer group", "peer_group__name"),
        Column("Begins", "starts_at"),
        Column("Ends", "ends_at"),
        Column("Days", "days"),
        Column("Place", "venue"),
        Column("Marked", "marked"),
        Column("Cancelled", "cancelled_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).annotate(marked=Count("attendances"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        first, when, rest = self.fieldsets
        if obj is None:
            return (first, when, rest)
        more = ("cancelled_at",) if obj.cancelled_at else ()
        return (first, (when[0], {"fields": (*more, *when[1]["fields"])}), rest)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        given = list(super().get_readonly_fields(request, obj))
        if obj is None:
            return given
        fixed = ["cohort", "starts_at", "ends_at", "venue", "online_link", "cancelled_at"]
        if obj.attendances.exists() or obj.cancelled_at:
            fixed += ["component", "peer_group", "days"]
        return [*given, *fixed]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "component":
            cohorts = self._cohorts(request)
            kwargs["queryset"] = (
                Component.objects.filter(kind__in=FROM_SESSIONS, plan__cohorts__in=cohorts)
                .select_related("plan__programme")
                .distinct()
            )
        if db_field.name == "peer_group":
            groups = PeerGroup.objects.filter(cohort__in=self._cohorts(request))
            kwargs["queryset"] = groups.select_related("cohort__programme").order_by("-cohort__starts_on", "name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _cohorts(self, request: HttpRequest) -> Any:
        from cohorts.models import Cohort

        return Cohort.objects.for_staff(request.user, P.RUN_COHORTS)

    @display(description="When", ordering="starts_at")
    def starts(self, session: Session) -> str:
        return f"{timezone.localtime(session.starts_at):%a %-d %B %Y, %H:%M}"

    @display(
        description="Register",
        label={"Taken": "success", "To take": "warning", "Cancelled": "danger", "To come": "info"},
    )
    def register_state(self, session: Any) -> str:
        if session.cancelled_at:
            return "Cancelled"
        if session.marked:
            return "Taken"
        return "To take" if session.starts_at <= timezone.now() else "To come"

    def steps_for(self, request: HttpRequest, obj: Any) -> list[dict[str, str]]:
        register = {"label": "Take the register", "url": reverse("admin:cohorts_session_register", args=[obj.pk])}
        ready = obj.cancelled_at is None and _is_due(obj)
        first = [register] if ready and self.allows(request, P.RUN_COHORTS, obj) else []
        return [*first, *super().steps_for(request, obj)]

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "<int:pk>/register/",
                self.admin_site.admin_view(self.register_view),
                name="cohorts_session_register",
            ),
            path(
                "from-plan/<int:pk>/",
                self.admin_site.admin_view(self.from_plan_view),
                name="cohorts_session_from_plan",
            ),
        ]
        return [*own, *super().get_urls()]

    def register_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Everybody on one page, four marks each, saved together."""
        session = self.get_object(request, str(pk))
        if session is None or not self.allows(request, P.RUN_COHORTS, session):
            raise Http404
        if request.method == "POST":
            try:
                changed = attendance.mark(session=session, marks=_changed_marks(request.POST), by=request.user)
            except NotPossible as sentence:
                messages.error(request, str(sentence))
            else:
                messages.success(request, _saved(len(changed)))
            return HttpResponseRedirect(request.path)
        lines = attendance.register_of(session)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Register: {session.title}",
            "original": session,
            "session": session,
            "lines": lines,
            "unmarked": sum(not line.mark for line in lines),
            "marks": [(value, label, attendance.days_for(session, value)) for value, label in Mark.choices],
            "is_early": not _is_due(session),
        }
        return TemplateResponse(request, "admin/cohorts/register.html", context)

    def from_plan_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Look at the dates that a plan would give, then make the sessions."""
        cohort = cohort_or_404(request, pk)
        given = request.POST or request.GET
        form = PatternForm(given if "first_on" in given else None, initial={"first_on": cohort.starts_on})
        style(form)
        drafts = sessions.drafts_for(cohort, form.pattern()) if form.is_bound and form.is_valid() else []
        if request.method == "POST" and form.is_bound and form.is_valid():
            try:
                made = sessions.draft_from_plan(cohort=cohort, pattern=form.pattern(), by=request.user)
            except NotPossible as sentence:
                messages.error(request, str(sentence))
            else:
                messages.success(request, f"{len(made)} sessions are made. You can move each of them.")
                return HttpResponseRedirect(f"{reverse('admin:cohorts_session_changelist')}?cohort__id__exact={pk}")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Make sessions from the plan",
            "cohort": cohort,
            "form": form,
            "drafts": drafts,
            "groups": cohort.peer_groups.count(),
        }
        return TemplateResponse(request, "admin/cohorts/from_plan.html", context)


def _changed_marks(data: QueryDict) -> dict[int, str]:
    """The marks that this page changed. One that stands as it was shown may have been corrected on another page since."""
    given = {name.removeprefix("mark-"): str(value) for name, value in data.items() if name.startswith("mark-")}
    return {
        int(pk): value for pk, value in given.items() if value and pk.isdecimal() and data.get(f"was-{pk}") != value
    }


def _saved(changed: int) -> str:
    if not changed:
        return "Nothing was different, so nothing was changed."
    return f"The register is saved: {changed} {'person' if changed == 1 else 'people'} marked."


@admin.register(PeerGroup)
class PeerGroupAdmin(CohortScopedAdmin):
    """A peer learning group (B11). People are put into it on their own page."""

    provider_path = "cohort__programme__provider"
    list_display = ("name", "cohort", "people")
    list_filter = ("cohort",)
    search_fields = ("name", "cohort__name")
    list_select_related = ("cohort__programme",)
    fields = ("cohort", "name")
    export_columns = (Column("Group", "name"), Column("Cohort", "cohort"), Column("People", "people_count"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[PeerGroup]:
        count = Count("enrolments", filter=Q(enrolments__status__in=HOLDS_A_PLACE))
        return super().get_queryset(request).annotate(people_count=count)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        given = list(super().get_readonly_fields(request, obj))
        return [*given, "cohort"] if obj else given

    @display(description="People", ordering="people_count")
    def people(self, group: Any) -> int:
        return int(group.people_count)


@admin.register(Attendance)
class AttendanceAdmin(ReadOnlyAdmin):
    """Who was where. Registers are taken on the session's page."""

    cohort_path = "session__cohort"
    provider_path = "session__cohort__programme__provider"
    list_display = ("participant", "session", "mark", "marked_at", "marked_by")
    list_filter = ("session__cohort", "mark", "session__component__kind")
    search_fields = ("enrolment__participant__full_name", "enrolment__participant__email", "session__title")
    list_select_related = ("session__cohort__programme", "enrolment__participant", "marked_by")
    export_columns = (
        Column("Participant", "enrolment__participant"),
        Column("Session", "session__title"),
        Column("On", "session__starts_at"),
        Column("Mark", "get_mark_display"),
        Column("Marked at", "marked_at"),
        Column("Marked by", "marked_by"),
    )

    @display(description="Participant", ordering="enrolment__participant__full_name")
    def participant(self, attendance: Attendance) -> str:
        return str(attendance.enrolment.participant)


@admin.register(DayEntry)
class DayEntryAdmin(ReadOnlyAdmin):
    """The day ledger, entry by entry. Nobody changes it: a mistake is reversed where it was made."""

    cohort_path = "enrolment__cohort"
    provider_path = "enrolment__cohort__programme__provider"
    list_display = ("on", "participant", "component", "days", "note", "posted_by", "posted_at")
    list_filter = ("enrolment__cohort", "component__kind", ("reverses", admin.EmptyFieldListFilter), "on")
    search_fields = ("enrolment__participant__full_name", "enrolment__participant__email", "note")
    list_select_related = ("enrolment__participant", "component", "posted_by")
    ordering = ("-on", "-pk")
    export_columns = (
        Column("On", "on"),
        Column("Participant", "enrolment__participant"),
        Column("Part", "component__title"),
        Column("Days", "days"),
        Column("Note", "note"),
        Column("Posted by", "posted_by"),
        Column("Posted at", "posted_at"),
    )

    @display(description="Participant", ordering="enrolment__participant__full_name")
    def participant(self, entry: DayEntry) -> str:
        return str(entry.enrolment.participant)
