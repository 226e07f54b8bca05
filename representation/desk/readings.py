"""Files that are read in: what was found, what could not be read, and what somebody says about it before any of it is in the plan."""

import hashlib
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from unfold.widgets import UnfoldAdminFileFieldWidget

from representation.actions import plans
from representation.models import ActionPlan, PlanReading
from representation.permissions import RepresentationPermission
from representation.reading.columns import COLUMNS, perhaps
from representation.reading.document import Document, Fate, Kind, Line, Said, columns_of, fate_of, lost, rows_of
from representation.reading.doubts import SAID
from representation.reading.timescale import month_in
from steppingup.accounts.requests import signed_in
from steppingup.desk.admin import own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin, leads_to, link_button
from steppingup.files.actions.files import count_upload
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.site.export import Column
from steppingup.site.together import SEEN, Meeting, Seen, Sheet, one_at_a_time, page_of

PAGE = "admin:representation_planreading_look"
FATES = {
    Fate.TAKE: "An item of its own",
    Fate.JOIN: "Goes on with the one above",
    Fate.LEAVE: "Not part of the plan",
}
SHIFTS = {
    0: "Columns as they stand",
    1: "One column to the right",
    2: "Two columns to the right",
    3: "Three columns to the right",
    -1: "One column to the left",
    -2: "Two columns to the left",
    -3: "Three columns to the left",
}
STATES = {
    "open": ("Not taken over yet", lambda rows: rows.filter(taken_at=None)),
    "taken": ("Taken over", lambda rows: rows.exclude(taken_at=None)),
}
BLANK = "The same column was named twice, or none was. Choose a different one for each, and leave out those that do not belong."


def state_of(reading: PlanReading) -> str:
    return "Taken over" if reading.taken_at else "Not taken over yet"


def said_in(given: QueryDict, document: Document) -> Said:
    """What was chosen on the page, as far as it is about this file."""
    columns = {
        place: tuple(
            name if (name := given.get(f"column-{place}-{at}", "")) in COLUMNS else ""
            for at in range(width(document, place))
        )
        for place, table in enumerate(document.tables)
        if not table.is_clear
    }
    fates, shifts = {}, {}
    for line in document.lines:
        if (fate := given.get(f"fate-{line.number}", "")) in list(Fate):
            fates[line.number] = Fate(fate)
        if (by := given.get(f"shift-{line.number}", "0")) in map(str, SHIFTS):
            shifts[line.number] = int(by)
    return Said({place: names for place, names in columns.items() if any(names)}, fates, shifts)


class ReadingForm(forms.Form):
    """What has been said about a file so far: the columns of its tables, the fates of its lines, and their shifts."""

    def __init__(self, document: Document, said: Said) -> None:
        super().__init__()
        for place, table in enumerate(document.tables):
            if not table.is_clear:
                for at, name in enumerate(columns_chosen(document, place, said), 1):
                    label = f"column {at} of the table from line {table.line}"
                    self._add(f"column-{place}-{at - 1}", label, name)
        for line in document.lines:
            self._add(f"fate-{line.number}", f"what becomes of line {line.number}", fate_of(line, said))
            if line.kind != Kind.OUTSIDE:
                shift = said.shifts.get(line.number, 0)
                self._add(f"shift-{line.number}", f"the columns of line {line.number}", shift)

    def _add(self, name: str, label: str, value: object) -> None:
        self.fields[name] = forms.CharField(label=label, initial=str(value), required=False)


def columns_chosen(document: Document, place: int, said: Said) -> list[str]:
    """What stands in each of the boxes for the columns of a table: what was said, or else what its headings say."""
    table, chosen = document.tables[place], said.columns.get(place, ())
    begins = chosen or table.columns
    return [begins[at] if at < len(begins) else "" for at in range(width(document, place))]


def width(document: Document, place: int) -> int:
    """How many columns a table has: its headings, and its widest row."""
    table = document.tables[place]
    return max(len(table.headings), *(len(line.cells) for line in document.lines if line.table == place), 0)


def unclear(document: Document, said: Said) -> list[dict[str, Any]]:
    """The tables whose headings could not be told apart, with what may be in each of their columns."""
    found = []
    for place, table in enumerate(document.tables):
        if table.is_clear:
            continue
        chosen, boxes = said.columns.get(place, ()), columns_chosen(document, place, said)
        rows = [line for line in document.lines if line.table == place and line.kind != Kind.OUTSIDE]
        if not rows:
            continue
        columns = [
            {
                "name": f"column-{place}-{at}",
                "number": at + 1,
                "heading": table.headings[at] if at < len(table.headings) else "",
                "sure": table.columns[at] if at < len(table.columns) else "",
                "maybe": COLUMNS.get(perhaps(table.headings[at]), "") if at < len(table.headings) else "",
                "example": next((line.cells[at] for line in rows if at < len(line.cells) and line.cells[at]), ""),
                "chosen": boxes[at],
            }
            for at in range(width(document, place))
        ]
        found.append(
            {
                "line": table.line,
                "columns": columns,
                "is_named": bool(columns_of(document, place, said)),
                "was_said": bool(chosen),
            }
        )
    return found


def lines_shown(document: Document, said: Said) -> list[dict[str, Any]]:
    """Every line with what becomes of it: its texts by column, what is doubtful, and what would be lost."""
    rows = {row.number: row for row in rows_of(document, said)}
    return [_shown(line, document, said, rows.get(line.number)) for line in document.lines]


def _shown(line: Line, document: Document, said: Said, row: Any) -> dict[str, Any]:
    columns = columns_of(document, line.table, said) if line.kind != Kind.OUTSIDE else ("outcome",)
    shift = said.shifts.get(line.number, 0)
    fate = fate_of(line, said)
    # Where somebody has said what the columns are, those without a name were left out on purpose.
    table = document.tables[line.table] if line.table >= 0 and line.kind != Kind.OUTSIDE else None
    headings = table.headings if table and table.is_clear else None
    month = month_in(row.texts["timescale"]) if row else None
    return {
        "line": line,
        "fate": fate,
        "shift": shift,
        "texts": [(heading, row.texts[name]) for name, heading in COLUMNS.items()] if row else [],
        "as_it_stands": [cell for cell in line.cells if cell],
        "month": f"{month:%B %Y}" if month else "",
        "doubts": [SAID[doubt] for doubt in row.doubts] if row else [],
        "lost": lost(line, columns, shift, headings) if row else [],
        "waits": fate != Fate.LEAVE and not columns,
    }


class FileForm(forms.Form):
    """The file as people have it."""

    file = forms.FileField(
        label="The plan",
        widget=UnfoldAdminFileFieldWidget,
        help_text="A Word document, a workbook, a CSV file, or a text with tabs between its columns. You see what was read, and what could "
        "not be, before anything of it is in the plan.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty. Choose another one."},
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.lines, self.digest = by, list[list[str]](), ""

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        count_upload(self.by)
        content = upload.read()
        self.lines = plans.lines_of(content, upload.name)
        self.digest = hashlib.sha256(content).hexdigest()
        return upload


def file_page(admin: SteppedAdmin, request: HttpRequest, plan: ActionPlan) -> HttpResponse:
    """The page of a plan on which a file is chosen; then what was read in it."""
    form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()), by=request.user)
    if form.is_valid():
        name = form.cleaned_data["file"].name
        try:
            reading = plans.read_file(plan=plan, name=name, lines=form.lines, digest=form.digest, by=signed_in(request))
            return HttpResponseRedirect(reverse(PAGE, args=[reading.pk]))
        except NotPossible as sentence:
            form.add_error("file", str(sentence))
    return admin.page(
        request,
        "admin/representation/file.html",
        title=f"Read in a file: {plan}",
        original=plan,
        plan=plan,
        form=form,
    )


@admin.register(PlanReading)
class PlanReadingAdmin(SteppedAdmin):
    """The files that were read in. They are begun on the page of a plan."""

    adds = False
    list_display = ("name", "plan", "read_at", "state")
    list_filter = (choose("state", "state", STATES), "plan")
    search_fields = ("name", "plan__name")
    list_select_related = ("plan__provider", "read_by")
    ordering = ("-read_at", "-pk")
    fields = readonly_fields = ("plan", "name", "read_at", "read_by", "state", "taken_at")
    export_columns = (
        Column("File", "name"),
        Column("Plan", "plan__name"),
        Column("Read in", "read_at"),
        Column("By", "read_by"),
        Column("Taken over", "taken_at"),
    )

    state = column("Status", state_of, colours={"Taken over": "success", "Not taken over yet": "warning"})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One of which nothing is in the plan."""
        return (
            obj is not None and obj.taken_at is None and self.allows(request, RepresentationPermission.KEEP_PLAN, obj)
        )

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        return [link_button("See what was read", reverse(PAGE, args=[subject.pk])), *super().buttons(request, subject)]

    @own_page("<int:pk>/look/", "look")
    def look_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was found in the file, line by line; POST keeps what somebody says about it."""
        with one_at_a_time(PlanReading, pk):
            return self._look(request, pk)

    def _look(self, request: HttpRequest, pk: int) -> HttpResponse:
        reading = self.get_object(request, str(pk))
        if reading is None:
            raise Http404
        document, said, met = reading.document, Said.kept(reading.said), None
        sheet = Sheet(ReadingForm(document, said))
        if request.method == "POST":
            if seen := Seen.read(request.POST.get(SEEN, "")):
                met = Meeting(sheet, seen, request.POST, request.FILES)
            if not (met and met.shows):
                return self._keep(request, reading, said_in(met.data if met else request.POST, document))
            said = said_in(met.data, document)
        lines = lines_shown(document, said)
        kinds = {kind: [one for one in lines if one["line"].kind == kind] for kind in Kind}
        waiting = sum(one["waits"] for one in lines)
        return self.page(
            request,
            "admin/representation/reading.html",
            title=f"File: {reading.name}",
            original=reading,
            reading=reading,
            plan=reading.plan,
            together=page_of(met, sheet, reading.pk),
            tables=unclear(document, said),
            others=english.listed(
                dict.fromkeys(f"“{said}”" for table in document.tables if table.is_clear for said in table.others)
            ),
            blank=BLANK,
            choices=COLUMNS.items(),
            fates=FATES.items(),
            shifts=SHIFTS.items(),
            rows=kinds[Kind.ROW],
            unreadable=kinds[Kind.UNREADABLE],
            outside=kinds[Kind.OUTSIDE],
            number=english.counted(len(reading.rows()), "item"),
            waiting=english.counted(waiting, "line waits", "lines wait") if waiting else "",
        )

    def _keep(self, request: HttpRequest, reading: PlanReading, said: Said) -> HttpResponse:
        """Keep what was said, and go on, or look again."""
        here = HttpResponseRedirect(reverse(PAGE, args=[reading.pk]))
        try:
            plans.say(reading=reading, said=said, by=signed_in(request))
        except NotPossible as sentence:
            messages.error(request, str(sentence))
            return here
        if "take" in request.POST:
            take = reverse("admin:representation_planreading_step", args=[reading.pk, "take_over"])
            return HttpResponseRedirect(take)
        messages.success(request, "Kept. This is how it would be taken over now.")
        return here


leads_to(
    plans.take_over,
    lambda reading: f"{reverse('admin:representation_actionitem_changelist')}?plan__id__exact={reading.plan_id}",
)
