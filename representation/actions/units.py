"""Units of a workforce: renamed, moved below another, merged and ended on a day, so that figures of before keep what was so (R9)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from representation.models import Unit, UnitVersion
from representation.permissions import RepresentationPermission
from representation.states import UnitKind
from steppingup.accounts.actors import Actor
from steppingup.accounts.models import Organisation
from steppingup.formats.date_fields import DayInput
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import ChosenFrom, StepForm, step

KEEP = RepresentationPermission.KEEP_PLAN
NO_NAME, NO_DAY = "Write its name.", "Enter the day."
DAY = timedelta(days=1)


def put_version(*, unit: Unit, from_on: date | None, name: str, parent: Unit | None) -> UnitVersion:
    """From this day on it is called so and belongs there; a second change of one day takes the place of the first."""
    found, _ = UnitVersion.objects.update_or_create(
        unit=unit, from_on=from_on, defaults={"name": name, "parent": parent}
    )
    return found


def make_unit(
    *,
    provider: Organisation,
    name: str,
    kind: str = UnitKind.DIVISION,
    code: str = "",
    parent: Unit | None = None,
    began_on: date | None = None,
) -> Unit:
    """A unit with its first name. The caller has checked that its actor may."""
    unit = Unit.objects.create(provider=provider, kind=kind, code=code, began_on=began_on)
    put_version(unit=unit, from_on=None, name=required(name, NO_NAME, "name"), parent=parent)
    return unit


def lies_below(unit: Unit, other: Unit, day: date) -> bool:
    """Would `unit` lie below itself, were it put below `other`?"""
    seen: set[int] = set()
    at: Unit | None = other
    while at is not None and at.pk not in seen:
        if at.pk == unit.pk:
            return True
        seen.add(at.pk)
        version = at.version(day)
        at = version.parent if version else None
    return False


def _require_there(unit: Unit) -> None:
    refuse_if(unit.ended_on, "This unit has ended.", "unit_ended")


def _others(unit: Unit) -> Any:
    return (
        Unit.objects.filter(provider=unit.provider_id, ended_on=None).exclude(pk=unit.pk).prefetch_related("versions")
    )


class ChangeForm(StepForm):
    """What it is called and what it belongs to from a day on."""

    from_on = DayInput(label="From which day on?", error_messages={"required": NO_DAY})
    name = NameInput(label="What is it called?", max_length=150, error_messages={"required": NO_NAME})
    parent = ChosenFrom(
        Unit, _others, label="What does it belong to?", required=False, empty_label="Nothing: it stands at the top"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        latest = max(self.subject.versions.all(), key=lambda one: one.from_on or date.min, default=None)
        if latest is not None:
            self.initial = {"name": latest.name, "parent": latest.parent_id, **self.initial}


@step(
    Unit,
    "Rename or move it",
    name="change_unit",
    past="Renamed or moved",
    meaning="Figures of days before keep the name and the place of then. Nobody is told.",
    permission=KEEP,
    policy=_require_there,
    form=ChangeForm,
)
def change_unit(*, unit: Unit, from_on: date, name: str, by: Actor, parent: Unit | None = None) -> Unit:
    """Raises NotPossible for a unit that has ended, one of another provider, or one that would lie below itself."""
    _require_there(unit)
    if parent is not None:
        refuse_if(
            parent.provider_id != unit.provider_id, "Choose a unit of this provider.", "other_unit", field="parent"
        )
        refuse_if(lies_below(unit, parent, from_on), f"{parent} lies below {unit}.", "below_itself", field="parent")
    put_version(unit=unit, from_on=from_on, name=required(name, NO_NAME, "name"), parent=parent)
    return unit


class MergeForm(StepForm):
    others = forms.ModelMultipleChoiceField(
        Unit.objects.none(),
        label="With which units?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one unit."},
    )
    name = NameInput(label="What is the new unit called?", max_length=150, error_messages={"required": NO_NAME})
    on = DayInput(label="On which day does it begin?", error_messages={"required": NO_DAY})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["others"].queryset = _others(self.subject)  # type: ignore[attr-defined]


@step(
    Unit,
    "Merge it with others",
    name="merge_units",
    past="Merged",
    meaning="These units end the day before, and a new one begins. Their figures stay; later ones are the new unit’s, and a picture over the "
    "years shows them together.",
    permission=KEEP,
    policy=_require_there,
    form=MergeForm,
)
def merge_units(*, unit: Unit, others: Sequence[Unit], name: str, on: date, by: Actor) -> Unit:
    """Divisions are merged, in March for example. Returns the new unit, below what the first belonged to.

    Raises NotPossible for units of another provider, that have ended, or that began later."""
    merged = [unit, *(one for one in others if one.pk != unit.pk)]
    refuse_if(len(merged) < 2, "Choose at least one other unit.", "one_unit", field="others")
    for one in merged:
        refuse_if(one.provider_id != unit.provider_id, "Choose units of this provider.", "other_unit", field="others")
        refuse_if(one.ended_on, f"{one} has ended.", "unit_ended", field="others")
        refuse_if(one.began_on and one.began_on >= on, f"{one} began only then, or later.", "too_early", field="on")
    version = unit.version(on)
    parent = version.parent if version and version.parent not in merged else None
    made = make_unit(provider=unit.provider, name=name, kind=unit.kind, parent=parent, began_on=on)
    for one in merged:
        one.ended_on, one.became = on - DAY, made
        one.save(update_fields=["ended_on", "became"])
    return made


class EndForm(StepForm):
    ended_on = DayInput(label="What was its last day?", error_messages={"required": NO_DAY})


@step(
    Unit,
    "End it",
    name="end_unit",
    past="Ended",
    meaning="It has no figures after that day; those of before stay.",
    permission=KEEP,
    policy=_require_there,
    form=EndForm,
)
def end_unit(*, unit: Unit, ended_on: date, by: Actor) -> Unit:
    """Raises NotPossible for one that has ended, and for a day before it began."""
    _require_there(unit)
    refuse_if(
        unit.began_on and ended_on < unit.began_on, "The last day is before the first.", "too_early", field="ended_on"
    )
    unit.ended_on = ended_on
    unit.save(update_fields=["ended_on"])
    return unit
