"""Files with counts of a workforce on the desk: what their columns are, what is wrong with them, and the snapshots that came of them."""

import hashlib
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from unfold.widgets import UnfoldAdminFileFieldWidget

from representation.actions import counts
from representation.desk.beginning import ReadsInFigures
from representation.models import Characteristic, CountFile, Snapshot
from representation.permissions import RepresentationPermission
from representation.reading.figures import ANSWER, ROLES, heading_at
from steppingup.accounts.models import Organisation
from steppingup.accounts.requests import signed_in
from steppingup.desk.admin import own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import link_button
from steppingup.files.actions.files import count_upload
from steppingup.files.apart import client
from steppingup.files.apart.limits import Refused
from steppingup.formats import english
from steppingup.formats.date_fields import DayInput
from steppingup.formats.fields import NameInput
from steppingup.formats.sameness import fold
from steppingup.history.lifecycle import NotPossible
from steppingup.site.export import Column
from steppingup.site.stepping import act_on
from steppingup.site.together import SEEN, Meeting, Seen, Sheet, one_at_a_time, page_of

KEEP = RepresentationPermission.KEEP_PLAN
KINDS = ("csv", "tsv", "txt", "xlsx", "xls", "ods")
MOST_BYTES, MOST_ROWS = 8_000_000, 60_000
NOT_WORKED_OUT = "a formula without a result"
EXAMPLES, PROBLEMS = 4, 50  # rows, and mistakes, on the page
LOOK = "admin:representation_countfile_look"
GRID = "admin:representation_figurerelease_grid"
STATES = {
    "open": ("Not taken over yet", lambda rows: rows.filter(snapshot=None)),
    "taken": ("Taken over", lambda rows: rows.exclude(snapshot=None)),
}
CORRECTED = {
    "current": ("Current", lambda rows: rows.current()),
    "corrected": ("Corrected", lambda rows: rows.exclude(corrected_by=None)),
}


def _text(cell: Any) -> str:
    """What the spreadsheet shows: also “40%” where it keeps 0.4, and that a formula has no result."""
    if isinstance(cell, dict):
        return str(next(iter(cell.values())) or NOT_WORKED_OUT)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


class FileForm(forms.Form):
    """A table as HR has it, and what it is a table of."""

    provider = forms.ModelChoiceField(Organisation.objects.none(), label="Whose workforce?")
    file = forms.FileField(
        label="The table",
        widget=UnfoldAdminFileFieldWidget,
        help_text="A workbook or a CSV file whose first row names the columns: one row for each unit and tier, or one row for each count.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty. Choose another one."},
    )
    sheet = NameInput(
        label="Which sheet?",
        required=False,
        max_length=100,
        help_text="Where a workbook has several sheets with a table: the name of the one to read.",
    )
    characteristic = forms.ModelChoiceField(
        Characteristic.objects.none(),
        label="What are people counted by?",
        error_messages={"required": "Choose what people are counted by."},
    )
    taken_on = DayInput(label="Figures of which day?", error_messages={"required": "Enter the day."})
    source = NameInput(
        label="Source",
        max_length=300,
        help_text="“Employment Monitoring Report 2009”, for example.",
        error_messages={"required": "Name the source."},
    )
    corrects = forms.ModelChoiceField(
        Snapshot.objects.none(), label="Do they correct earlier figures?", required=False, empty_label="No"
    )
    why = forms.CharField(
        label="What was corrected?", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.headings, self.lines, self.digest = by, list[str](), list[tuple[int, list[str]]](), ""
        self.sheets, self.above = list[dict[str, Any]](), list[str]()
        for name, rows in (
            ("provider", Organisation.objects.providers_of(by, KEEP)),
            ("characteristic", Characteristic.objects.visible_to(by, KEEP)),
            ("corrects", Snapshot.objects.visible_to(by, KEEP).current()),
        ):
            field: Any = self.fields[name]
            field.queryset = rows
        first = list(self.fields["provider"].queryset[:2])  # type: ignore[attr-defined]
        if len(first) == 1:
            self.fields["provider"].initial = first[0]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        count_upload(self.by)
        if upload.size > MOST_BYTES:
            raise ValidationError("This file is larger than 8 MB. Keep only the table itself.")
        kind = fold(upload.name.rpartition(".")[2])
        if kind not in KINDS:
            raise ValidationError("Upload a workbook (.xlsx) or a CSV file.")
        content = upload.read()
        try:
            found, _ = client.do("rows", content, kind=kind, most=MOST_ROWS)
        except Refused as refused:
            raise ValidationError(str(refused)) from refused
        self.sheets = [sheet for sheet in found["sheets"] if sum(map(bool, map(any, sheet["rows"]))) > 1]
        if not self.sheets:
            raise ValidationError("There are no rows below the names of the columns.")
        self.digest = hashlib.sha256(content).hexdigest()
        return upload

    def clean(self) -> dict[str, Any]:
        """Reads the table of the sheet that was named, or of the only one."""
        values = super().clean() or {}
        named = values.pop("sheet", "")
        chosen = [one for one in self.sheets if not named or fold(one["name"]) == fold(named)]
        names = english.listed([f"“{one['name']}”" for one in self.sheets])
        if self.sheets and not chosen:
            self.add_error("sheet", f"There is no sheet “{named}” with a table in this workbook. It has {names}.")
        elif len(chosen) > 1:
            self.add_error("sheet", f"This workbook has several sheets with a table: {names}. Write which one to read.")
        elif chosen:
            self._read(chosen[0])
        return values

    def _read(self, table: dict[str, Any]) -> None:
        rows = [
            (line, [_text(cell) for cell in row])
            for line, row in enumerate(table["rows"], table["line"])
            if any(cell not in (None, "") for cell in row)
        ]
        at = heading_at([cells for _, cells in rows])
        self.above = [cell for _, cells in rows[:at] for cell in cells if cell]
        (_, headings), self.lines = rows[at], rows[at + 1 :]
        widest = max((len(cells) for _, cells in self.lines), default=0)
        self.headings = headings + [""] * (widest - len(headings))
        if not self.lines:
            self.add_error("file", "There are no rows below the names of the columns.")


class ColumnsForm(forms.Form):
    """What has been said of the columns so far."""

    def __init__(self, file: CountFile) -> None:
        super().__init__()
        for at, heading in enumerate(file.headings):
            label = f"what “{heading}” is" if heading else f"what column {at + 1} is"
            self.fields[f"role-{at}"] = forms.CharField(label=label, initial=_role(file, at), required=False)


def _role(file: CountFile, at: int) -> str:
    return file.roles[at] if at < len(file.roles) else ""


def roles_in(given: QueryDict, file: CountFile) -> list[str]:
    return [given.get(f"role-{at}", "") for at in range(len(file.headings))]


@admin.register(CountFile)
class CountFileAdmin(ReadsInFigures):
    """Read in, looked at, and taken over by a worker."""

    when_empty = "Read in a table of your workforce. Each file is then listed here."
    adds = False
    list_display = ("name", "source", "taken_on", "characteristic", "state", "read_at")
    list_filter = (choose("state", "state", STATES), "characteristic")
    search_fields = ("name", "source")
    list_select_related = ("provider", "characteristic", "snapshot", "corrects")
    ordering = ("-read_at", "-pk")
    fields = readonly_fields = (
        *("provider", "name", "source", "taken_on", "characteristic", "corrects", "why", "state", "read_at", "read_by"),
    )
    export_columns = (
        Column("File", "name"),
        Column("Source", "source"),
        Column("Figures of", "taken_on"),
        Column("Counted by", "characteristic__name"),
        Column("Read in", "read_at"),
        Column("Taken over", lambda file: file.snapshot is not None),
    )

    state = column(
        "Status",
        lambda file: "Taken over" if file.snapshot_id else "Not taken over yet",
        colours={"Taken over": "success", "Not taken over yet": "warning"},
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One of which no figures were made."""
        return obj is not None and obj.snapshot_id is None and self.allows(request, KEEP, obj)

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        pages = [] if subject.snapshot_id else [link_button("See what was read", reverse(LOOK, args=[subject.pk]))]
        return [*pages, *super().buttons(request, subject)]

    @own_page("read/", "read")
    def read_view(self, request: HttpRequest) -> HttpResponse:
        """A file is chosen, and what it is a table of."""
        if not self.allows(request, KEEP):
            raise PermissionDenied
        form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()), by=request.user)

        def keep(*, file: Any, by: Any, **said: Any) -> CountFile:
            rows: dict[str, Any] = {"headings": form.headings, "lines": form.lines, "digest": form.digest}
            return counts.read_counts_file(name=file.name, by=by, **rows, **said)

        if made := act_on(form, keep, by=signed_in(request)):
            if form.above:
                titles = english.listed([f"“{words[:100]}”" for words in form.above[:8]])
                messages.info(request, f"Not read, as it stands above the names of the columns: {titles}.")
            return HttpResponseRedirect(reverse(LOOK, args=[made.pk]))
        return self.page(
            request, "admin/representation/counts_file.html", title="Read in figures of a workforce", form=form
        )

    @own_page("<int:pk>/look/", "look")
    def look_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Its columns with examples, its mistakes by row, and the names that are new; POST keeps what its columns are."""
        with one_at_a_time(CountFile, pk):
            return self._look(request, pk)

    def _look(self, request: HttpRequest, pk: int) -> HttpResponse:
        file: CountFile | None = self.get_object(request, str(pk))
        if file is None or file.snapshot_id:
            raise Http404
        sheet, met, roles = Sheet(ColumnsForm(file)), None, file.roles
        if request.method == "POST":
            if seen := Seen.read(request.POST.get(SEEN, "")):
                met = Meeting(sheet, seen, request.POST, request.FILES)
            roles = roles_in(met.data if met else request.POST, file)
            if not (met and met.shows):
                return self._keep(request, file, roles)
        found = None if file.why_not else file.read()
        units, tiers = counts.new_names(file, found.counts) if found else ([], [])
        return self.page(
            request,
            "admin/representation/counts.html",
            title=f"File: {file.name}",
            original=file,
            file=file,
            together=page_of(met, sheet, file.pk),
            columns=[
                {
                    "name": f"role-{at}",
                    "heading": heading or f"(column {at + 1})",
                    "chosen": roles[at] if at < len(roles) else "",
                    "examples": [cells[at] for _, cells in file.lines[:EXAMPLES] if at < len(cells) and cells[at]],
                }
                for at, heading in enumerate(file.headings)
            ],
            choices=[*ROLES.items(), *((f"{ANSWER}{key}", f"How many: {name}") for key, name in file.called().items())],
            why_not=file.why_not if any(file.roles) else "",
            number=english.counted(len(found.counts), "count") if found else "",
            problems=found.problems[:PROBLEMS] if found else [],
            notes=found.notes if found else [],
            more=max(0, len(found.problems) - PROBLEMS) if found else 0,
            units=units,
            tiers=tiers,
        )

    def _keep(self, request: HttpRequest, file: CountFile, roles: list[str]) -> HttpResponse:
        here = HttpResponseRedirect(reverse(LOOK, args=[file.pk]))
        try:
            counts.say_columns(file=file, roles=roles, by=signed_in(request))
        except NotPossible as sentence:
            messages.error(request, str(sentence))
            return here
        if "take" in request.POST:
            take = reverse("admin:representation_countfile_step", args=[file.pk, "take_counts"])
            return HttpResponseRedirect(take)
        messages.success(request, "Kept, and remembered for the next file.")
        return here


@admin.register(Snapshot)
class SnapshotAdmin(ReadsInFigures):
    """The days of which there are figures. Their numbers are in no list: what is shown of them is published so that nobody can be recognised."""

    when_empty = "Read in figures of your workforce. Each day of figures is then listed here."
    adds = False
    list_display = ("source", "taken_on", "rows", "state", "read_at")
    list_filter = (choose("state", "state", CORRECTED),)
    search_fields = ("source",)
    list_select_related = ("provider", "corrects", "corrected_by", "read_by")
    ordering = ("-taken_on", "-pk")
    fields = readonly_fields = (
        "provider",
        "source",
        "taken_on",
        "rows",
        "state",
        "corrects",
        "why",
        "read_at",
        "read_by",
    )
    export_columns = (
        Column("Source", "source"),
        Column("Figures of", "taken_on"),
        Column("Counts", "rows"),
        Column("Read in", "read_at"),
        Column("Corrects", "corrects"),
        Column("What was corrected", "why"),
    )

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        release = getattr(subject, "release", None)
        pages = [link_button("Open the grid", reverse(GRID, args=[release.pk]))] if release else []
        return [*pages, *super().buttons(request, subject)]

    state = column(
        "Status",
        lambda one: "Corrected" if hasattr(one, "corrected_by") else "Current",
        colours={"Current": "success", "Corrected": "info"},
    )
