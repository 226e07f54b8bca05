"""A name that changes, by marriage or otherwise: what carries it follows, and what was signed keeps the name it was signed with.

follows_a_name(Carrier("application", "applications", lambda user: user.applications.open(), rename=…))
follows_a_name(Carrier("certificate", "certificates", …, stays="Revoke it, and make it again, for one with the new name."))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet

from steppingup.accounts.actions import people
from steppingup.accounts.models import User
from steppingup.accounts.roles import SitePermission
from steppingup.formats.english import counted, listed
from steppingup.formats.fields import NameInput
from steppingup.formats.sameness import clean
from steppingup.history.lifecycle import refuse_if, required
from steppingup.history.previews import note
from steppingup.messaging.actions.sending import send
from steppingup.messaging.messages import NOTICE
from steppingup.messaging.notices import Notice
from steppingup.steps.step import StepForm, step

SAY_WHY = "Say why the name changes, so that we can explain it later."


@dataclass(frozen=True, eq=False)
class Carrier:
    """Records that carry a person's name: `rows(user)`. `rename(rows, name)` gives them the new one; where there is none they
    keep the old, and `stays` says what to do about it."""

    one: str
    many: str
    rows: Callable[[User], QuerySet[Any]]
    rename: Callable[[QuerySet[Any], str], object] | None = None
    stays: str = ""


_carriers: list[Carrier] = []


def follows_a_name(carrier: Carrier) -> None:
    _carriers.append(carrier)


def _counted(user: User, carriers: list[Carrier]) -> list[tuple[Carrier, str]]:
    found = [(one, one.rows(user).count()) for one in carriers]
    return [(one, counted(number, one.one, one.many)) for one, number in found if number]


def what_carries_it(user: User, **given: Any) -> str:
    """“The new name also stands on 1 application. 1 certificate with the old name: …”"""
    new = [words for _, words in _counted(user, [one for one in _carriers if one.rename])]
    old = [
        f"{words} with the old name: {one.stays}"
        for one, words in _counted(user, [o for o in _carriers if not o.rename])
    ]
    sentences = [f"The new name also stands on {listed(new)}."] if new else []
    return " ".join([f"The account of {user.full_name or user.email} gets another name.", *sentences, *old])


class NameForm(StepForm):
    full_name = NameInput(
        label="New full name", max_length=150, error_messages={"required": "Enter the name that they have now."}
    )
    reason = forms.CharField(
        label="Why",
        help_text="For the record. Only staff will see this.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": SAY_WHY},
    )


@step(
    User,
    "Change the name",
    past="Name changed",
    meaning=what_carries_it,
    permission=SitePermission.MANAGE_PEOPLE,
    guard=people.require_keeper,
    form=NameForm,
)
def change_name(*, user: User, full_name: str, reason: str, by: User) -> User:
    """Somebody has another name now: their account, and what carries its name and is not signed, get it. They are told.

    Raises NotPossible for the name that they have, or without a reason."""
    new, _ = required(clean(full_name), "Enter the name that they have now.", "full_name"), required(reason, SAY_WHY)
    former = user.full_name
    refuse_if(new == former, f"{former} is the name that they have.", "same", field="full_name")
    for carrier, words in _counted(user, _carriers):
        if carrier.rename is None:
            note(f"{words} with the old name: {carrier.stays}")
        else:
            carrier.rename(carrier.rows(user), new)
    user.full_name = new
    user.save(update_fields=["full_name"])
    told = {
        "title": "We have changed your name",
        "details": f"{by} has changed your name with us from {former or 'none'} to {new}. If that is wrong, write to your coordinator.",
    }
    send(Notice(NOTICE, user, user, told))
    return user
