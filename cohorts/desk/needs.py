"""Who comes to a day that asks what people need, for staff and for the venue (N7)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from cohorts.models import Session
from cohorts.models.joint import host_of
from cohorts.planning.joint import counts_of
from cohorts.planning.staying import house_of, is_shown
from steppingup.desk.admin import own_page
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.site.export import FORMATS, Column, export

ASKS = {
    "yes": ("Nights, or needs asked for", lambda rows: rows.asking()),
    "no": ("Neither", lambda rows: rows.filter(nights=0, asks_needs=False)),
}
#: For the venue. Names stand beside rooms only.
FOR_THE_VENUE = (
    Column("For", "what"),
    Column("What", "words"),
    Column("Name", "name"),
    Column("Number", "number"),
)


def _confirmed(session: Session) -> Any:
    """How many have confirmed, and the way to the list."""
    if not session.asks:
        return "Nobody is asked."
    house, page = house_of(session), reverse("admin:cohorts_session_needs", args=[session.pk])
    words = f"{len(house.confirmed)} of {len(house.guests)} have confirmed what they need."
    return format_html('{} <a class="su-link" href="{}">See the list</a>', words, page)


class NeedsMixin(SteppedAdmin):
    """The page of a session on which those who run it see who stays and what people need, until it is over."""

    needs_said = column("Confirmed", _confirmed)

    @own_page("<int:pk>/needs/", "needs")
    def needs_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        session = self.get_object(request, str(pk))
        if session is None:
            raise Http404
        if not is_shown(session):
            return self.page(
                request, "admin/cohorts/needs.html", title=f"Needs: {session}", original=session, session=session
            )
        house = house_of(session)
        if (kind := request.GET.get("export", "")) in FORMATS:
            return export(kind, f"for-the-venue-{session.title}", FOR_THE_VENUE, house.lines())
        return self.page(
            request,
            "admin/cohorts/needs.html",
            title=f"Needs: {session}",
            original=session,
            session=session,
            house=house,
            guests_hidden=sum(count.expected for count in counts_of(session)[1:] if host_of(session) == session)
            - sum(guest.enrolment.cohort_id != session.cohort_id for guest in house.guests),
            formats=list(FORMATS),
        )
