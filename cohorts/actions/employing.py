"""What is asked when a participant has another line manager or employer from some day on, and what hangs on the one before."""

from datetime import date
from typing import Any

from django import forms

from cohorts.actions.belonging import FROM
from cohorts.extensions import hanging_on_employer
from cohorts.models import Enrolment, Hosting, Membership
from cohorts.states import EMPLOYED, WITH_ORGANISATION, Counterpart, Standing
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.naming import AsksWhoseName
from steppingup.formats import english
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.steps.step import ChosenFrom, StepForm


def host_too_near(enrolment: Enrolment, employer: Organisation | None, since: date | None = None) -> str:
    """Why somebody cannot work for this organisation, or for none, from this day (today) on: a host of their assignments is of it,
    where it must be another, or is not, where it must be their own. Empty when they can."""
    family = employer.family_ids(enrolment.cohort.programme.reach) if employer else frozenset()
    hosts = Hosting.objects.since(since or clock.today()).filter(placement__enrolment=enrolment)
    own = hosts.filter(placement__component__counterpart=Counterpart.OWN).exclude(host__in=family)
    if far := own.select_related("host", "placement__component").last():
        return (
            f"The host of their “{far.placement.component}”, {far.host}, must be their own organisation, and is not of the new "
            "employer. Choose another host first."
            if employer
            else f"The host of their “{far.placement.component}”, {far.host}, must be their own organisation, and they would have "
            "none. Remove the assignment first, or have a plan without it."
        )
    apart = hosts.filter(placement__component__counterpart=Counterpart.ANOTHER, host__in=family)
    near = apart.select_related("host").last()
    if near is None:
        return ""
    until = f" until {english.day_date(near.last_day)}" if near.last_day else ""
    instead = "Enter the day after it, or a later one." if near.last_day else "Choose another host first."
    return f"The host of their assignment{until}, {near.host}, belongs to the same organisation as the new employer. {instead}"


class ManagerForm(AsksWhoseName, StepForm):
    """Who the line manager is. Asks whose name to use where the address belongs to an account with another one."""

    name = NameInput(label="Full name", max_length=150)
    email = AddressInput(label="Email address", help_text="They sign in with it to see how their person is getting on.")
    from_on = FROM

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_whose_name()

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.require_whose_name()
        return self.cleaned_data


class EmployerForm(AsksWhoseName, StepForm):
    """How and where they work now, and who their line manager is there."""

    names = ("manager_name", "manager_email")

    standing = forms.TypedChoiceField(
        label="How do they work from then on?",
        choices=Standing.choices,
        coerce=Standing,
        initial=Standing.EMPLOYED,
        empty_value=Standing.EMPLOYED,
        required=False,
    )
    employer = ChosenFrom(
        Organisation,
        lambda enrolment: Organisation.objects.order_by("name"),
        label="New employer",
        help_text="For a volunteer, the organisation that they volunteer with. Leave it empty for somebody who is self-employed or "
        "not employed. To put right from which day they work for the one that they have now, choose that one and the day.",
        empty_label="None",
        required=False,
    )
    from_on = FROM
    manager_name = NameInput(
        label="New line manager’s name",
        help_text="Leave name and address empty if the line manager stays the same, or is not known yet.",
        max_length=150,
        required=False,
    )
    manager_email = AddressInput(label="New line manager’s email address", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_whose_name()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self.require_whose_name()
        if values.get("standing") in EMPLOYED and not values.get("employer") and "employer" not in self.errors:
            self.add_error("employer", "Choose the new employer.")
        if values.get("manager_name") and not values.get("manager_email") and "manager_email" not in self.errors:
            self.add_error("manager_email", "Enter the new line manager's email address.")
        return values

    def warnings(self, subject: Enrolment) -> list[str]:
        """What hangs on the employer so far."""
        now = self.cleaned_data["employer"], self.cleaned_data["standing"]
        if now == (subject.employer, subject.standing):  # only the day is put right
            return []
        found = [sentence for sentences in hanging_on_employer(subject) for sentence in sentences]
        keeps = self.cleaned_data["standing"] in WITH_ORGANISATION
        if subject.line_manager and keeps and not self.cleaned_data.get("manager_email"):
            found.append(f"{subject.manager} stays the line manager, and sees their days, until you name another.")
        return found


def why_not_one_person(one: User, other: User) -> str:
    """Two accounts of which one manages, or managed, the other are two people."""
    for manager, participant in ((one, other), (other, one)):
        if Membership.objects.filter(line_manager=manager, enrolment__participant=participant).exists():
            return f"{manager.email} is or was the line manager of {participant.email}, so these are two people."
    return ""
