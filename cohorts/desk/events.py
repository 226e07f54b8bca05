"""Events beside the programme, and who booked them (B25 to B28, B47)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminURLInputWidget

from cohorts.desk.ceremonies import CeremonyMixin
from cohorts.desk.filters import CohortFilter
from cohorts.models import Booking, Cohort, Occasion, Programme, Session
from cohorts.permissions import CohortPermission
from cohorts.states.events import BookingStatus, EventKind, EventStatus, ForWhom, Worth
from steppingup.desk.lists import NumberFilter, choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import Column

RUN = CohortPermission.RUN_COHORTS
OVER = "Over"
COLOURS = {EventStatus.DRAFT.label: "warning", EventStatus.OPEN.label: "success", EventStatus.CANCELLED.label: "danger"}
BOOKED = {
    BookingStatus.BOOKED.label: "success",
    BookingStatus.WAITING.label: "warning",
    BookingStatus.CANCELLED.label: "danger",
}
DATED = {
    "no": ("Date to be confirmed", lambda rows: rows.filter(starts_at=None)),
    "yes": ("With a date", lambda rows: rows.exclude(starts_at=None)),
}
PHOTOGRAPHED = {
    "yes": ("Agree", lambda rows: rows.filter(photographs=True)),
    "no": ("Do not agree, or have not said", lambda rows: rows.exclude(photographs=True)),
}
CAME = {
    "yes": ("Was there", lambda rows: rows.filter(came=True)),
    "no": ("Was not there", lambda rows: rows.filter(came=False)),
    "open": ("Not said", lambda rows: rows.booked().filter(came=None)),
}


class AroundCohortFilter(CohortFilter):
    """The events of a cohort, and those of its programme that are for all of its cohorts."""

    way = ""

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if not value or not value.isdecimal():
            return queryset
        of_all = Programme.objects.filter(cohorts=int(value)).values("pk")
        whole = Q(**{f"{self.way}cohort": None, f"{self.way}programme__in": of_all})
        return queryset.filter(Q(**{f"{self.way}cohort": int(value)}) | whole)


class OfBookingFilter(AroundCohortFilter):
    way = "occasion__"


class EventFilter(NumberFilter):
    """One event: where its page leads."""

    title, parameter_name = "event", "event"

    def offered(self, request: HttpRequest, model_admin: Any) -> list[tuple[int, str]]:
        return [(one.pk, str(one)) for one in Occasion.objects.visible_to(request.user, model_admin.see)]

    def path_from(self, queryset: Any) -> str:
        return "occasion"


class OccasionForm(forms.ModelForm):
    online_link = forms.URLField(
        label="Link, if it is online", required=False, assume_scheme="https", widget=UnfoldAdminURLInputWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "guests_each" in self.fields:
            self.fields["guests_each"].required = False

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "guests_each" in values:
            values["guests_each"] = values["guests_each"] or 0
        programme, cohort = values.get("programme"), values.get("cohort")
        if programme and cohort and cohort.programme_id != programme.pk:
            self.add_error("cohort", ValidationError("Choose a cohort of this programme, or leave it empty."))
        self._fit_ceremony(values, cohort)
        if bool(values.get("starts_at")) != bool(values.get("ends_at")):
            missing = "ends_at" if values.get("starts_at") else "starts_at"
            self.add_error(missing, ValidationError("Enter both times, or neither."))
        return values

    def _fit_ceremony(self, values: dict[str, Any], cohort: Cohort | None) -> None:
        """A ceremony is for the graduates of a cohort, and they and their guests come to nothing else. What is fixed is not in the form."""
        is_ceremony = values.get("kind", self.instance.kind) == EventKind.CEREMONY
        for_graduates = values.get("for_whom", self.instance.for_whom) == ForWhom.GRADUATES
        if is_ceremony != for_graduates:
            said = (
                "A graduation ceremony is for graduates: choose them under “For whom”."
                if is_ceremony
                else "Only a graduation ceremony is for graduates. Choose it as what the event is, or others to come."
            )
            self.add_error("for_whom" if "for_whom" in self.fields else "kind", ValidationError(said))
        if is_ceremony and not (cohort or self.instance.cohort_id):
            field = "cohort" if "cohort" in self.fields else "kind"
            self.add_error(field, ValidationError("Choose the cohort whose ceremony it is."))
        self._fit_reply_by(values, is_ceremony=is_ceremony)
        if values.get("guests_each") and not is_ceremony:
            self.add_error(
                "guests_each", ValidationError("Only at a graduation ceremony graduates bring guests: enter 0.")
            )

    def _fit_reply_by(self, values: dict[str, Any], *, is_ceremony: bool) -> None:
        reply_by, starts_at = values.get("reply_by"), values.get("starts_at", self.instance.starts_at)
        if reply_by and not is_ceremony:
            self.add_error("reply_by", ValidationError("Only at a graduation ceremony: leave it empty."))
        elif reply_by and starts_at and reply_by > timezone.localdate(starts_at):
            self.add_error("reply_by", ValidationError("Enter a day that is not after the ceremony."))


@admin.register(Occasion)
class OccasionAdmin(CeremonyMixin):
    """What it is and for whom. When and where, and how many can come, change by steps, because people are told."""

    change_permission = RUN
    form = OccasionForm
    fixed_fields = (
        *("programme", "cohort", "for_whom", "starts_at", "ends_at", "expected"),
        *("venue", "online_link", "capacity"),
    )
    list_display = ("title", "kind", "whose", "starts", "places", "state")
    list_filter = (
        AroundCohortFilter,
        "programme",
        "kind",
        "for_whom",
        "status",
        choose("date", "dated", DATED),
        "starts_at",
    )
    search_fields = ("title", "text", "venue", "led_by", "host__name", "programme__name")
    list_select_related = ("programme", "cohort__programme", "host", "session")
    ordering = ("-starts_at", "-pk")
    autocomplete_fields = ("host",)
    readonly_fields = ("people", "running_order", "of_session")
    fieldsets = (
        (None, {"fields": ("programme", "cohort", "kind", "title", "text", "host", "led_by")}),
        (
            "Who can come",
            {
                "fields": (
                    *("for_whom", "capacity", "guests_each", "reply_by", "has_meal"),
                    *("people", "running_order", "of_session"),
                )
            },
        ),
        (
            "When and where",
            {
                "fields": ("starts_at", "ends_at", "expected", "venue", "online_link"),
                "description": "The date can be left empty while it is to be confirmed. Whoever has booked by then, or asked to be told, "
                "hears of it once you say it.",
            },
        ),
    )
    export_columns = (
        Column("Event", "title"),
        Column("What it is", "get_kind_display"),
        Column("Programme", "programme__name"),
        Column("Cohort", "cohort__name"),
        Column("For whom", "get_for_whom_display"),
        Column("Held by", "host__name"),
        Column("Led by", "led_by"),
        Column("Starts", "starts_at"),
        Column("Ends", "ends_at"),
        Column("Where", "venue"),
        Column("Answers by", "reply_by"),
        Column("Places", "capacity"),
        Column("Booked", "booked"),
        Column("Waiting", "waiting"),
        Column("To be told the date", "to_tell"),
        Column("Status", "get_status_display"),
    )

    starts = column("When", lambda one: one.when_in_words, "starts_at")
    whose = column("Of", lambda one: str(one.cohort or one.programme))
    state = column("Status", lambda one: _state(one), "status", colours=COLOURS)
    places = column("Booked", lambda one: _places(one))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_numbers()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "cohort":
            kwargs["queryset"] = Cohort.objects.visible_to(request.user).select_related("programme")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description="Of the session")
    def of_session(self, one: Occasion) -> Any:
        if one.session is None:
            return "None: it stands by itself."
        url = reverse("admin:cohorts_session_change", args=[one.session.pk])
        return format_html('<a class="su-link" href="{}">{}</a>, with which it moves', url, one.session)

    @admin.display(description="Who comes")
    def people(self, one: Occasion) -> Any:
        if one.pk is None:
            return "Nobody yet"
        url = f"{reverse('admin:cohorts_booking_changelist')}?event={one.pk}"
        found = Occasion.objects.with_numbers().get(pk=one.pk)
        said = " ".join(filter(None, (f"{_places(found)}.", _afterwards(found))))
        return format_html('{} <a class="su-link" href="{}">See the bookings</a>', said, url)


def _state(occasion: Occasion) -> str:
    """Nobody books what is over."""
    is_over = occasion.is_over and occasion.status == EventStatus.OPEN
    return OVER if is_over else EventStatus(occasion.status).label


def _places(one: Any) -> str:
    """“12 of 20, 3 waiting”."""
    booked = f"{one.booked} of {one.capacity}" if one.capacity else english.counted(one.booked, "booking")
    more = [f"{one.waiting} waiting" if one.waiting else "", f"{one.to_tell} to be told" if one.to_tell else ""]
    return ", ".join(filter(None, (booked, *more)))


def _afterwards(occasion: Occasion) -> str:
    """“Afterwards 9 people said whether it was worth their time: 7 yes, 2 in part.”"""
    by = dict(occasion.bookings.exclude(worth="").values_list("worth").annotate(Count("pk")).order_by())
    if not by:
        return ""
    each = english.listed([f"{by[one]} {one.label.lower()}" for one in Worth if one in by])
    return f"Afterwards {english.counted(sum(by.values()), 'person', 'people')} said whether it was worth their time: {each}."


@admin.register(Booking)
class BookingAdmin(SteppedAdmin):
    """Who comes, and what they need: what a venue is told is the export of this list."""

    adds = False
    list_display = ("name", "occasion", "organisation", "state", "needs", "was_there", "asked_at")
    list_filter = (
        EventFilter,
        OfBookingFilter,
        "status",
        choose("there", "came", CAME),
        choose("photographs", "photographs", PHOTOGRAPHED),
        "worth",
    )
    search_fields = ("name", "email", "organisation", "guests", "occasion__title")
    list_select_related = ("occasion",)
    ordering = ("occasion", "since", "pk")
    fields = readonly_fields = (
        *("occasion", "name", "email", "organisation", "state", "diet", "access", "stays"),
        *("graduate", "said_as", "guests", "seats", "may_photograph"),
        *("asked_at", "invited_at", "since", "was_there", "worth", "takes"),
    )
    export_columns = (
        Column("Event", "occasion__title"),
        Column("When", lambda one: one.occasion.when_in_words),
        Column("Name", "name"),
        Column("Email", "email"),
        Column("Organisation", "organisation"),
        Column("Status", "get_status_display"),
        Column("Since", "since"),
        Column("Eats", "diet"),
        Column("Needs to take part", "access"),
        Column("Stays the night", lambda one: {True: "Yes", False: "No"}.get(one.stays, "")),
        Column("Graduate", lambda one: "Yes" if one.enrolment_id else ""),
        Column("Name is said", "said_as"),
        Column("Guests", lambda one: "; ".join(one.guest_names)),
        Column("Places", "seats"),
        Column("Photographs", lambda one: _photographs(one)),
        Column("Invited", "invited_at"),
        Column("Was there", lambda one: _there(one)),
        Column("Worth their time", "get_worth_display"),
        Column("What they took away from it", "takes"),
    )

    state = column("Status", lambda one: BookingStatus(one.status).label, "status", colours=BOOKED)
    needs = column("Needs", lambda one: english.listed([said for said in (one.diet, one.access) if said]) or "–")
    graduate = column("Graduate", lambda one: "Yes" if one.enrolment_id else "No")
    may_photograph = column("Photographs", lambda one: _photographs(one) or "Not asked, or not said")
    was_there = column("Was there", lambda one: _there(one) or "–")


def _photographs(one: Booking) -> str:
    return {True: "Yes", False: "No"}.get(one.photographs, "")


def _there(one: Booking) -> str:
    return "" if one.came is None else "Yes" if one.came else "No"


def guests_in_words(session: Session) -> Any:
    """How many from outside have booked a session, and the way to them."""
    found = Occasion.objects.with_numbers().filter(session=session).first()
    if found is None:
        return "It is not open to them."
    url = reverse("admin:cohorts_occasion_change", args=[found.pk])
    return format_html('{}. <a class="su-link" href="{}">See who</a>', _places(found), url)
