"""Mentors from a file: one row each, CSV or Excel. Reading a file again changes nothing and makes nobody twice."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from import_export.fields import Field
from import_export.widgets import Widget

from mentoring.actions import mentors
from mentoring.models import MOST_AT_ONCE, Mentor, Theme
from steppingup.accounts.models import Organisation
from steppingup.desk.importing import EmailAddress, RowsResource, WholeNumber, Words, as_text
from steppingup.formats.english import listed
from steppingup.history.lifecycle import NotPossible


class OrganisationName(Words):
    """An organisation that is known by this name, in capitals or not."""

    def __init__(self) -> None:
        super().__init__(200)
        self.known: dict[str, Organisation] = {}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Organisation:
        name = super().clean(value)
        if name.casefold() not in self.known:
            raise ValueError(
                f"There is no organisation called “{name}”. Correct the name, or add the organisation first."
            )
        return self.known[name.casefold()]


class ThemeNames(Widget):
    """Themes by name or key, with semicolons between them."""

    is_needed = False

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, Theme] = {}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[Theme]:
        names = [as_text(name) for name in re.split(r"[;|\n]", str(value)) if name.strip()]
        if unknown := [f"“{name}”" for name in names if name.casefold() not in self.known]:
            use = "; ".join(dict.fromkeys(theme.name for theme in self.known.values()))
            raise ValueError(
                f"There is no theme called {listed(unknown)}. Put semicolons between themes, and use these names: {use}."
            )
        return [self.known[name.casefold()] for name in names]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "; ".join(theme.name for theme in value.all()) if value is not None else ""


class MentorResource(RowsResource):
    """One row of the file, found again by the email address. What is left blank stays as it is."""

    owner_field = "programme"
    key, lookup, keeps_blanks = "Email", "user__email__iexact", True
    also_called = {
        "e-mail": "Email", "email address": "Email", "e-mail address": "Email", "organization": "Organisation",
    }  # fmt: skip
    email = Field("user__email", "Email", widget=EmailAddress(254))
    full_name = Field("user__full_name", "Name", widget=Words(150))
    organisation = Field("organisation__name", "Organisation", widget=OrganisationName())
    job_title = Field("job_title", "Job title", widget=Words(150, is_needed=False))
    area = Field("area", "Area", widget=Words(120, is_needed=False))
    themes = Field("themes", "Themes", widget=ThemeNames())
    capacity = Field("capacity", "Capacity", widget=WholeNumber(2, 0, MOST_AT_ONCE, is_needed=False))

    class Meta:
        model = Mentor
        name = "Mentors"
        fields = ("email", "full_name", "organisation", "job_title", "area", "themes", "capacity")
        import_id_fields = ()
        use_transactions = True

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("user", "organisation")

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        organisations, themes = Organisation.objects.all(), Theme.objects.filter(programme=self.owner)
        self.fields["organisation"].widget.known = {one.name.casefold(): one for one in organisations}
        self.fields["themes"].widget.known = {n.casefold(): one for one in themes for n in (one.key, one.name)}

    def import_instance(self, instance: Mentor, row: Any, **kwargs: Any) -> None:
        """The action does it, when the row is saved."""

    def save_instance(self, instance: Mentor, is_create: bool, row: Any, **kwargs: Any) -> None:
        names = {"user__email": "email", "user__full_name": "full_name", "organisation__name": "organisation"}
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
