"""The register of a session on the desk: a page for a telephone at the door, that saves at each tap and works without a signal."""

import json
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cohorts.actions import attendance, registers
from cohorts.actions.attendance import Line, RegisterForm
from cohorts.actions.registers import Sent
from cohorts.desk.filters import CohortFilter
from cohorts.models import Attendance, RegisterMark, Session
from cohorts.models.together import registered_with
from cohorts.planning.joint import counts_of
from cohorts.states import Mark
from cohorts.states.registers import BUTTONS
from steppingup.accounts.requests import signed_in
from steppingup.desk.admin import ScopedAdmin, own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.site.export import Column
from steppingup.site.together import SEEN, Meeting, Seen, Sheet, Told, one_at_a_time, page_of


class RegisterMixin(SteppedAdmin):
    """The pages of a session on which its register is taken."""

    def address_of(self, step: Any, subject: Session) -> str:
        """The register has a page of its own, made for a telephone."""
        if step is attendance.mark:
            return reverse("admin:cohorts_session_register", args=[subject.pk])
        return super().address_of(step, subject)

    def step_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        if name == attendance.mark.name:
            return self.register_view(request, object_id)
        return super().step_view(request, object_id, name)

    @own_page("<int:pk>/register/", "register")
    def register_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Everybody on one page, four marks each, saved together. Nobody is told, so there is nothing to look at first."""
        if request.method != "POST":
            return self._register(request, pk)
        with one_at_a_time(Session, pk):
            return self._register(request, pk)

    def _register(self, request: HttpRequest, pk: Any) -> HttpResponse:
        session = self.get_object(request, str(pk))
        if session is None:
            raise Http404
        if refused := self._settle(request, session):
            return refused
        problem, chosen = "", {}
        sheet, met = Sheet(RegisterForm.as_it_is(session)), None
        posted = _with_everybody_else(session, request) if "everybody" in request.POST else request.POST
        if request.method == "POST" and (seen := Seen.read(posted.get(SEEN, ""))):
            met = Meeting(sheet, seen, posted, request.FILES, partial(_who_marked, session))
        if request.method == "POST":
            data = _with_what_was_shown(met, sheet) if met else posted
            chosen = RegisterForm(data, subject=session).values()["marks"]
        if request.method == "POST" and not (met and met.shows):
            try:
                changed = attendance.mark(session=session, marks=chosen, by=request.user)
            except NotPossible as sentence:  # what was chosen stays on the page
                problem = str(sentence)
            else:
                marked = english.counted(len(changed), "person", "people")
                messages.success(
                    request,
                    f"Register saved: {marked} marked." if changed else "Register saved. Nothing had to change.",
                )
                return HttpResponseRedirect(request.path)
        groups = attendance.registers_of(session, chosen)
        counts = counts_of(session) if len(groups) > 1 and not groups[0].is_of_peers else []
        lines = [line for group in groups for line in group.lines]
        return self.page(
            request,
            "admin/cohorts/register.html",
            title=f"Register: {session.title}",
            original=session,
            session=session,
            groups=groups,
            lines=lines,
            counts=counts,
            together=page_of(met, sheet, session.pk),
            problem=problem,
            unmarked=sum(not line.mark for line in lines),
            excused=sum(line.has_said_no and not line.mark for line in lines),
            differing=sum(bool(line.others) for line in lines),
            taps=reverse("admin:cohorts_session_register_taps", args=[session.pk]),
            marks=BUTTONS,
            against=attendance.mark.refusal(request.user, session),
        )

    def _settle(self, request: HttpRequest, session: Session) -> HttpResponse | None:
        """One tap where two devices disagree: “12:absent” is what is so of the person with that place."""
        enrolment, _, said = request.POST.get("settle", "").partition(":")
        if not enrolment:
            return None
        try:
            number = int(enrolment) if enrolment.isascii() and enrolment.isdigit() and len(enrolment) < 19 else 0
            attendance.settle(session=session, enrolment=number, said=said, by=signed_in(request))
        except NotPossible as sentence:
            messages.error(request, str(sentence))
        else:
            messages.success(request, "Settled.")
        return HttpResponseRedirect(request.path)

    @own_page("<int:pk>/register/taps/", "register_taps")
    def taps_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """What a device sends of what was tapped on it, now or while it had no signal; and how the register stands by then."""
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        session = self.get_object(request, str(pk))
        if session is None:
            raise Http404
        try:
            device, taps = _read(request.body)
        except (ValueError, TypeError, KeyError, AttributeError):
            return JsonResponse({"message": "This could not be read. Reload the page."}, status=400)
        with one_at_a_time(Session, pk):
            try:
                received = registers.receive(session=session, device=device, taps=taps, by=signed_in(request))
            except NotPossible as sentence:
                return JsonResponse({"message": str(sentence)}, status=409)
            sheet = Sheet(RegisterForm.as_it_is(session))
        lines = [line for group in attendance.registers_of(session) for line in group.lines]
        return JsonResponse(
            {
                "received": [str(one.key) for one in received],
                "refused": {str(one.enrolment): one.refused for one in received if one.refused},
                "lines": {str(line.enrolment.pk): _told(line) for line in lines},
                "seen": Seen.of_sheet(sheet, session.pk).sealed(),
            }
        )


COUNTED = {
    "yes": ("Counts", lambda rows: rows.filter(refused="")),
    "no": ("Could not be entered", lambda rows: rows.exclude(refused="")),
}


@admin.register(RegisterMark)
class RegisterMarkAdmin(ScopedAdmin):
    """What was marked in registers, one by one: by whom, on which device, when it was tapped and when it arrived."""

    list_display = ("made_at", "participant", "session", "mark_label", "way", "made_by", "received_at", "refused")
    list_filter = (CohortFilter, "mark", "way", choose("counts", "counts", COUNTED))
    search_fields = ("enrolment__participant__full_name", "enrolment__participant__email", "session__title")
    list_select_related = ("session__cohort__programme", "enrolment__participant", "made_by")
    ordering = ("-pk",)
    export_columns = (
        Column("Made", "made_at"),
        Column("Participant", "enrolment__participant"),
        Column("Session", "session__title"),
        Column("On", "session__starts_at"),
        Column("Mark", lambda row: row.given.label),
        Column("How", "get_way_display"),
        Column("By", "made_by"),
        Column("Device", "device"),
        Column("Received", "received_at"),
        Column("Why it does not count", "refused"),
    )

    participant = column("Participant", "enrolment__participant", "enrolment__participant__full_name")
    mark_label = column("Mark", lambda row: row.given.label, "mark")


def _told(line: Line) -> dict[str, Any]:
    """How somebody is marked, as a device is told: no name."""
    return {"said": line.mark, "key": line.key, "differs": bool(line.others)}


def _read(body: bytes) -> tuple[str, list[Sent]]:
    """What a device sent. Raises ValueError, TypeError or KeyError for anything else."""
    sent = json.loads(body)
    device, rows = sent["device"], sent["taps"]
    if not isinstance(device, str) or not isinstance(rows, list):
        raise TypeError
    return device, [_tap(row) for row in rows]


def _tap(row: dict[str, Any]) -> Sent:
    enrolment, said, saw = row["enrolment"], row["said"], row["saw"]
    made_at = parse_datetime(row["at"])
    if not (type(enrolment) is int and isinstance(said, str) and isinstance(saw, str) and made_at):
        raise TypeError
    if made_at.tzinfo is None:
        made_at = timezone.make_aware(made_at)
    # What a clock of another century says is no moment that the database keeps.
    made_at = made_at if made_at.year in range(2000, 2200) else made_at.replace(year=2000)
    return Sent(UUID(row["key"]), enrolment, said, made_at, saw)


def _with_everybody_else(session: Session, request: HttpRequest) -> QueryDict:
    """The marks that were chosen, and for all who have none by now and none chosen “present”, or “excused” where they have said that
    they cannot come; but nobody marks themselves."""
    data = request.POST.copy()
    for line in (line for group in attendance.registers_of(session) for line in group.lines):
        name = f"mark-{line.enrolment.pk}"
        if not line.mark and not data.get(name) and line.enrolment.participant_id != request.user.pk:
            data[name] = Mark.EXCUSED if line.has_said_no else Mark.PRESENT
    return data


def _with_what_was_shown(met: Meeting, sheet: Sheet) -> QueryDict:
    """The marks that were chosen, beside those that stand now: what is the same is not marked again."""
    data = met.data.copy()
    for name in sheet.boxes:
        data[f"was-{name.removeprefix('mark-')}"] = sheet.form.fields[name].initial
    return data


def _who_marked(session: Session, record: Any, name: str) -> Told:
    every = [session, *registered_with(session)]
    marks = Attendance.objects.filter(session__in=every, enrolment__pk=name.removeprefix("mark-"))
    found = marks.select_related("marked_by").first()
    return Told(str(found.marked_by or ""), found.marked_at) if found else Told()
