"""Joint days: invitations to answer, and a session's page with the cohorts that share its day, in numbers (C5)."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from cohorts.desk.filters import CohortFilter
from cohorts.models import JointInvitation, Session
from cohorts.models.joint import host_of, joined
from cohorts.planning.joint import counts_of
from cohorts.states import JOINT_OPEN, JointStatus
from steppingup.desk.admin import own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import FORMATS, Column, export

TOGETHER = {
    "yes": ("On a joint day", lambda rows: rows.on_a_joint_day()),
    "no": ("By itself", lambda rows: rows.exclude(pk__in=rows.on_a_joint_day())),
}
COUNTS = (
    Column("Programme", "programme"),
    Column("Provider", "provider"),
    Column("Cohort", "session__cohort__name"),
    Column("Expected", "expected"),
    Column("Present", "present"),
    Column("Present for part", "part"),
    Column("Absent", "absent"),
    Column("Excused", "excused"),
    Column("Not marked", "unmarked"),
)


def with_whom(session: Session) -> str:
    """“Moving Up, 2020 (Skills for Care): takes part”, for each cohort that was asked, or the host of the day."""
    if found := joined(session):
        return f"{found.host_session.cohort} ({found.host}), which hosts it"
    return english.listed([_said(one) for one in session.invitations.all() if one.status in JOINT_OPEN])


def _said(one: JointInvitation) -> str:
    return f"{one.cohort} ({one.cohort.programme.provider}): {one.get_status_display().lower()}"


def _together(session: Session) -> Any:
    """Who was asked to share the day and what became of it, and the way to the numbers."""
    page = reverse("admin:cohorts_session_together", args=[session.pk])
    link = format_html('<a class="su-link" href="{}">See the numbers</a>', page)
    if joined(session):
        return format_html("{}. {}", with_whom(session), link)
    asked = session.invitations.select_related("cohort__programme__provider").order_by("pk")
    lines = [(f"{_said(one)}{f'. {one.reason}' if one.reason else ''}",) for one in asked]
    if not lines:
        return "No other cohort is invited."
    return format_html("<ul>{}</ul>{}", format_html_join("", "<li>{}</li>", lines), link)


class TogetherMixin(SteppedAdmin):
    """The page of a session on which those who run it see how many of each programme come, or came."""

    together = column("Joint day", _together)

    @own_page("<int:pk>/together/", "together")
    def together_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        session = self.get_object(request, str(pk))
        if session is None:
            raise Http404
        counts = counts_of(session)
        if (kind := request.GET.get("export", "")) in FORMATS:
            return export(kind, f"attendance-by-programme-{session.title}", COUNTS, counts)
        return self.page(
            request,
            "admin/cohorts/together.html",
            title=f"Joint day: {session}",
            original=session,
            session=session,
            host=host_of(session),
            counts=counts,
            formats=list(FORMATS),
        )


TO_ANSWER = {
    "yes": ("To answer", lambda rows: rows.to_answer()),
    "no": ("Answered, or over", lambda rows: rows.exclude(pk__in=rows.to_answer())),
}


@admin.register(JointInvitation)
class JointInvitationAdmin(SteppedAdmin):
    """Invitations of one's own cohorts to sessions of others. What they invite to others stands on the page of their session."""

    list_display = ("day", "hosted_by", "when", "cohort", "status_label")
    list_filter = (CohortFilter, choose("to answer", "to_answer", TO_ANSWER), "status")
    search_fields = ("host_session__title", "cohort__name", "cohort__programme__name")
    list_select_related = (
        "cohort__programme__provider", "host_session__cohort__programme__provider", "session",
    )  # fmt: skip
    ordering = ("-host_session__starts_at", "pk")
    fields = readonly_fields = (
        "day", "hosted_by", "when", "place", "message", "cohort", "status_label", "own_session", "reason",
    )  # fmt: skip
    export_columns = (
        Column("Session", "host_session__title"),
        Column("Hosted by", lambda row: _host(row)),
        Column("Starts", "host_session__starts_at"),
        Column("Ends", "host_session__ends_at"),
        Column("Cohort", "cohort"),
        Column("Status", "get_status_display"),
        Column("Asked", "asked_at"),
        Column("Answered", "answered_at"),
        Column("Why not", "reason"),
    )

    day = column("Session", lambda one: one.host_session.title, "host_session__title")
    hosted_by = column("Hosted by", lambda one: _host(one))
    when = column(
        "When",
        lambda one: english.span(one.host_session.starts_at, one.host_session.ends_at),
        "host_session__starts_at",
    )
    place = column("Where", lambda one: one.host_session.place)
    own_session = column("Your session", lambda one: _own_session(one))
    status_label = column(
        "Status",
        lambda one: JointStatus(one.status).label,
        "status",
        colours={
            JointStatus.INVITED.label: "warning",
            JointStatus.ACCEPTED.label: "success",
            JointStatus.WITHDRAWN.label: "danger",
            JointStatus.CALLED_OFF.label: "danger",
        },
    )


def _host(one: JointInvitation) -> str:
    return f"{one.host_session.cohort.programme} ({one.host})"


def _own_session(one: JointInvitation) -> Any:
    if one.session is None:
        return "Once you accept"
    page = reverse("admin:cohorts_session_change", args=[one.session.pk])
    return format_html('<a class="su-link" href="{}">{}</a>', page, one.session)
