"""Voluntary Heads of Service on the desk: the teams of a council, what is wanted in a year, and how it stands (R7)."""

from typing import Any, NamedTuple

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from unfold.admin import TabularInline

from cohorts.models import Placement
from representation.boards import Board, Head, board_on, boards_of
from representation.models import HeadsScheme, HeadsYear, ManagementTeam, TeamTie
from representation.models.known import known_to
from representation.permissions import RepresentationPermission
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.desk.admin import FollowsParent, own_page
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin, link_button
from steppingup.site.export import FORMATS, Column, export
from steppingup.site.sections import render_sections

KEEP = RepresentationPermission.KEEP_PLAN
BOARD = "admin:representation_headsscheme_board"
#: Said instead of a name to whoever does not run the cohort.
HIDDEN = "Name known to those who run the cohort"
OVER = "This year is over, so it stays as it was."


class YearForm(forms.ModelForm):
    """A year that is over is not changed any more."""

    class Meta:
        model = HeadsYear
        fields = ("starts_on", "ends_on", "target", "capacity")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.instance.pk and self.has_changed() and HeadsYear.objects.get(pk=self.instance.pk).is_over:
            raise forms.ValidationError(OVER)
        return values


class YearFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        """Nor is it removed."""
        super().clean()
        for form in self.deleted_forms:
            if form.instance.pk and form.instance.is_over:
                raise forms.ValidationError(OVER)


class YearInline(FollowsParent, TabularInline):
    """How many are wanted from a day until a day, and how many there is room for."""

    model = HeadsYear
    form = YearForm
    formset = YearFormSet
    verbose_name = "year"
    verbose_name_plural = "years"
    fields = ("starts_on", "ends_on", "target", "capacity")


class TeamInline(FollowsParent, TabularInline):
    """The teams, each from a day until a day where that is known."""

    model = ManagementTeam
    verbose_name = "management team"
    verbose_name_plural = "management teams"
    fields = ("name", "since", "until")


class Line(NamedTuple):
    """One line of the download: a team in a year, and somebody who was there."""

    year: str
    team: str
    state: str
    who: str
    assignment: str
    since: Any
    until: Any
    target: int
    capacity: int


COLUMNS = (
    Column("Year", "year"),
    Column("Management team", "team"),
    Column("Voluntary head", "state"),
    Column("Who", "who"),
    Column("Assignment", "assignment"),
    Column("From", "since"),
    Column("To", "until"),
    Column("Wanted in the year", "target"),
    Column("Room for", "capacity"),
)


class Names:
    """Who may be read by name: as far as the viewer may see the assignment."""

    def __init__(self, viewer: Any, boards: list[Board]) -> None:
        wanted = {head.placement.pk for board in boards for head in board.heads}
        rows = Placement.objects.visible_to(viewer).filter(pk__in=wanted).select_related("enrolment__participant")
        self._known = {one.pk: one for one in rows}

    def of(self, head: Head) -> str:
        found = self._known.get(head.placement.pk)
        return str(found.enrolment.participant) if found else HIDDEN

    def page_of(self, head: Head) -> str:
        found = self._known.get(head.placement.pk)
        return reverse("admin:cohorts_enrolment_change", args=[found.enrolment_id]) if found else ""


def _lines(board: Board, names: Names) -> list[Line]:
    found = []
    for row in board.rows:
        heads: list[Head | None] = [*row.heads] or [None]  # a team without one has a line too
        for head in heads:
            told: tuple[str, str, Any, Any] = ("", "", None, None) if head is None else _told(head, names)
            found.append(
                Line(board.year.label, row.team.name, row.state, *told, board.year.target, board.year.capacity)
            )
    return found


def _told(head: Head, names: Names) -> tuple[str, str, Any, Any]:
    return names.of(head), head.placement.title, head.since, head.until


@admin.register(HeadsScheme)
class HeadsSchemeAdmin(SteppedAdmin):
    """The schemes of a provider, each of one council."""

    change_permission = KEEP
    fixed_fields = ("provider", "organisation")
    list_display = ("name", "organisation", "provider", "this_year")
    list_filter = ("organisation",)
    search_fields = ("name", "organisation__name")
    list_select_related = ("provider", "organisation")
    ordering = ("name", "pk")
    fields = ("provider", "organisation", "name", "about")
    inlines = (YearInline, TeamInline)
    export_columns = (
        Column("Scheme", "name"),
        Column("Whose management teams", "organisation__name"),
        Column("Provider", "provider__name"),
        Column("Year", lambda scheme: _year_of(scheme) or ""),
        Column("Wanted", lambda scheme: year.target if (year := _year_of(scheme)) else ""),
        Column("Room for", lambda scheme: year.capacity if (year := _year_of(scheme)) else ""),
    )

    this_year = column("Wanted this year", lambda scheme: year.target if (year := _year_of(scheme)) else "–")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("years")

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> Any:
        if db_field.name == "organisation":
            return known_to(Organisation.objects.providers_of(request.user, KEEP))
        return super().get_field_queryset(db, db_field, request)

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        return [link_button("See how it stands", reverse(BOARD, args=[subject.pk])), *super().buttons(request, subject)]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One of which nothing was said yet."""
        unused = obj is not None and not TeamTie.objects.filter(team__scheme=obj).exists()
        return unused and self.has_change_permission(request, obj) and not any(year.is_over for year in obj.years.all())

    @own_page("<int:pk>/board/", "board")
    def board_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A year: each management team, and whether it has a Voluntary Head; and the years beside one another."""
        scheme: HeadsScheme | None = self.get_object(request, str(pk))
        if scheme is None:
            raise Http404
        boards, undated = boards_of(scheme)
        wanted = request.GET.get("year", "")
        board = next((one for one in boards if str(one.year.pk) == wanted), None) or board_on(boards)
        names = Names(request.user, [board] if board else [])
        if board and (kind := request.GET.get("export", "")) in FORMATS:
            return export(kind, f"{slugify(scheme.name)}-{slugify(board.year.label)}", COLUMNS, _lines(board, names))
        rows = [
            {"row": row, "heads": [(head, names.of(head), names.page_of(head)) for head in row.heads]}
            for row in (board.rows if board else ())
        ]
        return self.page(
            request,
            "admin/representation/heads_board.html",
            title=str(scheme),
            original=scheme,
            scheme=scheme,
            board=board,
            boards=boards,
            rows=rows,
            undated=undated,
            offered=TeamTie.objects.for_steps().filter(team__scheme=scheme, opportunity__isnull=False),
            formats=list(FORMATS),
            sections=render_sections("heads_board", request, scheme),
        )


def _year_of(scheme: HeadsScheme) -> HeadsYear | None:
    """The year that it is now."""
    return next((year for year in scheme.years.all() if not year.is_over and year.starts_on <= clock.today()), None)
