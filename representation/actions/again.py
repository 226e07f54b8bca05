"""An item of a plan that comes again: the next year, where it is funded year by year, and for another group, once it is shown that it is
needed there (R4)."""

import re
from typing import Any

from django import forms
from django.db.models import Max

from representation.models import LONGEST, TEXTS, ActionItem, ItemReference
from representation.permissions import RepresentationPermission
from representation.states import ItemStatus, ReferenceKind
from steppingup.accounts.actors import Actor
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import StepForm, step

KEEP = RepresentationPermission.KEEP_PLAN
THE_YEAR_BEFORE, THE_FIRST = "The year before", "Where it was done first"
NO_GROUP, NO_EVIDENCE = "Say for whom.", "Say where it is shown. Without that it is not extended."
#: What an item that comes again has of the one before.
KEPT = (
    *TEXTS,
    "plan",
    "section",
    "horizon",
    "phase",
    "is_yearly",
    "gate",
    "consulted",
    "limits",
    "people",
    "days_a_week",
    "months",
)


def _like(item: ActionItem, **changed: Any) -> ActionItem:
    """Another at the end of the plan, of which nothing is said yet."""
    last = item.plan.items.aggregate(last=Max("order"))["last"] or 0
    values = {name: getattr(item, name) for name in KEPT} | {"progress": "", "order": last + 1} | changed
    return ActionItem.objects.create(**values)


def _refer(item: ActionItem, other: ActionItem, words: str) -> None:
    ItemReference.objects.create(item=item, kind=ReferenceKind.ITEM, other=other, words=words)


#: A year, or one of two halves: “2031”, “2031/32”, “2031-2032”; no part of a day that is written in figures alone.
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:(\s?/\s?|\s?[–-]\s?(?=\d{4})|[–-])(\d{4}|\d\d)(?![\d/–-]))?(?!\d)")


def next_timescale(words: str) -> str:
    """A year later, where the words name one year: “By May 2031” becomes “By May 2032”, and “Q3 2031/32” becomes “Q3 2032/33”. Nothing where
    they name none, or several."""
    found = {_year(one) for one in _YEAR.finditer(words)}
    if len(found) != 1:
        return ""
    first, sign, second = found.pop()
    if len(second) == 4 and int(second) != first + 1:  # “2031–2035” is a time of several years
        return ""
    if not second:
        return words.replace(str(first), str(first + 1))
    later = str(int(second) + 1) if len(second) == 4 else f"{(first + 2) % 100:02}"
    return words.replace(f"{first}{sign}{second}", f"{first + 1}{sign}{later}")


def _year(one: re.Match[str]) -> tuple[int, str, str]:
    """The year, and its second half where it has one: “2031-05” and “2031 – 31 May” have none."""
    first, sign, second = int(one[1]), one[2] or "", one[3] or ""
    is_half = len(second) == 4 or (second and int(second) == (first + 1) % 100)
    return (first, sign, second) if is_half else (first, "", "")


def _require_yearly(item: ActionItem) -> None:
    refuse_if(not item.is_yearly, "It does not come back each year. Say so on its page first.", "not_yearly")
    refuse_if(
        item.status != ItemStatus.ACHIEVED,
        "Say first what came of it this year: it is not achieved yet.",
        "not_achieved",
    )
    begun = ItemReference.objects.filter(other=item, words=THE_YEAR_BEFORE).exists()
    refuse_if(begun, "Its next year has begun already.", "next_begun")


@step(
    ActionItem,
    "Begin its next year",
    name="begin_next_year",
    noun="item",
    past="Next year begun",
    meaning="The plan gets the same item once more, a year later, of which nothing is said yet. This one stays as it is. Nobody is told: name its leads.",
    permission=KEEP,
    policy=_require_yearly,
)
def begin_next_year(*, item: ActionItem, by: Actor) -> ActionItem:
    """Raises NotPossible for an item that does not come back each year, is not achieved, or has begun its next year."""
    ActionItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    _require_yearly(item)
    found = _like(item, timescale=next_timescale(item.timescale))
    _refer(found, item, THE_YEAR_BEFORE)
    return found


class ExtendForm(StepForm):
    """What the gate asks for stands above the box for it."""

    group = NameInput(label="For whom?", max_length=200, error_messages={"required": NO_GROUP})
    evidence = forms.CharField(
        label="Where is it shown?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": NO_EVIDENCE},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].help_text = f"What has to be shown first: {self.subject.gate}"


def _require_gate(item: ActionItem) -> None:
    refuse_if(
        not item.gate.strip(),
        "Write down first, on its page, what has to be shown before it is extended to another group.",
        "no_gate",
    )


@step(
    ActionItem,
    "Extend it to another group",
    name="extend_item",
    noun="item",
    past="Extended to another group",
    meaning="The plan gets an item for that group, with your evidence that it is needed there. This one stays as it is. Nobody is told: name its leads.",
    permission=KEEP,
    policy=_require_gate,
    form=ExtendForm,
)
def extend_item(*, item: ActionItem, group: str, evidence: str, by: Actor) -> ActionItem:
    """Only once under-representation is shown (R4). Raises NotPossible without a gate, a group or evidence."""
    _require_gate(item)
    group, evidence = required(group, NO_GROUP, "group"), required(evidence, NO_EVIDENCE, "evidence")
    found = _like(item, outcome=f"{group}: {item.outcome}".rstrip(": ")[:LONGEST], timescale="")
    ItemReference.objects.create(item=found, kind=ReferenceKind.EVIDENCE, words=evidence)
    _refer(found, item, THE_FIRST)
    return found
