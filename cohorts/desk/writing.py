"""What was written to people: every message, to whom it went, and what became of it for each."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from cohorts.actions.writing import CHOSEN, write
from cohorts.desk.filters import CohortFilter
from cohorts.models import Addressee, Announcement, Cohort, Enrolment
from cohorts.permissions import CohortPermission
from steppingup.desk.admin import ScopedAdmin, own_page
from steppingup.desk.lists import NumberFilter, choose, column
from steppingup.desk.messages import LABELS
from steppingup.desk.stepping import SteppedAdmin, link_button
from steppingup.formats import english
from steppingup.messaging.models import Attachment
from steppingup.messaging.states import GONE, NEEDS_ATTENTION, MessageStatus
from steppingup.site.export import Column

RUN = CohortPermission.RUN_COHORTS
BECAME = {
    "gone": ("Sent or posted", lambda rows: rows.filter(message__status__in=GONE)),
    "amiss": ("Did not arrive, or may not have", lambda rows: rows.filter(message__status__in=NEEDS_ATTENTION)),
    "post": ("To be printed and posted", lambda rows: rows.filter(message__status=MessageStatus.TO_POST)),
    "not": ("Not written to", lambda rows: rows.not_written_to()),
}
FAILED = {
    "yes": ("Did not reach somebody", lambda rows: rows.failed()),
    "no": ("Reached everybody so far", lambda rows: rows.exclude(pk__in=rows.failed().order_by().values("pk"))),
}


def people_of(announcement: Announcement) -> str:
    """The list of those to whom it went."""
    return f"{reverse('admin:cohorts_addressee_changelist')}?announcement={announcement.pk}"


def _became(announcement: Announcement) -> Any:
    """In numbers, each with the way to those that it counts."""
    rows = Addressee.objects.filter(announcement=announcement)
    page = people_of(announcement)
    found = [("", "Everybody to whom it was to go", rows.count())]
    found += [(key, title, narrow(rows).count()) for key, (title, narrow) in BECAME.items()]
    lines = [(f"{page}&became={key}" if key else page, f"{title}: {number}") for key, title, number in found if number]
    return format_html("<ul>{}</ul>", format_html_join("", '<li><a class="su-link" href="{}">{}</a></li>', lines))


def _files(announcement: Announcement) -> Any:
    """The same for everybody, so those of one email are shown."""
    one = announcement.addressees.exclude(message=None).values_list("message", flat=True).first()
    found = Attachment.objects.filter(message=one).select_related("file") if one else []
    links = [(reverse("admin:messaging_message_file", args=[one, row.file_id]), row.file.in_words) for row in found]
    return format_html_join(", ", '<a class="su-link" href="{}">{}</a>', links) if links else "None"


@admin.register(Announcement)
class AnnouncementAdmin(SteppedAdmin):
    """Nothing here is edited: what was written, was written."""

    adds = False
    list_display = ("subject", "cohort", "whom", "read_by", "writer", "written_at", "reached")
    list_filter = (CohortFilter, choose("arrived", "failed", FAILED), "written_by")
    search_fields = ("subject", "text", "whom", "addressees__name")
    search_help_text = "Subject, words or whom it was written to"
    list_select_related = ("cohort__programme__provider", "written_by")
    ordering = ("-written_at", "-pk")
    fieldsets = (
        (None, {"fields": ("cohort", "whom", "read_by", "writer", "written_at", "reply_to")}),
        ("What became of it", {"fields": ("became",)}),
        ("Message", {"fields": ("subject", "text", "files")}),
    )
    readonly_fields = (
        *("cohort", "whom", "read_by", "writer", "written_at", "reply_to"),
        *("became", "subject", "text", "files"),
    )
    export_columns = (
        Column("Written", "written_at"),
        Column("By", "written_by"),
        Column("Cohort", "cohort"),
        Column("To whom", "whom"),
        Column("Who of them", lambda one: english.listed(one.read_by)),
        Column("Subject", "subject"),
        Column("Message", "text"),
        Column("Emails and letters", "written"),
        Column("Sent or posted", "gone"),
        Column("Did not arrive, or may not have", "amiss"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Announcement]:
        return super().get_queryset(request).with_counts()

    read_by = column("Who of them", lambda one: english.listed(one.read_by))
    writer = column("Written by", "written_by")
    reached = column("Sent", lambda one: f"{one.gone} of {one.written}{f', {one.amiss} amiss' if one.amiss else ''}")
    became = column("For each", _became)
    files = column("Files", _files)


class AnnouncementFilter(NumberFilter):
    title, parameter_name, path = "message", "announcement", "announcement"

    def offered(self, request: HttpRequest, model_admin: Any) -> list[tuple[int, str]]:
        """The latest; an older one is come to from its own page."""
        latest = Announcement.objects.visible_to(request.user).order_by("-pk")[:30]
        return [(one.pk, one.subject) for one in latest]


@admin.register(Addressee)
class AddresseeAdmin(ScopedAdmin):
    """To whom messages went, and what became of each."""

    adds = False
    list_display = ("called", "reads_as", "participant", "announcement", "state", "address", "sent_at", "error")
    list_display_links = None
    list_filter = (CohortFilter, AnnouncementFilter, choose("what became of it", "became", BECAME), "reader")
    search_fields = ("name", "enrolment__participant__full_name", "announcement__subject")
    list_select_related = ("enrolment__participant", "announcement__cohort__programme__provider", "message")
    ordering = ("-announcement__pk", "name", "pk")
    fields = readonly_fields = ("called", "reads_as", "participant", "announcement", "became", "error")
    export_columns = (
        Column("Name", "name"),
        Column("Who", "get_reader_display"),
        Column("Participant", "enrolment__participant"),
        Column("Subject", "announcement__subject"),
        Column("Address", lambda row: row.message.to_email if row.message else ""),
        Column("What became of it", "became"),
        Column("Sent", lambda row: row.message.sent_at if row.message else None),
        Column("What went wrong", lambda row: row.message.last_error if row.message else ""),
    )

    called = column("Name", lambda row: _linked(row), "name")
    reads_as = column("Who", "get_reader_display", "reader")
    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")
    state = column(
        "What became of it",
        lambda row: (row.message.status if row.message else "", row.became),
        "message__status",
        colours={**LABELS, "": "warning"},
    )
    address = column("Address", lambda row: row.message.to_email if row.message else "–")
    sent_at = column(
        "Sent", lambda row: english.when(row.message.sent_at) if row.message and row.message.sent_at else "–"
    )
    error = column("What went wrong", lambda row: row.message.last_error if row.message else "–")


def _linked(row: Addressee) -> Any:
    """On to the email itself."""
    name = row.name or "–"
    if row.message_id is None:
        return name
    page = reverse("admin:messaging_message_change", args=[row.message_id])
    return format_html('<a class="su-link" href="{}">{}</a>', page, name)


class WritingMixin(SteppedAdmin):
    """On participants: write to those that are ticked, or to one."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        if self.allows(request, RUN):
            actions["write_to_them"] = (_write_to_ticked, "write_to_them", "Write to them")
        return actions

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        found = super().buttons(request, subject)
        if isinstance(subject, Enrolment):
            found.insert(0, link_button("Write to them", reverse("admin:cohorts_enrolment_write", args=[subject.pk])))
        return found

    @own_page("<int:pk>/write/", "write")
    def write_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        enrolment = self.get_object(request, str(pk))
        if enrolment is None:
            raise Http404
        return self.write_to(request, enrolment.cohort, [enrolment.pk])

    def write_to(self, request: HttpRequest, cohort: Cohort, people: list[int]) -> HttpResponse:
        """The page on which it is written, with these ticked."""
        own: Any = self.admin_site.get_model_admin(Cohort)
        found: HttpResponse = own.open_step(request, write, cohort, whom=CHOSEN, people=people)
        return found


def _write_to_ticked(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
    chosen = list(queryset.order_by().values_list("pk", "cohort"))
    if len({cohort for _, cohort in chosen}) != 1:
        messages.error(request, "Choose people of one cohort. You write to each cohort by itself.")
        return HttpResponseRedirect(request.get_full_path())
    cohort = Cohort.objects.visible_to(request.user).for_steps().get(pk=chosen[0][1])
    found: HttpResponse = model_admin.write_to(request, cohort, [pk for pk, _ in chosen])
    return found
