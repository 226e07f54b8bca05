"""An address that belongs to an account with another name than somebody has typed beside it.

Whoever may see that account is shown both names and chooses. For everybody else the name that they typed stands on their record,
and nothing tells them that there is an account. Nobody is renamed by others."""

from typing import Any

from django import forms
from django.db import models

from steppingup.accounts.models import User
from steppingup.formats.sameness import clean, same_address, same_person


class WhoseName(models.TextChoices):
    """Which of two names stands on a record."""

    TYPED = "typed", "The name that was typed"
    ACCOUNT = "account", "The name of the account"


def named_otherwise(by: Any, email: str, typed: str) -> User | None:
    """The account with this address, where it has another name than was typed and `by` may see it."""
    if not email or not typed.strip() or not isinstance(by, User):
        return None
    found = User.objects.with_address(email)
    if found is None or not found.full_name or same_person(found.full_name, typed):
        return None
    return User.objects.visible_to(by).filter(pk=found.pk).first()


def goes_by_another(by: Any, email: str) -> str:
    """A sentence where this is the second address of somebody whose accounts were merged, and `by` may see that account: what
    is kept here would show the other address without a word. Empty otherwise."""
    found = User.objects.with_address(email) if email and isinstance(by, User) else None
    if (
        found is None
        or same_address(found.email, email)
        or not User.objects.visible_to(by).filter(pk=found.pk).exists()
    ):
        return ""
    return f"{email} is the second address of {found}, whose account goes by {found.email}. Enter {found.email}: letters go there."


def both_names(found: User, typed: str) -> str:
    """What is said of the two."""
    return (
        f"{found.email} is the address of {found.full_name}’s account, and you typed “{typed}”. Say which name to use here, or "
        "enter another address if this is somebody else."
    )


def choices_of(found: User, typed: str) -> list[tuple[str, str]]:
    return [
        (WhoseName.ACCOUNT, f"Use the account’s name: {found.full_name}"),
        (WhoseName.TYPED, f"Keep “{typed}” here. The account keeps its own name"),
    ]


def name_here(account: User, typed: str, whose_name: str = WhoseName.TYPED) -> str:
    """What a record keeps as the name of the person with this account: the name that was typed where the account has another,
    and nothing where it goes by the account."""
    follows = whose_name == WhoseName.ACCOUNT or same_person(account.full_name, typed)
    return "" if follows else clean(typed)[:150]


class AsksWhoseName(forms.Form):
    """For a form with a name and an address: asks which of two names stands, once it turns out that there are two.

    `names` says which of its fields hold the name and the address; `by` is who fills it in."""

    names = ("name", "email")
    by: Any

    def ask_whose_name(self) -> None:
        """Adds the question where it is needed. Called when the fields are there."""
        typed, email = (str(self.data.get(self.add_prefix(name), "")) for name in self.names)
        self.named_otherwise = found = named_otherwise(self.by, email, typed) if self.is_bound else None
        if found:
            self.fields["whose_name"] = forms.ChoiceField(
                label="Which name should stand here?",
                choices=choices_of(found, typed),
                widget=forms.RadioSelect,
                required=False,
            )

    def require_whose_name(self) -> None:
        """Called when the fields are clean. Says both names beside the question while it has no answer, and which address to
        enter where somebody has two."""
        if another := goes_by_another(self.by, self.cleaned_data.get(self.names[1], "")):
            self.add_error(self.names[1], another)
        if self.named_otherwise and not self.cleaned_data.get("whose_name") and "whose_name" not in self.errors:
            self.add_error("whose_name", both_names(self.named_otherwise, self.cleaned_data.get(self.names[0], "")))
