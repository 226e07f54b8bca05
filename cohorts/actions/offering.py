"""Invitations to offer something: asking somebody at an organisation, by a link, and ending the link (L5, L6)."""

from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet

from cohorts.models.offering import AskedByLink
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import ChosenFrom, StepForm

NAME_THEM = "Enter the name of whoever is to be asked."
ADDRESS = "Enter the email address of whoever is to be asked."
Asked = TypeVar("Asked", bound=AskedByLink)


class AskForm(StepForm):
    """Whom to ask, and what to say to them."""

    organisation = ChosenFrom(
        Organisation,
        lambda of: Organisation.objects.order_by("name"),
        label="Organisation",
        empty_label="Choose",
        error_messages={"required": "Choose the organisation."},
    )
    name = NameInput(label="Name", max_length=150, error_messages={"required": NAME_THEM})
    email = AddressInput(label="Email address", error_messages={"required": ADDRESS})
    message = forms.CharField(
        label="What would you like to say to them? (optional)",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def whom(
    standing: QuerySet[Asked],
    where: str,
    *,
    organisation: Organisation,
    name: str,
    email: str,
    message: str,
) -> dict[str, Any]:
    """What is written down of whoever is asked. `standing` are the links of the same kind that hold, `where` they are listed.

    Raises NotPossible without a name or an address, and for whoever has been asked already."""
    name, email = required(name, NAME_THEM, "name"), required(email, ADDRESS, "email")
    refuse_if(
        standing.filter(organisation=organisation, email=email).exists(),
        f"They have been asked already. You can send them a new link from the list of {where}.",
        "asked_already",
        field="email",
    )
    return {"organisation": organisation, "name": name, "email": email, "message": message.strip()}


def end(invitation: Asked) -> Asked:
    """From now on there is nothing behind the link. Whoever calls it holds the row and has seen that it has not ended."""
    invitation.ended_at = clock.now()
    invitation.save(update_fields=["ended_at"])
    return invitation
