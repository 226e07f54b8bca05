"""The organisation that somebody means who types a name: the one that has it, however it is spelt, or those to ask about.

What is exactly the same (`steppingup.formats.sameness`) is taken without a question. What is near is offered, never guessed."""

from collections.abc import Sequence
from typing import Any

from django import forms

from steppingup.accounts.models import Organisation
from steppingup.formats import english
from steppingup.formats.sameness import alike, same_organisation

NONE = "none"


def known_as(name: str) -> Organisation | None:
    """The organisation with this name as people see it."""
    return Organisation.objects.filter(name__same_organisation=name).first() if name.strip() else None


def near_to(name: str, but: int | None = None) -> list[Organisation]:
    """Those that may be meant by this name, the most alike first; two queries, however many there are."""
    if not name.strip():
        return []
    names = Organisation.objects.values_list("name", flat=True)
    near = alike(name, names.exclude(pk=but) if but else names)
    found = {one.name: one for one in Organisation.objects.filter(name__in=near)}
    return [found[name] for name in near if name in found]


def did_you_mean(names: list[str]) -> str:
    """The question in one line: “Did you mean “Acme Ltd”?”; nothing where nothing is near."""
    return f"Did you mean {' or '.join(f'“{name}”' for name in names)}?" if names else ""


def _ask(near: Sequence[Organisation]) -> str:
    if len(near) == 1:
        return f"Say whether you mean {near[0].name}."
    return "Choose the one that you mean, or “None of these”."


def question(near: Sequence[Organisation], typed: str, **kwargs: Any) -> forms.ChoiceField:
    """Radio buttons that ask which one was meant."""
    choices = [(str(one.pk), one.name) for one in near]
    label = f"Did you mean {near[0].name}?" if len(near) == 1 else "Did you mean one of these?"
    none = f"No, it is “{typed}”" if len(near) == 1 else f"None of these. It is “{typed}”"
    given = {"widget": forms.RadioSelect, "required": False, **kwargs}
    return forms.ChoiceField(label=label, choices=[*choices, (NONE, none)], **given)


class AsksWhichOrganisation(forms.Form):
    """For a form with a box for the name of an organisation: asks which one is meant, once it turns out that some are near.

    Works without scripts: the page comes back with the question, and everything that was typed."""

    typed_name = "employer_name"
    #: What was typed before and was then said to be none of those.
    settled_name = ""
    #: Those that are asked about.
    near: Sequence[Organisation] = ()

    def ask_which(self) -> None:
        """Adds the question where it is needed. Called when the fields are there."""
        typed = str(self.data.get(self.add_prefix(self.typed_name), "")).strip() if self.is_bound else ""
        is_new = bool(typed) and not same_organisation(typed, self.settled_name) and known_as(typed) is None
        self.near = near_to(typed) if is_new else []
        if self.near:
            self.fields["which"] = question(self.near, typed)

    def meant(self) -> Organisation | None:
        """The organisation that was meant; None for one that is not in the directory. Called when the fields are clean; says
        what to choose beside the question while it has no answer."""
        typed, chosen = self.cleaned_data.get(self.typed_name) or "", self.cleaned_data.pop("which", "")
        if self.near and not chosen and "which" not in self.errors:
            self.add_error("which", _ask(self.near))
        if chosen and chosen != NONE:
            return next((one for one in self.near if str(one.pk) == chosen), None)
        return known_as(typed)


def too_near(name: str, but: int | None = None) -> str:
    """What is said of a new entry that may be in the directory already; nothing where none is near."""
    near = near_to(name, but)
    return f"The directory has {english.listed(f'“{one.name}”' for one in near)} already." if near else ""
