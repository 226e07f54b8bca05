"""Figures as they were published, on the desk: the grid of units and tiers as a table, a picture and a file, and one group over the years."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import slugify

from representation import grids, series
from representation.desk.beginning import ReadsInFigures
from representation.measuring.counting import EVERYBODY
from representation.measuring.shares import one_place
from representation.models import FigureRelease, PublishedFigure, RecruitmentFigure
from representation.permissions import RepresentationPermission
from representation.wres import wres_of
from steppingup.desk.admin import own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import link_button
from steppingup.formats import english
from steppingup.site.export import Column, export, stream_csv

KEEP = RepresentationPermission.KEEP_PLAN
GRID = "admin:representation_figurerelease_grid"
UNITS = 200  # lines on a page
PICTURED = 40  # lines of a picture
FIGURES = 200  # to choose from
STATES = {
    "current": ("Current", lambda rows: rows.current()),
    "corrected": ("Corrected since", lambda rows: rows.exclude(snapshot__corrected_by=None)),
}
OF_CELLS = (
    Column("Unit", "unit"),
    Column("Tier", "tier"),
    Column("People", "cell__people"),
    Column("About so many", lambda row: "" if row.cell.percent is None else row.cell.number),
    Column("Of whom the answer is known", lambda row: "" if row.cell.percent is None else row.cell.known),
    Column("Share (%)", lambda row: one_place(row.cell.percent)),
    Column("At least (%)", lambda row: one_place(row.cell.least)),
    Column("At most (%)", lambda row: one_place(row.cell.most)),
    Column("Compared with", "against"),
    Column("Points above or below", lambda row: one_place(row.cell.points)),
    Column("People who would have to be more", lambda row: "" if row.cell.points is None else row.cell.missing),
    Column("Points since the release before", lambda row: one_place(row.cell.trend)),
    Column("What can be said", lambda row: row.cell.verdict.replace("_", " ")),
)

OF_BANDS = (
    Column("Counted with", "track"),
    Column("Band", "name"),
    Column("People", "cell__people"),
    Column("About so many", lambda band: "" if band.cell.percent is None else band.cell.number),
    Column("Of whom the answer is known", lambda band: "" if band.cell.percent is None else band.cell.known),
    Column("Share (%)", lambda band: one_place(band.cell.percent)),
    Column("Points beside the whole workforce", lambda band: one_place(band.cell.points)),
)


@admin.register(FigureRelease)
class FigureReleaseAdmin(ReadsInFigures):
    """What is shown of the workforce figures. Opened, each is a grid."""

    when_empty = "Read in figures of your workforce and publish them: each day of figures then has its grid here."
    adds = False
    list_display = ("source", "characteristic", "day", "state", "made_at")
    list_filter = ("characteristic", choose("state", "state", STATES))
    search_fields = ("snapshot__source", "characteristic__name")
    list_select_related = ("provider", "snapshot__corrected_by", "characteristic", "made_by")
    ordering = ("-snapshot__taken_on", "-pk")
    fields = readonly_fields = ("provider", "source", "characteristic", "day", "state", "made_at", "made_by")
    export_columns = (
        Column("Source", "snapshot__source"),
        Column("Counted by", "characteristic__name"),
        Column("Figures of", "snapshot__taken_on"),
        Column("Published", "made_at"),
        Column("Corrected since", lambda one: hasattr(one.snapshot, "corrected_by")),
    )

    source = column("Source", lambda one: one.snapshot.source, "snapshot__source")
    day = column("Figures of", lambda one: english.day_date(one.snapshot.taken_on), "snapshot__taken_on")
    state = column(
        "Status",
        lambda one: "Corrected since" if hasattr(one.snapshot, "corrected_by") else "Current",
        colours={"Current": "success", "Corrected since": "info"},
    )

    def get_queryset(self, request: HttpRequest) -> "QuerySet[FigureRelease]":
        rows: QuerySet[FigureRelease] = super().get_queryset(request)
        return rows if request.resolver_match and request.resolver_match.url_name in ALONE else rows.defer("contents")

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        return [link_button("Open the grid", reverse(GRID, args=[subject.pk])), *super().buttons(request, subject)]

    def _release(self, request: HttpRequest, pk: int) -> FigureRelease:
        found: FigureRelease | None = self.get_object(request, str(pk))
        if found is None or not self.allows(request, KEEP, found):
            raise Http404
        return found

    @own_page("<int:pk>/grid/", "grid")
    def grid_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Units and tiers with their shares, beside what is chosen; as a table, a picture or a file."""
        release = self._release(request, pk)
        earlier = list(FigureRelease.objects.visible_to(request.user, KEEP).before(release)[: grids.YEARS])
        figures = list(self._figures(request, release))
        chosen = request.GET.get("against", grids.WHOLE)
        comparator = grids.comparator_of(release, chosen, earlier, figures)
        made = grids.build(release, comparator, next(iter(earlier), None), grids.became() if earlier else {})
        if request.GET.get("as") in ("csv", "xlsx"):
            name = slugify(f"grid {release.contents['characteristic']} {release.taken_on:%Y-%m-%d}")
            return export(request.GET["as"], name, OF_CELLS, grids.file_rows(made))
        is_picture = request.GET.get("as") == "picture"
        page = Paginator(made.lines, PICTURED if is_picture else UNITS).get_page(request.GET.get("page"))
        kept = request.GET.copy()
        kept.pop("page", None)
        return self.page(
            request,
            "admin/representation/grid_picture.html" if is_picture else "admin/representation/grid.html",
            title=release.contents["characteristic"],
            original=release,
            release=release,
            corrected=getattr(release.snapshot, "corrected_by", None),
            grid=made,
            page=page,
            picture=series.heat(made.columns, list(page)) if is_picture else None,
            chosen=chosen,
            earlier=earlier,
            figures=figures,
            kept=kept.urlencode(),
            against=kept.get("against", ""),
            whose=" or ".join(release.contents["answers"]["group"]),
        )

    def _figures(self, request: HttpRequest, release: FigureRelease) -> "QuerySet[PublishedFigure]":
        rows = PublishedFigure.objects.visible_to(request.user, KEEP).filter(provider=release.provider_id)
        return rows.order_by("name", "-year", "pk")[:FIGURES]

    @own_page("<int:pk>/series/", "series")
    def series_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """One group of people over the years: a picture, its table, and a file. Everybody, where no other group is named."""
        release = self._release(request, pk)
        unit = request.GET.get("unit") or str(release.contents["units"][0][0])
        tier = request.GET.get("tier") or str(EVERYBODY)
        found = series.of_group(release, unit, tier, grids.became())
        if found is None:
            raise Http404
        if request.GET.get("as") == "csv":
            return stream_csv(slugify(f"series {found.name} {found.tier}"), series.COLUMNS, found.points)
        return self.page(
            request,
            "admin/representation/series.html",
            title=f"{found.name}: {found.tier}",
            original=release,
            release=release,
            found=found,
            kept=urlencode({"unit": unit, "tier": tier}),
            picture=series.line_picture(found.points),
            back=reverse(GRID, args=[release.pk]),
        )

    @own_page("<int:pk>/wres/", "wres")
    def wres_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """What the NHS asks for, from these figures and from recruitment in the year before."""
        release = self._release(request, pk)
        recruitment = RecruitmentFigure.objects.in_year_to(release.taken_on).filter(
            characteristic=release.characteristic_id
        )
        found = wres_of(release, recruitment.select_related("tier").prefetch_related("unit__versions")[:20])
        if request.GET.get("as") == "csv":
            bands = [band for _, several in found.tracks for band in several]
            return stream_csv(f"wres-{release.taken_on:%Y-%m-%d}", OF_BANDS, bands)
        return self.page(
            request,
            "admin/representation/wres.html",
            title="Workforce Race Equality Standard",
            original=release,
            release=release,
            wres=found,
            whose=" or ".join(release.contents["answers"]["group"]),
            back=reverse(GRID, args=[release.pk]),
        )


#: Where a release stands alone, with all that is in it.
ALONE = {
    f"representation_figurerelease_{name}"
    for name in ("change", "grid", "wres", "series", "history", "delete", "step", "move")
}
