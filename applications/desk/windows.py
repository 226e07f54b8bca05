"""When people may apply, and the register of interest."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.fields.related import ForeignKey
from django.forms import ModelChoiceField, ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.decorators import display

from applications.actions.closing import bound_by, is_gone_by, tell_of_moved_closing
from applications.actions.late import give_time
from applications.desk.contests import ChangedByColleagues
from applications.desk.window_forms import WindowForm
from applications.models import EmployerRule, Interest, LateEntry, Window
from applications.states import ApplicationStatus
from cohorts.desk.filters import CohortFilter
from cohorts.models import Cohort
from cohorts.permissions import CohortPermission
from cohorts.planning.bank_holidays import about_deadline
from cohorts.states import HAS_BEGUN, CohortStatus
from funding.models import FundingSource
from funding.states import Route
from steppingup import clock
from steppingup.accounts.requests import signed_in
from steppingup.desk.admin import FollowsParent, ReadOnlyInline, ScopedAdmin
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import Column
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Change, Taking


def register_in_words(window: Window, *, as_if_public: bool = False) -> str:
    """Who on the register of interest is told that the window opens, and when: it happens by itself (B32)."""
    if window.interest_told_at:
        return f"Everybody on the register of interest was told on {english.when(window.interest_told_at)}."
    number = Interest.objects.to_tell_of(window).count()
    if window.has_closed():
        return ""
    if not number:
        return "Nobody on the register of interest is waiting to be told that applications open."
    on = "on the register of interest"
    people = english.counted(number, f"person {on} is", f"people {on} are")
    when = (
        "within five minutes" if window.has_opened() else f"when applications open on {english.when(window.opens_at)}"
    )
    graduates = Interest.objects.to_tell_of(window).of_graduates().count()
    if graduates:
        counted = english.counted(graduates, "graduate", "graduates")
        people = people.replace(on, f"{on} ({counted} of programmes that lead on to this one)")
    cohort = window.cohort
    shown = as_if_public or cohort.status == CohortStatus.PUBLISHED
    unseen = (
        "" if shown and cohort.programme.is_published else ", if the cohort and its programme are on the site by then"
    )
    return f"{people} told by email {when}{unseen}."


def _told_in_words(window: Window) -> str:
    """Of the opening; and at once, when the closing time is changed."""
    bound = bound_by(window).in_words if is_gone_by(window) else ""
    moved = f"If you change when applications close, we tell {bound} at once." if bound else ""
    return " ".join(filter(None, (register_in_words(window), moved)))


#: What an empty choice means in a rule for employers.
UNCHOSEN = {"kind": "this employer only", "payer": "as for the whole cohort"}


class EmployerRuleInline(FollowsParent, TabularInline):
    """What holds for the staff of some employers, or kinds of employers: no approval needed (B34), a fund or the provider pays (B37,
    N11)."""

    model = EmployerRule
    fields = EmployerRule.RULES
    verbose_name = "rule for an employer"
    verbose_name_plural = "rules for some employers"

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        """Only funds of this window's programme pay for its places."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "funded_by" and field is not None:
            window_id = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
            funds = FundingSource.objects.visible_to(request.user, CohortPermission.EDIT_PROGRAMMES)
            field.queryset = funds.filter(route=Route.INTERNAL, programme__cohorts__window=window_id or 0)
            field.empty_label = "no fund"  # Unfold has words of its own
        return field

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_choice_field(db_field, request, **kwargs)
        if db_field.name in UNCHOSEN and field is not None:
            field.choices = [("", UNCHOSEN[db_field.name]), *db_field.get_choices(include_blank=False)]
        return field


def _way_back(entry: Any) -> str:
    """Whichever of several it is, not only the one that was given last."""
    if not entry.taking:
        return "–"
    address = reverse("admin:steps_taking_step", args=[entry.taking, take_back.name])
    return format_html('<a class="su-link" href="{}">Take it back</a>', address)


class LateEntryInline(ReadOnlyInline):
    """Who has more time than everybody else, until when and why: given by a step, and taken back like one."""

    model = LateEntry
    fields = readonly_fields = ("whose", "ends", "reason", "given_by", "given", "back")
    related = ("person", "given_by")

    whose = column("Who", lambda entry: entry.email)
    ends = column("Can submit until", lambda entry: english.when(entry.last_moment))
    given = column("Given", lambda entry: english.when(entry.given_at))
    back = column("Take back", lambda entry: _way_back(entry))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A table without rows is not shown. Without a record Django asks whether there may be rows at all."""
        return super().has_view_permission(request, obj) and (obj is None or obj.late_entries.exists())

    def get_queryset(self, request: HttpRequest) -> Any:
        """Nobody reads here what is about themselves. `taking`: the step that gave it, where it still matters and this person may
        take it back."""
        mine = Taking.objects.visible_to(request.user, of=Window).standing().filter(step=give_time.key)
        gave = Change.objects.filter(
            taking__in=mine,
            taking__content_type=ContentType.objects.get_for_model(Window),
            taking__object_id=OuterRef("window"),
            table=LateEntry._meta.db_table,
            key=OuterRef("pk"),
            before__isnull=True,
        )
        taking = Case(When(until__gt=clock.now(), then=Subquery(gave.values("taking")[:1])))
        return super().get_queryset(request).visible_to(request.user).annotate(taking=taking)


WINDOW_STATES = {
    "coming": ("Not open yet", lambda rows: rows.coming()),
    "open": ("Open", lambda rows: rows.open_at()),
    "closed": ("Closed", lambda rows: rows.closed()),
}


@admin.register(Window)
class WindowAdmin(ChangedByColleagues, SteppedAdmin):
    """When people may apply for a cohort, and by which rules (B33)."""

    form = WindowForm

    change_permission = CohortPermission.EDIT_PROGRAMMES
    list_display = ("cohort", "state", "opens", "closes", "written", "submitted")
    list_filter = (choose("state", "state", WINDOW_STATES), CohortFilter, "cohort__programme")
    search_fields = ("cohort__name", "cohort__programme__name")
    ordering = ("-opens_at",)
    readonly_fields = ("who_is_told",)
    fixed_fields = ("cohort",)  # people have applied through it
    inlines = (EmployerRuleInline, LateEntryInline)
    fieldsets = (
        (None, {"fields": ("cohort", "opens_at", "closes_at", "who_is_told")}),
        ("Review", {"fields": (("assessors_each", "max_score"), "reserve")}),
        ("Offers and fees", {"fields": (("offer_days", "sponsor_link_days"), "submit_while_bursary_pending")}),
    )
    export_columns = (
        Column("Programme", "cohort__programme__name"),
        Column("Cohort", "cohort__name"),
        Column("Opens", "opens_at"),
        Column("Closes", "closes_at"),
        Column("In progress", "number_written"),
        Column("Submitted", "number_submitted"),
        Column("Register told", "interest_told_at"),
    )

    who_is_told = column("Who is told", lambda window: (window.pk and _told_in_words(window)) or "–")
    opens = column("Opens", lambda window: english.when(window.opens_at), "opens_at")
    closes = column("Closes", lambda window: english.when(window.last_moment), "closes_at")
    written = column("In progress", "number_written", "number_written")
    submitted = column("Submitted", "number_submitted", "number_submitted")

    def decides_for(self, obj: Window) -> set[int]:
        return {obj.cohort_id}

    def save_model(self, request: HttpRequest, obj: Window, form: ModelForm, change: bool) -> None:
        """Whoever is bound by the closing time is told when it moves."""
        super().save_model(request, obj, form, change)
        if "closes_at" in form.changed_data:
            for said in about_deadline(timezone.localdate(obj.last_moment), obj.cohort.programme.nation):
                self.message_user(request, f"Applications close on a day off: {said}", messages.WARNING)
        if change and "closes_at" in form.changed_data:
            job = tell_of_moved_closing(window=obj, before=form.initial["closes_at"], by=signed_in(request))
            if job is not None:
                said = f"We are telling {bound_by(obj).in_words} that applications close at another time."
                link = format_html('<a class="su-link" href="{}">See how far it is</a>', job.get_absolute_url())
                self.message_user(request, format_html("{} {}", said, link))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Whoever has applied is scored by as many people, and on the scale, that stood when the first of them did; and where the
        ranking drew its lines stays once the places were given."""
        given = list(super().get_readonly_fields(request, obj))
        if obj and obj.cohort.admission_began_at:
            given += ["assessors_each", "max_score"]
        return [*given, "reserve"] if obj and obj.cohort.status in HAS_BEGUN else given

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        first, review, *rest = super().get_fieldsets(request, obj)
        if obj and obj.cohort.admission_began_at:
            since = english.day_date(obj.cohort.admission_began_at)
            said = (
                f"People have been applying since {since}. How many score each application, and the scale, stay as they are. "
                "What you say of an employer below holds for whoever submits from now on."
            )
            if obj.cohort.status in HAS_BEGUN:
                said += " The places were given, so how many were held in reserve stays too."
            review = (review[0], {**review[1], "description": said})
        return [first, review, *rest]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Window]:
        draft = Q(cohort__applications__status=ApplicationStatus.DRAFT)
        rows = super().get_queryset(request).select_related("cohort__programme")
        return rows.annotate(
            number_written=Count("cohort__applications", filter=draft),
            number_submitted=Count("cohort__applications", filter=~draft),
        )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A cohort has one window."""
        if db_field.name == "cohort":
            mine = Cohort.objects.visible_to(request.user, self.change_permission)
            kwargs["queryset"] = mine.filter(window=None).select_related("programme")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(description="Status", label={"Open": "success", "Not open yet": "info", "Closed": ""})
    def state(self, window: Window) -> str:
        if not window.has_opened():
            return "Not open yet"
        return "Closed" if window.has_closed() else "Open"


INTEREST_STATES = {
    "standing": ("On the list", lambda rows: rows.standing()),
    "unconfirmed": ("Not confirmed", lambda rows: rows.filter(confirmed_at=None, left_at=None)),
    "left": ("Left", lambda rows: rows.exclude(left_at=None)),
}


@admin.register(Interest)
class InterestAdmin(ScopedAdmin):
    """The register of interest (B32). People join and leave it by themselves; it is only read here."""

    list_display = ("email", "name", "programme", "state", "registered", "told")
    list_select_related = ("programme",)
    list_filter = (choose("state", "state", INTEREST_STATES), "programme")
    search_fields = ("email", "name")
    export_columns = (
        Column("Email address", "email"),
        Column("Name", "name"),
        Column("Programme", "programme__name"),
        Column("Registered", "registered_at"),
        Column("Confirmed", "confirmed_at"),
        Column("Left", "left_at"),
        Column("Last told", "last_told_at"),
    )

    registered = column("Registered", lambda interest: english.day_date(interest.registered_at), "registered_at")
    told = column("Last told", lambda interest: english.day_date(interest.last_told_at), "last_told_at")

    @display(description="Status", label={"On the list": "success", "Not confirmed": "warning", "Left": ""})
    def state(self, interest: Interest) -> str:
        if interest.left_at:
            return "Left"
        return "On the list" if interest.confirmed_at else "Not confirmed"
