"""School holidays of a provider, pasted as the council publishes them: a line each."""

import re
from datetime import date
from typing import Any, NamedTuple

from django import forms

from cohorts.actions.programmes import guard
from cohorts.models import SchoolHoliday
from cohorts.permissions import CohortPermission
from steppingup.accounts.actors import Actor
from steppingup.accounts.models import Organisation
from steppingup.formats import english
from steppingup.formats.dates import NotMeant, day_of
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.steps.step import StepForm, Table, step

APART = re.compile(r"[,;\t]")
MOST = 60
#: Longer ones are a mistake in a year.
LONGEST = 70


class Holiday(NamedTuple):
    name: str
    first: date
    last: date


def read(text: str) -> list[Holiday]:
    """“Autumn half-term, 26 October 2026, 30 October 2026”, a line each. Raises NotPossible with the line that cannot be read."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    refuse_if(not lines, "Paste a line for each of the holidays.", "required", field="text")
    refuse_if(len(lines) > MOST, f"Paste at most {MOST} lines at once.", "too_long", field="text")
    return [_holiday(line) for line in lines]


def _holiday(line: str) -> Holiday:
    name, first, last = [*(part.strip() for part in APART.split(line)), "", "", ""][:3]
    try:
        found = Holiday(name[:80], day_of(first), day_of(last or first))
    except NotMeant as why:
        raise NotPossible(
            f"“{line[:80]}” cannot be read: {why} Write the name, the first day and the last day, with commas between them.",
            "day",
            field="text",
        ) from None
    refuse_if(not found.name, f"“{line[:80]}” has no name before the first comma.", "required", field="text")
    length = (found.last - found.first).days + 1
    refuse_if(
        length < 1 or length > LONGEST,
        f"“{line[:80]}”: the last day must come after the first, and not more than {LONGEST} days later.",
        "order",
        field="text",
    )
    return found


class HolidaysForm(StepForm):
    text = forms.CharField(
        label="The holidays",
        help_text="A line each: the name, the first day and the last day, with commas between them. Such as “Autumn half-term, 26 October 2026, 30 October 2026”.",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": "Paste a line for each of the holidays."},
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            read(text)
        except NotPossible as sentence:
            raise forms.ValidationError(str(sentence)) from None
        return text

    def table(self, subject: Any) -> Table:
        found = read(self.cleaned_data["text"])
        rows: list[tuple[str, ...]] = [
            (one.name, english.day_date(one.first), english.day_date(one.last)) for one in found
        ]
        return Table("School holidays", ("Name", "First day", "Last day"), rows)


@step(
    Organisation,
    "Enter school holidays",
    name="enter_school_holidays",
    noun="provider",
    past="School holidays entered",
    meaning="Sessions that you make from a plan keep them free. Holidays that begin on the same day as ones entered before take their place. "
    "Sessions that are there already stay where they are.",
    permission=CohortPermission.EDIT_PROGRAMMES,
    guard=guard,
    policy=lambda provider: refuse_if(
        not provider.is_provider, "This organisation does not run programmes here.", "no_provider"
    ),
    form=HolidaysForm,
)
def enter_school_holidays(*, provider: Organisation, text: str, by: Actor) -> list[SchoolHoliday]:
    """Raises NotPossible for a line that cannot be read; then none of them is entered."""
    return [
        SchoolHoliday.objects.update_or_create(
            provider=provider, starts_on=one.first, defaults={"name": one.name, "ends_on": one.last}
        )[0]
        for one in read(text)
    ]
