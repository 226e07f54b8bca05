"""Mentors from a file: one row each, CSV or Excel. Reading a file again changes nothing and makes nobody twice."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from import_export.fields import Field
from import_export.widgets import Widget

from mentoring.actions import mentors
from mentoring.models import MOST_AT_ONCE, Mentor, Theme
from mentoring.models.mentor import address_here
from steppingup.accounts.directory import did_you_mean, near_to
from steppingup.accounts.models import Organisation
from steppingup.accounts.naming import WhoseName, goes_by_another, named_otherwise
from steppingup.desk.cells import EmailAddress, WholeNumber, Words, as_text
from steppingup.desk.importing import RowsResource
from steppingup.formats.english import listed
from steppingup.formats.sameness import fold, organisation, same_person
from steppingup.history.lifecycle import NotPossible


class OrganisationName(Words):
    """An organisation that is known by this name, however it is spelt."""

    def __init__(self) -> None:
        super().__init__(200)
        self.known: dict[str, Organisation] = {}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Organisation:
        name = super().clean(value)
        if organisation(name) not in self.known:
            asked = did_you_mean([one.name for one in near_to(name)])
            raise ValueError(
                f"There is no organisation called “{name}”.{f' {asked}' if asked else ''} Correct the name, or add the organisation first."
            )
        return self.known[organisation(name)]


class ThemeNames(Widget):
    """Themes by name or key, with semicolons between them."""

    is_needed = False

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Theme] = {}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[Theme]:
        names = [as_text(name) for name in re.split(r"[;|\n]", str(value)) if name.strip()]
        if unknown := [f"“{name}”" for name in names if fold(name) not in self.known]:
            use = "; ".join(dict.fromkeys(theme.name for theme in self.known.values()))
            raise ValueError(
                f"There is no theme called {listed(unknown)}. Put semicolons between themes, and use these names: {use}."
            )
        return [self.known[fold(name)] for name in names]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "; ".join(theme.name for theme in value.all()) if value is not None else ""


class NameOf(Words):
    """Which of two names stands, where the address belongs to an account with another one: “account” or “typed”."""

    def __init__(self) -> None:
        super().__init__(20, is_needed=False)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = fold(super().clean(value))
        if text not in ("", *WhoseName.values):
            raise ValueError(
                "Write “account” to use the name of the account, or “typed” to keep the name in this file."
            )
        return text or WhoseName.TYPED


class MentorResource(RowsResource):
    """One row of the file, found again by the email address. What is left blank stays as it is."""

    owner_field = "programme"
    key, lookup, keeps_blanks = "Email", "address_here", True
    also_called = {
        "e-mail": "Email", "email address": "Email", "e-mail address": "Email", "organization": "Organisation",
    }  # fmt: skip
    email = Field("user__email", "Email", widget=EmailAddress(254))
    full_name = Field("called", "Name", widget=Words(150))
    whose_name = Field("whose_name", "Whose name", widget=NameOf())
    organisation = Field("organisation__name", "Organisation", widget=OrganisationName())
    job_title = Field("job_title", "Job title", widget=Words(150, is_needed=False))
    area = Field("area", "Area", widget=Words(120, is_needed=False))
    themes = Field("themes", "Themes", widget=ThemeNames())
    capacity = Field("capacity", "Capacity", widget=WholeNumber(2, 0, MOST_AT_ONCE, is_needed=False))

    class Meta:
        model = Mentor
        name = "Mentors"
        fields = ("email", "full_name", "whose_name", "organisation", "job_title", "area", "themes", "capacity")
        import_id_fields = ()
        use_transactions = True

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("user", "organisation").alias(address_here=address_here())

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        organisations, themes = Organisation.objects.all(), Theme.objects.filter(programme=self.owner)
        self.fields["organisation"].widget.known = {organisation(one.name): one for one in organisations}
        self.fields["themes"].widget.known = {fold(n): one for one in themes for n in (one.key, one.name)}

    def before_import_row(self, row: Any, row_number: int = 0, **kwargs: Any) -> None:
        """Asks whose name stands where somebody who may see the account has not said it yet."""
        super().before_import_row(row, row_number, **kwargs)
        email, typed = self.cells["user__email"], self.cells["called"]
        if another := goes_by_another(self.by, email):
            raise ValidationError({"Email": another})
        other = None if as_text(row.get("Whose name")) else named_otherwise(self.by, email, typed)
        mentor = self.get_queryset().filter(address_here=email).first() if other else None
        if other and not (mentor and same_person(mentor.called, typed)):
            raise ValidationError(
                {
                    "Name": f"{email} is the address of {other.full_name}’s account, and this row says “{typed}”. Add a column "
                    "“Whose name” with “account” to use the account’s name or “typed” to keep this one, or correct the address."
                }
            )

    def import_instance(self, instance: Mentor, row: Any, **kwargs: Any) -> None:
        """The action does it, when the row is saved."""

    def save_instance(self, instance: Mentor, is_create: bool, row: Any, **kwargs: Any) -> None:
        names = {"user__email": "email", "called": "full_name", "organisation__name": "organisation"}
        values = {names.get(name, name): value for name, value in self.cells.items()}
        try:
            mentor, _ = mentors.put(programme=self.owner, by=self.by, **values)
        except NotPossible as sentence:
            raise ValidationError(str(sentence)) from sentence
        for field in Mentor._meta.concrete_fields:
            setattr(instance, field.attname, getattr(mentor, field.attname))
        instance.user, instance.organisation = mentor.user, mentor.organisation
        instance._state.adding = False

    def save_m2m(self, instance: Mentor, row: Any, **kwargs: Any) -> None:
        """The action does it."""
