"""An address that belongs to an account with another name than somebody has typed beside it.

Whoever may see that account is shown both names and chooses. For everybody else the name that they typed stands on their record,
and nothing tells them that there is an account. Nobody is renamed by others."""

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.apps import apps
from django.db import models

from steppingup.accounts.models import User
from steppingup.formats.sameness import address, clean, mailbox, same_address, same_person
from steppingup.history.changes import Typed


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


def is_own_address(person: User, email: str) -> bool:
    """Would a letter to this address reach this person? It is one of theirs, or the same mailbox written in another way: for “not
    yourself”."""
    if not email:
        return False
    if mailbox(email) == mailbox(person.email):
        return True
    own = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    return mailbox(email) in map(mailbox, own)


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


def here(account: User, by: Any, *, name: str, email: str, whose_name: str = WhoseName.TYPED) -> tuple[str, str]:
    """The name and the address that a record keeps of somebody who was named by them. Both are empty where it goes by the account:
    whoever typed them may see it, and it is called the same or was chosen.

    For everybody else a record says what they typed, whether there was an account with this address or it was just made, until
    its owner signs in (`goes_by_its_account`); and the address where it is the second of an account."""
    sees = isinstance(by, User) and User.objects.visible_to(by).filter(pk=account.pk).exists()
    if sees and (whose_name == WhoseName.ACCOUNT or same_person(account.full_name, name)):
        return "", ""
    return clean(name)[:150], "" if same_address(account.email, email) else address(email)


def goes_by_its_account(*, user: User) -> int:
    """Somebody has signed in: records that call them as their account does go by the account from now on. Whoever keeps them sees it.
    Returns how many records it was."""
    found = 0
    for model, field, typed in _named():
        rows = model._base_manager.filter(**{field: user}).exclude(**{typed.name: ""})
        same = [row.pk for row in rows if same_person(getattr(row, typed.name), user.full_name)]
        if same:
            found += model._base_manager.filter(pk__in=same).update(**{typed.name: "", typed.email: ""})
    return found


def keep_addresses(user: User) -> None:
    """The account is about to be merged into another: records that do not go by it keep the address by which they know it."""
    for model, field, typed in _named():
        rows = model._base_manager.filter(**{field: user, typed.email: ""}).exclude(**{typed.name: ""})
        rows.update(**{typed.email: user.email})


def _named() -> list[tuple[Any, str, Typed]]:
    """Every column by which somebody is named by an address; what has dates before what it follows, so that the database finds
    both the same and adds nothing."""
    found = [
        (model, field, typed)
        for model in apps.get_models()
        for field, typed in getattr(model, "typed_names", {}).items()
        if not hasattr(model, "pgh_tracked_model")
    ]
    return sorted(found, key=lambda one: not hasattr(one[0], "starts_on"))


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
