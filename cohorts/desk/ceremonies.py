"""A graduation ceremony on the desk: who comes, the running order, who is presented with what, and what is printed (B55, B56)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from cohorts.models import Occasion
from cohorts.planning.ceremonies import Ceremony, ceremony_of
from steppingup import clock
from steppingup.desk.admin import own_page
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.files.names import disposition
from steppingup.site.export import FORMATS, Column, export
from steppingup.site.pdf import render_pdf

#: What whoever calls the names and whoever takes photographs has to know.
ORDER = (
    Column("Number", "number"),
    Column("Name", "name"),
    Column("How it is said", "said_as"),
    Column("Is presented with", "what"),
    Column("Photographs", "photographs"),
    Column("Guests", "guests"),
    Column("For you to do", "missing"),
)


def _order(one: Occasion) -> Any:
    if not one.is_ceremony:
        return "Only a graduation ceremony has one."
    if one.pk is None:  # the page on which it is added, with an error
        return "It is there once the ceremony is added."
    page = reverse("admin:cohorts_occasion_ceremony", args=[one.pk])
    return format_html('<a class="su-link" href="{}">See the running order, and who is presented with what</a>', page)


class CeremonyMixin(SteppedAdmin):
    """The page of a ceremony, and the two documents of its day."""

    running_order = column("Running order", _order)

    def _ceremony(self, request: HttpRequest, pk: Any) -> Ceremony:
        one = self.get_object(request, str(pk))
        if one is None or not one.is_ceremony:
            raise Http404
        return ceremony_of(Occasion.objects.with_numbers().for_steps().get(pk=one.pk))

    @own_page("<int:pk>/ceremony/", "ceremony")
    def ceremony_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        found = self._ceremony(request, pk)
        if (kind := request.GET.get("export", "")) in FORMATS:
            return export(kind, f"running-order-{found.occasion.title}", ORDER, found.called)
        return self.page(
            request,
            "admin/cohorts/ceremony.html",
            title=f"Running order: {found.occasion}",
            original=found.occasion,
            occasion=found.occasion,
            ceremony=found,
            formats=list(FORMATS),
        )

    @own_page("<int:pk>/booklet.pdf", "booklet")
    def booklet_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """For everybody who comes: who graduates, and nothing that is for staff."""
        return self._printed(self._ceremony(request, pk), "cohorts/ceremony_booklet_pdf.html", "Booklet")

    @own_page("<int:pk>/day.pdf", "day_sheet")
    def day_sheet_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """For whoever calls the names, hands over the certificates, and takes photographs."""
        return self._printed(self._ceremony(request, pk), "cohorts/ceremony_day_pdf.html", "List for the day")

    def _printed(self, found: Ceremony, template: str, name: str) -> HttpResponse:
        context = {
            "ceremony": found,
            "occasion": found.occasion,
            "provider": found.occasion.programme.provider,
            "today": clock.today(),
        }
        headers = {"Content-Disposition": disposition(f"{name}: {found.occasion}", "pdf")}
        return HttpResponse(render_pdf(template, context), content_type="application/pdf", headers=headers)
