"""The board of openings: what is on it, who is interested, who got what, and which employers were asked (L5, L6, B60)."""

from collections import Counter
from typing import Any, NamedTuple

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import localtime

from cohorts.models import GraduateInterest, GraduateOffer, OpeningInvitation, Programme
from cohorts.models.alumni import OPEN
from cohorts.permissions import CohortPermission
from cohorts.states.alumni import GraduateOfferKind
from steppingup import clock
from steppingup.desk.admin import ReadOnlyInline, own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import FORMATS, Column, export

RUN = CohortPermission.RUN_COHORTS
#: So many programmes stand above the list of employers asked; of others it is asked on their own pages.
MOST_WAYS = 6
GOT = "admin:cohorts_graduateoffer_got"
STANDS = {
    "open": ("On the board", lambda rows: rows.open()),
    "offered": ("To be looked at", lambda rows: rows.to_look_at()),
    "not_yet": ("Not open yet", lambda rows: rows.filter(opened_at=None, closed_at=None, invitation=None)),
    "closed": (
        "Closed",
        lambda rows: (
            rows.exclude(opened_at=None).exclude(closed_at=None)
            | rows.exclude(opened_at=None).filter(closes_on__lt=clock.today())
        ),
    ),
    "off": ("Taken off", lambda rows: rows.filter(opened_at=None, closed_at__isnull=False)),
}
ENDED = {
    "no": ("Works", lambda rows: rows.open()),
    "yes": ("Ended", lambda rows: rows.exclude(ended_at=None)),
}


class Line(NamedTuple):
    """What came of the openings of one kind in one year: numbers, and nobody's name."""

    year: int
    kind: str
    openings: int
    interested: int
    got: int


def who_got(offers: Any, interests: Any) -> list[Line]:
    """By the year in which they were put on the board, the latest first; then by kind, in the order of the kinds."""
    found: Counter[tuple[int, str, str]] = Counter()
    year_of = {}
    for pk, kind, opened in offers.exclude(opened_at=None).values_list("pk", "kind", "opened_at"):
        year_of[pk] = (localtime(opened).year, kind)
        found[(*year_of[pk], "openings")] += 1
    for pk, got_on in interests.filter(offer__in=list(year_of)).values_list("offer", "got_on"):
        found[(*year_of[pk], "interested")] += 1
        found[(*year_of[pk], "got")] += got_on is not None
    return [
        Line(year, kind.label, *(found[(year, kind, what)] for what in ("openings", "interested", "got")))
        for year in sorted({year for year, _, _ in found}, reverse=True)
        for kind in GraduateOfferKind
        if found[(year, kind, "openings")]
    ]


COLUMNS = (
    Column("Year", "year"),
    Column("Kind", "kind"),
    Column("Openings", "openings"),
    Column("Interested", "interested"),
    Column("Got one", "got"),
)


class InterestInline(ReadOnlyInline):
    """Who is interested; whoever offers it was told by email, where they agreed to it."""

    model = GraduateInterest
    fields = readonly_fields = ("graduate", "words", "said_at", "handed_on", "got_on")
    related = ("enrolment__participant",)
    verbose_name_plural = "who is interested"
    hide_title = True
    graduate = column("Who", lambda one: one.enrolment.participant)
    handed_on = column(
        "Name handed on",
        lambda one: (
            english.day_date(localtime(one.handed_on_at)) if one.handed_on_at else "No: would like to talk to you first"
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).visible_to(request.user)


@admin.register(GraduateOffer)
class GraduateOfferAdmin(SteppedAdmin):
    """Written down here as the employer says it, or offered by a link; put on the board, closed and opened again by steps."""

    change_permission = RUN
    fixed_fields = ("programme",)
    list_display = (
        "title",
        "organisation",
        "programme",
        "kind",
        "for_whom",
        "closes_on",
        "stands",
        "interested",
        "got",
    )
    list_filter = (choose("how it stands", "stands", STANDS), "programme", "kind", "for_whom", "closes_on")
    search_fields = ("title", "organisation__name", "description", "gives", "contact_name")
    list_select_related = ("organisation", "programme__provider", "invitation")
    ordering = ("-closes_on", "-pk")
    autocomplete_fields = ("organisation",)
    inlines = (InterestInline,)
    fields = (
        *("programme", "organisation", "title", "kind", "for_whom", "description", "gives", "place"),
        *("starts_on", "ends_on", "how_to_apply", "contact_name", "contact_email", "closes_on"),
        *("offered_by", "opened_at", "closed_at"),
    )
    readonly_fields = ("offered_by", "opened_at", "closed_at")
    export_columns = (
        Column("Programme", "programme__name"),
        Column("Organisation", "organisation__name"),
        Column("Opportunity", "title"),
        Column("Kind", "get_kind_display"),
        Column("For whom", "get_for_whom_display"),
        Column("What it is about", "description"),
        Column("What it gives", "gives"),
        Column("Where", "place"),
        Column("From", "starts_on"),
        Column("Until", "ends_on"),
        Column("How to apply", "how_to_apply"),
        Column("Last day", "closes_on"),
        Column("How it stands", "how_it_stands"),
        Column("Whom to ask", "contact_name"),
        Column("Email", "contact_email"),
        Column(
            "Interested", lambda one: english.listed(str(each.enrolment.participant) for each in one.interests.all())
        ),
        Column(
            "Got it",
            lambda one: english.listed(str(each.enrolment.participant) for each in one.interests.all() if each.got_on),
        ),
    )

    stands = column(
        "How it stands",
        lambda one: one.how_it_stands,
        colours={OPEN: "success", "Not open yet": "warning", "To be looked at": "warning"},
    )
    interested = column("Interested", lambda one: len(one.interests.all()))
    got = column("Got it", lambda one: sum(each.got_on is not None for each in one.interests.all()))
    offered_by = column(
        "Offered by", lambda one: f"{one.invitation.name}, by a link" if one.invitation else "Entered by staff"
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """With those who are interested, as far as whoever looks sees their cohorts."""
        seen = GraduateInterest.objects.visible_to(request.user).select_related("enrolment__participant")
        return super().get_queryset(request).prefetch_related(Prefetch("interests", seen))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        tools = [("Who got openings", reverse(GOT))] if self.has_view_permission(request) else []
        return super().changelist_view(request, {**(extra_context or {}), "tools": tools})

    @own_page("who-got-them/", "got")
    def got_view(self, request: HttpRequest) -> HttpResponse:
        """What came of the openings, by year and kind."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        offers = GraduateOffer.objects.visible_to(request.user)
        lines = who_got(offers, GraduateInterest.objects.visible_to(request.user))
        if (kind := request.GET.get("export", "")) in FORMATS:
            return export(kind, "who-got-openings", COLUMNS, lines)
        return self.page(
            request,
            "admin/cohorts/openings_got.html",
            title="Who got openings",
            lines=lines,
            back=reverse("admin:cohorts_graduateoffer_changelist"),
            formats=list(FORMATS),
        )


@admin.register(OpeningInvitation)
class OpeningInvitationAdmin(SteppedAdmin):
    """Who was asked by a link. The link is sent anew, or ended, by steps."""

    adds = False
    list_display = ("name", "organisation", "programme", "email", "asked_at", "offered", "state")
    list_filter = (choose("link", "ended", ENDED), "programme")
    search_fields = ("name", "email", "organisation__name")
    list_select_related = ("organisation", "programme__provider")
    ordering = ("-asked_at", "-pk")
    fields = readonly_fields = (
        *("organisation", "name", "email", "programme", "message"),
        *("asked_at", "asked_by", "ended_at", "offered"),
    )
    export_columns = (
        Column("Organisation", "organisation__name"),
        Column("Name", "name"),
        Column("Email", "email"),
        Column("Programme", "programme__name"),
        Column("Asked", "asked_at"),
        Column("Offered", lambda one: _offered(one)),
        Column("Ended", "ended_at"),
    )

    offered = column("Offered", lambda one: _offered(one))
    state = column("Link", lambda one: "Ended" if one.ended_at else "Works", colours={"Works": "success"})

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("openings")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With a way to ask one more, for each programme that they run."""
        programmes = Programme.objects.visible_to(request.user, RUN).order_by("name", "pk")[:MOST_WAYS]
        tools = [
            (f"Ask an employer: {one.name}", reverse("admin:cohorts_programme_step", args=[one.pk, "ask_for_openings"]))
            for one in programmes
        ]
        return super().changelist_view(request, {**(extra_context or {}), "tools": tools})


def _offered(one: OpeningInvitation) -> str:
    number = len(one.openings.all())
    return english.counted(number, "opening") if number else "Nothing yet"
