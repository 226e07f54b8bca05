"""Reviews of a plan on the desk: the items one by one, and the minutes."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import slugify

from representation.actions import meetings
from representation.actions.leads import asked_in_words
from representation.models import LONGEST, ActionItem, ItemLead, MeetingDecision, PlanMeeting
from representation.states import ItemStatus
from steppingup.accounts.requests import signed_in
from steppingup.desk.admin import ReadOnlyInline, own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin, leads_to, link_button
from steppingup.files.names import disposition
from steppingup.formats.date_fields import DayInput
from steppingup.site.export import NOT_KEPT, Column
from steppingup.site.pdf import render_pdf
from steppingup.site.stepping import act_on
from steppingup.site.together import SEEN, Meeting, Seen, Sheet, one_at_a_time, page_of

WALK = "admin:representation_planmeeting_walk"
STATES = {
    "open": ("Open", lambda rows: rows.filter(closed_at=None)),
    "closed": ("Closed", lambda rows: rows.exclude(closed_at=None)),
}
LATEST = 5


def _box(label: str, rows: int, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=LONGEST, help_text=hint, widget=forms.Textarea(attrs={"rows": rows})
    )


class DecisionForm(forms.Form):
    """What a meeting says of one item."""

    status = forms.ChoiceField(label="How far has it come?", choices=ItemStatus.choices)
    words = _box("What has been done, or what stands in the way?", 3)
    evidence = _box("Where can this be seen?", 2)
    decision = _box("What is decided?", 3)
    next_on = DayInput(label="Look at it again on", required=False)


class DecisionInline(ReadOnlyInline):
    """What was decided, item by item."""

    model = MeetingDecision
    fields = readonly_fields = ("item", "said", "decision", "next_on")
    verbose_name_plural = "decisions"
    related = ("item", "report")
    hide_title = True

    said = column("Said", lambda one: _said(one))


def _said(one: MeetingDecision) -> str:
    if one.report is None:
        return "–"
    return f"{one.report.get_status_display()}{f'. {one.report.words}' if one.report.words else ''}"


@admin.register(PlanMeeting)
class PlanMeetingAdmin(SteppedAdmin):
    """Begun on the page of a plan."""

    adds = False
    list_display = ("held_on", "plan", "group", "state", "next_on")
    list_filter = (choose("state", "state", STATES), "plan", "group")
    search_fields = ("plan__name", "present", "group__name")
    list_select_related = ("plan__provider", "group")
    ordering = ("-held_on", "-pk")
    fields = readonly_fields = ("plan", "group", "held_on", "present", "state", "next_on")
    inlines = (DecisionInline,)
    export_columns = (
        Column("Plan", "plan__name"),
        Column("On", "held_on"),
        Column("Group", "group"),
        Column("Who was there", "present"),
        Column("Next review", "next_on"),
        Column("Closed", "closed_at"),
    )

    state = column(
        "Status",
        lambda one: "Closed" if one.closed_at else "Open",
        colours={"Closed": "info", "Open": "success"},
    )

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        pages = [
            link_button("Download the minutes", reverse("admin:representation_planmeeting_minutes", args=[subject.pk]))
        ]
        if subject.closed_at is None:
            pages.insert(0, link_button("Go through the items", reverse(WALK, args=[subject.pk])))
        return [*pages, *super().buttons(request, subject)]

    def _meeting(self, request: HttpRequest, pk: int) -> PlanMeeting:
        found: PlanMeeting | None = self.get_object(request, str(pk))
        if found is None:
            raise Http404
        return found

    @own_page("<int:pk>/items/", "walk")
    def walk_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The items in their order, with what was decided of each; on to the first that is left."""
        meeting = self._meeting(request, pk)
        decided = {one.item_id: one for one in meeting.decisions.select_related("report")}
        items = list(meeting.items().select_related("section"))
        rows = [{"item": item, "decision": decided.get(item.pk)} for item in items]
        left = next((item for item in items if item.pk not in decided), None)
        shown = {"rows": rows, "left": left, "done": len(decided), "number": len(items), "meeting": meeting}
        return self.page(
            request, "admin/representation/review.html", title=f"Review: {meeting}", original=meeting, **shown
        )

    @own_page("<int:pk>/items/<int:item>/", "item")
    def item_view(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        """One item: how it stands, who leads it, and what the meeting says of it."""
        with one_at_a_time(PlanMeeting, pk):
            return self._item(request, pk, item)

    def _item(self, request: HttpRequest, pk: int, item: int) -> HttpResponse:
        meeting = self._meeting(request, pk)
        items = list(meeting.items().select_related("section", "plan"))
        at = next((place for place, one in enumerate(items) if one.pk == item), None)
        if at is None:
            raise Http404
        found = items[at]
        before = meeting.decisions.filter(item=found).first()
        begins = {"status": found.status}
        if before is not None:
            begins |= {"decision": before.decision, "next_on": before.next_on}
        sheet, met = Sheet(DecisionForm(initial=begins)), None
        if request.method == "POST" and (seen := Seen.read(request.POST.get(SEEN, ""))):
            met = Meeting(sheet, seen, request.POST, request.FILES)
        given = met.data if met else request.POST
        form = DecisionForm(given if request.method == "POST" else None, initial=begins)
        shown_again = met is not None and met.shows
        if not shown_again and act_on(form, meetings.decide, meeting=meeting, item=found, by=signed_in(request)):
            messages.success(request, "Kept.")
            to = (
                reverse("admin:representation_planmeeting_item", args=[pk, items[at + 1].pk])
                if at + 1 < len(items)
                else ""
            )
            return HttpResponseRedirect(to or reverse(WALK, args=[pk]))
        leads = ItemLead.objects.current().filter(item=found).for_steps().prefetch_related("requests")
        return self.page(
            request,
            "admin/representation/review_item.html",
            title=f"Item {at + 1} of {len(items)}",
            original=meeting,
            meeting=meeting,
            item=found,
            form=form,
            together=page_of(met, sheet, f"{meeting.pk}:{found.pk}"),
            leads=[(lead, asked_in_words(lead)) for lead in leads],
            reports=found.reports.select_related("by")[:LATEST],
            earlier=_earlier(found, meeting),
            previous=items[at - 1] if at else None,
            following=items[at + 1] if at + 1 < len(items) else None,
        )

    @own_page("<int:pk>/minutes/", "minutes")
    def minutes_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The minutes as a tagged PDF."""
        meeting = self._meeting(request, pk)
        decisions = meeting.decisions.select_related("item__section", "report").order_by("item__order", "pk")
        context = {"meeting": meeting, "plan": meeting.plan, "provider": meeting.plan.provider, "decisions": decisions}
        name = disposition(slugify(f"review {meeting}"), "pdf")
        content = render_pdf("pdf/plan_review.html", context)
        return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name, **NOT_KEPT})


def _earlier(item: ActionItem, meeting: PlanMeeting) -> list[MeetingDecision]:
    """What earlier reviews decided of it, the latest first."""
    rows = item.decisions.exclude(meeting=meeting).select_related("meeting__plan")
    return list(rows.exclude(decision="").order_by("-meeting__held_on", "-pk")[:LATEST])


leads_to(
    meetings.hold_review,
    lambda plan: reverse("admin:representation_actionplan_change", args=[plan.pk]),
    then=lambda meeting: reverse(WALK, args=[meeting.pk]),
)
