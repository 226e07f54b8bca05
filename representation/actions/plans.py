"""An action plan and its items: what is reported of them, and files that are read in."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from representation.models import LONGEST, ActionItem, ActionPlan, PlanReading, PlanSection, ProgressReport
from representation.permissions import RepresentationPermission
from representation.reading.document import NEXT_SHEET, Said
from representation.states import ITEM, ItemStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, person, require
from steppingup.accounts.models import User
from steppingup.files.apart import client
from steppingup.files.apart.limits import Refused
from steppingup.formats import english
from steppingup.formats.sameness import fold
from steppingup.history.lifecycle import refuse_if
from steppingup.site.export import as_it_was
from steppingup.steps.step import StepForm, Waiting, Weight, step

KEEP = RepresentationPermission.KEEP_PLAN
NOT_WORKED_OUT = "(a formula without a result)"
NO_FORMULAS = ("docx", "txt", "tsv")
KINDS = ("docx", "xlsx", "xls", "ods", "csv", "tsv", "txt")
MOST_BYTES = 2_000_000
MOST_LINES = 5_000
NO_ROWS = "There is nothing to take over yet. Say what the columns are, or which lines belong to the plan."


# -- progress ----------------------------------------------------------------------------------------


class ReportForm(StepForm):
    """How far it has come, in words and as a status, and where that can be seen."""

    status = forms.ChoiceField(
        label="How far has it come?",
        choices=ItemStatus.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how far it has come."},
    )
    words = forms.CharField(
        label="What has been done, or what stands in the way?",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    evidence = forms.CharField(
        label="Where can this be seen?",
        required=False,
        max_length=LONGEST,
        help_text="A report, a case study, figures: say which, and where it is kept.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].initial = self.item.status

    @property
    def item(self) -> ActionItem:
        """What it is about, where a subclass asks somebody else."""
        found: ActionItem = self.subject
        return found


@step(
    ActionItem,
    "Report progress",
    name="report_progress",
    noun="item",
    past="Progress reported",
    meaning="It stands with the item from now on, with your name and today’s date. Nobody is told.",
    permission=KEEP,
    form=ReportForm,
    weight=Weight.STRONG,
    waiting=Waiting(lambda rows: rows.overdue(), "item of a plan is overdue", "items of plans are overdue", order=40),
)
def report_progress(*, item: ActionItem, status: str, by: Actor, words: str = "", evidence: str = "") -> ProgressReport:
    """Say how far an item has come (R2). The words become those of its column “Progress”, and the report stays.

    Raises NotPossible where nothing is said: neither another status, nor words."""
    return write_report(item=item, status=status, words=words, evidence=evidence, by=person(by))


def write_report(
    *, item: ActionItem, status: str, words: str, evidence: str, by: User | None = None, name: str = ""
) -> ProgressReport:
    """Keep what was said, by whoever said it: an account, or a `name`. Raises NotPossible as `report_progress`."""
    words, found = words.strip(), ItemStatus(status)
    refuse_if(
        not words and found == item.status,
        "That is how it stands already. Choose another status, or write what has been done.",
        "no_words",
        field="words",
    )
    if found != item.status:
        ITEM.move(item, str(found))
    if words:
        item.progress = words
        item.save(update_fields=["progress"])
    return ProgressReport.objects.create(
        item=item, status=found, words=words, evidence=evidence.strip(), by=by, by_name=name[:150]
    )


# -- files -------------------------------------------------------------------------------------------


def lines_of(content: bytes, name: str) -> list[list[str]]:
    """The lines of a file, each as its cells. Raises ValidationError with a sentence for a file that is no table."""
    kind = fold(name.rpartition(".")[2])
    if kind not in KINDS:
        raise ValidationError("Upload a Word document (.docx), a workbook (.xlsx), a CSV file, or a text with tabs.")
    if len(content) > MOST_BYTES:
        raise ValidationError("This file is larger than 2 MB. Upload only the plan itself.")
    try:
        found, _ = client.do("rows", content, kind="text" if kind in ("txt", "tsv") else kind)
    except Refused as refused:
        raise ValidationError(str(refused)) from refused
    lines: list[list[str]] = []
    for sheet in (sheet for sheet in found["sheets"] if any(map(any, sheet["rows"]))):
        lines += [NEXT_SHEET] if lines else []
        lines += [[_text(cell, kind) for cell in row] for row in sheet["rows"]]
    if len(lines) > MOST_LINES or not any(len(row) > 1 for row in lines):
        raise ValidationError(
            f"A plan has at most {MOST_LINES:,} lines. Split this file."
            if len(lines) > MOST_LINES
            else "We found no table in this file. The plan has to be a table: with columns, or with tabs between them."
        )
    long = next((at for at, row in enumerate(lines, 1) if any(len(cell) > LONGEST for cell in row)), 0)
    if long:
        raise ValidationError(
            f"A cell in line {long} has more than {LONGEST:,} characters. Divide it into several rows."
        )
    return lines


def _text(cell: Any, kind: str) -> str:
    """As a person would have typed it: a workbook keeps “May 2010” as a day, and a download writes “’-” for what begins like a formula.
    Of a formula that has no result, what the spreadsheet shows."""
    if isinstance(cell, dict) and "day" in cell:
        return english.day_date(date.fromisoformat(cell["day"]))
    if isinstance(cell, dict):
        return str(next(iter(cell.values())) or NOT_WORKED_OUT)
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = "" if cell is None else str(cell)
    return text if kind in NO_FORMULAS or text.startswith("\f") else as_it_was(text)


@transaction.atomic
def read_file(*, plan: ActionPlan, name: str, lines: list[list[str]], digest: str, by: Actor) -> PlanReading:
    """Keep the lines of a file, to be looked at (R13). The same file again leads to how far one has come with it.

    Raises NotAllowed, and NotPossible for a file that was taken over into this plan before."""
    require(by, KEEP, plan)
    before = plan.readings.filter(digest=digest).order_by("pk").last()
    if before is not None:
        refuse_if(
            before.taken_at,
            f"This file was taken over into the plan on {english.day_date(before.taken_at)}. "
            "If that was a mistake, take it back on the page of the file first.",
            "taken_over",
            field="file",
        )
        return before
    return PlanReading.objects.create(plan=plan, name=name[:200], lines=lines, digest=digest, read_by=person(by))


@transaction.atomic
def say(*, reading: PlanReading, said: Said, by: Actor) -> PlanReading:
    """Keep what somebody has said about a file: its columns, and what becomes of its lines. Nothing of it is in the plan yet.

    Raises NotAllowed, and NotPossible once it is taken over."""
    require(by, KEEP, reading)
    found = PlanReading.objects.select_for_update(of=("self",)).get(pk=reading.pk)
    _require_open(found)
    reading.said = found.said = said.to_keep()
    found.save(update_fields=["said"])
    return reading


def _require_open(reading: PlanReading) -> None:
    refuse_if(reading.taken_at, "This file was taken over into the plan already.", "taken_over")


def _require_rows(reading: PlanReading) -> None:
    _require_open(reading)
    refuse_if(not reading.rows(), NO_ROWS, "no_rows")


def meaning(reading: PlanReading, **values: Any) -> str:
    """Said before it is done."""
    rows = reading.rows()
    number = english.counted(len(rows), "item is", "items are")
    doubtful = sum(bool(row.doubts) for row in rows)
    more = (
        f" {english.counted(doubtful, 'of them has', 'of them have')} something that you may want to correct there."
        if doubtful
        else ""
    )
    return f"{number} added to the end of “{reading.plan}”, word for word as in the file.{more} Nobody is told."


@step(
    PlanReading,
    "Take it over into the plan",
    name="take_over",
    noun="reading",
    past="Taken over into the plan",
    meaning=meaning,
    permission=KEEP,
    policy=_require_rows,
    weight=Weight.STRONG,
)
def take_over(*, reading: PlanReading, by: Actor) -> PlanReading:
    """Make items of the rows, word for word, with the sections that the file has (R1, R3, R10). A status is set where the words of the
    progress are those of one (R2).

    Raises NotPossible once it is taken over, and where there are no rows."""
    plan = ActionPlan.objects.select_for_update(of=("self",)).get(pk=reading.plan_id)
    reading.refresh_from_db(fields=["taken_at", "said"])
    _require_rows(reading)
    refuse_if(
        plan.readings.filter(digest=reading.digest).exclude(taken_at=None).exists(),
        "The same file was taken over into the plan already.",
        "taken_over",
    )
    sections = {fold(section.key): section for section in plan.sections.all()}
    rows = reading.rows()
    for key in dict.fromkeys(row.section for row in rows if row.section):
        if key not in sections:
            sections[key] = PlanSection.objects.create(plan=plan, key=key, title=reading.document.sections[key])
    last = plan.items.aggregate(last=Max("order"))["last"] or 0
    for order, row in enumerate(rows, last + 1):
        item = ActionItem.objects.create(
            plan=plan,
            section=sections.get(row.section),
            order=order,
            source=f"{reading.name}, line {row.number}",
            **row.texts,
        )
        if status := _status_in(row.texts["progress"]):
            ITEM.move(item, str(status))
    reading.taken_at = clock.now()
    reading.save(update_fields=["taken_at"])
    return reading


_STATUSES = {fold(status.label): status for status in ItemStatus if status != ItemStatus.NOT_STATED}


def _status_in(words: str) -> ItemStatus | None:
    """The status where the words are exactly its own. A sign says nothing by itself."""
    return _STATUSES.get(fold(words).rstrip("."))
