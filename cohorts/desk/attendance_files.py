"""An attendance file of Teams or Zoom, read into the register of a session: looked at first, with whoever could not be found."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.widgets import UnfoldAdminFileFieldWidget

from cohorts.actions import attendance
from cohorts.actions.attendance import Line, registers_of
from cohorts.models import Session
from cohorts.planning.attended import USUAL, Doubtful, minutes_of, proposals, whose
from cohorts.states import Mark
from cohorts.states.registers import CHOICES, Way
from steppingup.accounts.requests import signed_in
from steppingup.desk.admin import own_page
from steppingup.desk.importing import MOST_BYTES
from steppingup.desk.stepping import SteppedAdmin
from steppingup.desk.tables import UNREADABLE, read_apart
from steppingup.files.actions.files import count_upload
from steppingup.files.apart.limits import Refused
from steppingup.formats import english, sameness
from steppingup.formats.keys import is_key
from steppingup.formats.meetings import Attended, read_attendance
from steppingup.history.lifecycle import NotPossible

SALT = "cohorts.attendance_file"
KINDS = ("csv", "tsv", "txt", "xlsx", "xls", "ods")
MOST_PEOPLE = 1000


class AttendanceFileForm(forms.Form):
    """The file as it comes from the meeting, and when somebody counts as having been there."""

    file = forms.FileField(
        label="The attendance report of the meeting",
        widget=UnfoldAdminFileFieldWidget,
        help_text="The CSV file as Teams or Zoom gives it. You see what would be marked before anything is.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty. Choose another one."},
    )
    present_from = forms.IntegerField(
        label="Present from",
        help_text="Percent of the session’s time. Whoever was there for less is marked for the nearest quarter.",
        min_value=1,
        max_value=100,
        initial=USUAL,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Enter a number from 1 to 100."
        ),
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.rows = by, list[Attended]()

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        count_upload(self.by)
        if upload.size > MOST_BYTES:
            raise ValidationError("This file is larger than 2 MB. It cannot be an attendance report.")
        kind = sameness.fold(upload.name.rpartition(".")[2])
        if kind not in KINDS:
            raise ValidationError("Upload the CSV file (.csv) that Teams or Zoom gives, or a workbook (.xlsx).")
        try:
            sheets = read_apart(upload.read(), kind).sheets
            self.rows = read_attendance([row for sheet in sheets for row in sheet["rows"]])[:MOST_PEOPLE]
        except Refused as refused:
            raise ValidationError(str(refused) or UNREADABLE) from refused
        except ValueError as sentence:
            raise ValidationError(str(sentence)) from sentence
        return upload


def _sealed(rows: list[Attended]) -> str:
    """What the file said, on the page between its two looks. It is kept nowhere else."""
    return signing.dumps([[row.name, row.email, row.minutes] for row in rows], salt=SALT, compress=True)


def _opened(sealed: str) -> list[Attended]:
    """Raises Http404 for what was not sealed here within a day."""
    try:
        return [Attended(*row) for row in signing.loads(sealed, salt=SALT, max_age=24 * 60 * 60)]
    except signing.BadSignature as broken:
        raise Http404 from broken


class AttendanceFileMixin(SteppedAdmin):
    """The page of a session on which an attendance file is read in."""

    @own_page("<int:pk>/register/file/", "register_file")
    def file_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        session = self.get_object(request, str(pk))
        if session is None:
            raise Http404
        if request.method == "POST" and "rows" in request.POST:
            return self._looked_at(request, session, _opened(request.POST["rows"]))
        against = attendance.mark.refusal(request.user, session)
        given = (request.POST, request.FILES) if request.method == "POST" and not against else (None, None)
        form = AttendanceFileForm(*given, by=request.user)
        if form.is_valid():
            return self._preview(request, session, form.rows, form.cleaned_data["present_from"], {})
        title = f"Attendance file: {session}"
        shown = {"title": title, "original": session, "session": session, "form": form, "against": against}
        return self.page(request, "admin/cohorts/attendance_file.html", **shown)

    def _looked_at(self, request: HttpRequest, session: Session, rows: list[Attended]) -> HttpResponse:
        """Worked out again, with another share or with somebody who was found by hand; or entered."""
        told = {
            int(name.removeprefix("who-")): int(value)
            for name, value in request.POST.items()
            if name.startswith("who-") and is_key(name.removeprefix("who-")) and is_key(value)
        }
        given = request.POST.get("present_from", "")
        share = int(given) if given.isascii() and given.isdigit() and 1 <= int(given[:4]) <= 100 else 0
        if "enter" not in request.POST or not share:
            problem = "" if share else "Enter a number from 1 to 100."
            return self._preview(request, session, rows, share or USUAL, told, problem=problem)
        marks = {
            int(name.removeprefix("mark-")): value
            for name, value in request.POST.items()
            if name.startswith("mark-") and value and is_key(name.removeprefix("mark-"))
        }
        try:
            changed = attendance.mark(session=session, marks=marks, by=signed_in(request), way=Way.FILE)
        except NotPossible as sentence:
            return self._preview(request, session, rows, share, told, chosen=marks, problem=str(sentence))
        messages.success(request, f"Register saved: {english.counted(len(changed), 'person', 'people')} marked.")
        return HttpResponseRedirect(reverse("admin:cohorts_session_register", args=[session.pk]))

    def _preview(
        self,
        request: HttpRequest,
        session: Session,
        rows: list[Attended],
        share: int,
        told: dict[int, int],
        *,
        chosen: dict[int, str] | None = None,
        problem: str = "",
    ) -> HttpResponse:
        lines = [line for group in registers_of(session) for line in group.lines]
        lines = [line for line in lines if line.enrolment.participant_id != request.user.pk]
        people = [line.enrolment for line in lines]
        found, doubtful = whose(rows, people, told)
        made = proposals(session, people, found, share)
        shown = [
            {
                "line": line,
                "row": one.row,
                "said": (chosen or {}).get(one.enrolment.pk) or line.mark or _absent(line, one.said, bool(one.row)),
                "file_says": dict(CHOICES)[one.said],
                "differs": bool(line.mark) and line.mark != one.said,
            }
            for line, one in zip(lines, made, strict=True)
        ]
        return self.page(
            request,
            "admin/cohorts/attendance_preview.html",
            title=f"Attendance file: {session}",
            original=session,
            session=session,
            rows=_sealed(rows),
            shown=shown,
            doubtful=_ordered(doubtful),
            told=[{"number": number, "pk": pk} for number, pk in told.items()],
            people=[line.enrolment for line in lines if line.enrolment.pk not in found],
            share=share,
            minutes=minutes_of(session),
            marks=CHOICES,
            problem=problem,
        )


def _absent(line: Line, said: str, is_in_file: bool) -> str:
    """Whoever is not in the file and has said that they cannot come is excused."""
    return str(Mark.EXCUSED) if line.has_said_no and not is_in_file else said


def _ordered(doubtful: list[Doubtful]) -> list[Doubtful]:
    """Those that may mean somebody first."""
    return sorted(doubtful, key=lambda one: (not one.maybe, one.number))
