"""Diagnostics on record: staff say that one was taken, and the participant alone writes what came of it (L10)."""

from datetime import date
from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from cohorts.actions import journal
from cohorts.models import Enrolment, JournalEntry
from cohorts.permissions import CohortPermission
from cohorts.relations import LINE_MANAGER
from cohorts.states import EnrolmentStatus
from representation.models import ToolResult, ToolTaken
from representation.states import PaidBy
from steppingup import clock
from steppingup.accounts.actors import Actor, person
from steppingup.formats import english
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.dates import EventDate, event_day
from steppingup.steps.step import Weight, asking, step

RUN = CohortPermission.RUN_COHORTS
NO_TOOL, NO_PAYER, NO_WORDS = "Say which tool it was.", "Choose who paid for it.", "Write what you took from it."
AGAIN = "This tool is on record for this day already."


def _require_a_place(enrolment: Enrolment) -> None:
    refuse_if(enrolment.status == EnrolmentStatus.WITHDRAWN, "They have left the programme.", "withdrawn")


@step(
    Enrolment,
    "Record that they took a tool",
    name="record_tool",
    past="Recorded that they took a tool",
    story="It was recorded that you took a tool",
    meaning="It says which tool they took, when, and who arranged and paid for it. They find it on their own page, where they alone can write what they took from it. Do not ask what came of it. Nobody is told by email.",
    permission=RUN,
    policy=_require_a_place,
    form=asking(
        name=NameInput(
            label="Which tool?",
            max_length=150,
            help_text="A questionnaire about types of personality, or feedback from all sides, for example.",
            error_messages={"required": NO_TOOL},
        ),
        on=EventDate(label="On which day did they take it?"),
        arranged_by=NameInput(label="Who arranged it? (optional)", max_length=150, required=False),
        paid_by=forms.ChoiceField(
            label="Who paid for it?",
            choices=PaidBy.choices,
            widget=forms.RadioSelect,
            error_messages={"required": NO_PAYER},
        ),
    ),
    bulk=True,
)
def record_tool(
    *, enrolment: Enrolment, name: str, paid_by: str, by: Actor, on: date | None = None, arranged_by: str = ""
) -> ToolTaken:
    """That somebody took a tool, and nothing of what came of it (L10).

    Raises NotPossible without its name, for a day to come, for whoever has left, and for what is on record already."""
    _require_a_place(enrolment)
    given = {"name": required(name, NO_TOOL, "name"), "taken_on": _day(enrolment, on), "paid_by": PaidBy(paid_by)}
    try:
        with transaction.atomic():
            return ToolTaken.objects.create(
                enrolment=enrolment, arranged_by=arranged_by.strip(), recorded_by=person(by), **given
            )
    except IntegrityError:
        raise NotPossible(AGAIN, "on_record", field="name") from None


def _day(enrolment: Enrolment, on: date | None) -> date:
    began = localdate(enrolment.enrolled_at)
    return event_day(on, not_before=began, because=f"They have had their place since {english.day_date(began)}.")


@step(
    ToolTaken,
    "Remove it",
    name="remove_tool",
    noun="tool",
    past="Removed",
    meaning="It is not on record any more. What they wrote about it stays in their own journal. Nobody is told.",
    permission=RUN,
    final="To have it on record again, record it again on the page of the participant.",
    weight=Weight.DANGER,
)
def remove_tool(*, tool: ToolTaken, by: Actor) -> Enrolment:
    """It was recorded by mistake. What its participant wrote is theirs, and stays."""
    enrolment = tool.enrolment
    tool.delete()
    return enrolment


# -- what came of it: theirs alone ---------------------------------------------------------------------


@transaction.atomic
def write_about(*, tool: ToolTaken, text: str, by: Actor) -> JournalEntry:
    """What somebody took from a tool, as an entry of their journal that only they read, until they share it. Once it is written, they
    change, share and delete it as every entry.

    Raises NotAllowed for anybody but the participant, and NotPossible without words, or where they have written about it."""
    journal.require_writer(by, tool.enrolment)
    locked = ToolTaken.objects.select_for_update().get(pk=tool.pk)
    refuse_if(
        ToolResult.objects.filter(tool=locked).exists(),
        "You have written about this already. Change what you wrote.",
        "written_already",
    )
    text = required(text, NO_WORDS, "text")
    entry = journal.write(
        enrolment=tool.enrolment, title=f"{locked.name}: what I took from it"[:120], text=text, on=clock.today(), by=by
    )
    ToolResult.objects.create(tool=locked, entry=entry)
    return entry


def not_for(entry: JournalEntry) -> set[str]:
    """What came of a tool is shared with a mentor or with nobody: whoever decides about somebody's work does not read it here."""
    return {LINE_MANAGER.name} if ToolResult.objects.filter(entry=entry).exists() else set()


def write_field(**more: Any) -> forms.CharField:
    return forms.CharField(
        label="What did you take from it?",
        help_text="Only you read it, until you share it with your mentor. You can change or delete it whenever you like.",
        max_length=journal.LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "class": "govuk-textarea"}),
        error_messages={"required": NO_WORDS},
        **more,
    )
