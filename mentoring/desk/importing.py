"""Mentors from a file: one row each, CSV or Excel. Reading a file again changes nothing and makes nobody twice."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from import_export.fields import Field
from import_export.formats.base_formats import XLSX
from import_export.resources import Diff, ModelResource
from import_export.tmp_storages import CacheStorage
from tablib import Dataset

from cohorts.models import Programme
from mentoring.actions import mentors
from mentoring.models import MOST_AT_ONCE, Mentor, Theme
from steppingup.accounts.actors import Actor
from steppingup.accounts.models import Organisation
from steppingup.desk.importing import AnyCSV
from steppingup.history.lifecycle import NotPossible

MOST_ROWS = 2000
COLUMNS = {
    "email": "Email",
    "name": "Name",
    "organisation": "Organisation",
    "job title": "Job title",
    "area": "Area",
    "themes": "Themes",
    "capacity": "Capacity",
}
ALSO_CALLED = {"e-mail": "email", "email address": "email", "e-mail address": "email", "organization": "organisation"}
NEEDED = ("Email", "Name", "Organisation")


def tidy(dataset: Dataset) -> Dataset:
    """The columns under their own names, whatever their capitals; without empty rows.

    Raises NotPossible when a column that is needed is missing, or when the file is too long."""
    headers = []
    for header in dataset.headers or []:
        name = re.sub(r"\s+", " ", str(header or "")).strip().casefold()
        headers.append(COLUMNS.get(ALSO_CALLED.get(name, name), str(header or "")))
    missing = [name for name in NEEDED if name not in headers]
    if missing:
        raise NotPossible(
            f"The first row must name the columns. Missing: {', '.join(missing)}. "
            f"The columns are {', '.join(COLUMNS.values())}."
        )
    rows = [row for row in dataset if any(str(cell if cell is not None else "").strip() for cell in row)]
    if len(rows) > MOST_ROWS:
        raise NotPossible(f"The file has {len(rows)} rows. Divide it into files of at most {MOST_ROWS}.")
    if not rows:
        raise NotPossible("There are no rows below the names of the columns.")
    return Dataset(*rows, headers=headers)


class MentorsCSV(AnyCSV):
    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Dataset:
        return tidy(super().create_dataset(in_stream, **kwargs))


class MentorsXLSX(XLSX):
    def create_dataset(self, in_stream: Any) -> Dataset:
        return tidy(super().create_dataset(in_stream))


class KeptFile(CacheStorage):
    """The file between preview and confirmation, where every web process finds it."""

    CACHE_PREFIX = "mentors-import-"

    def read(self) -> Any:
        data = super().read()
        if data is None:
            raise NotPossible("The file is not kept any more. Choose it again.")
        return data


class Preview(Diff):
    """What a mentor was before and is after the row, in the columns of the file."""

    def __init__(self, resource: Any, instance: Any, new: bool) -> None:
        self.left = self._cells(resource, instance)
        self.right: list[str] = []
        self.new = new

    def compare_with(self, resource: Any, instance: Any) -> None:
        self.right = self._cells(resource, instance)

    def _cells(self, resource: Any, instance: Any) -> list[str]:
        return [resource.export_field(field, instance) for field in resource.get_import_fields()]


class MentorResource(ModelResource):
    """One row of the file. What is left blank stays as it is."""

    email = Field(column_name="Email")
    full_name = Field(column_name="Name")
    organisation = Field(column_name="Organisation")
    job_title = Field(column_name="Job title")
    area = Field(column_name="Area")
    themes = Field(column_name="Themes")
    capacity = Field(column_name="Capacity")

    class Meta:
        model = Mentor
        fields = ("email", "full_name", "organisation", "job_title", "area", "themes", "capacity")
        import_id_fields = ()
        use_transactions = True

    def __init__(self, programme: Programme | None = None, by: Actor | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.programme, self.by = programme, by
        self.seen: dict[str, int] = {}
        self.values: dict[str, Any] = {}

    def get_diff_class(self) -> type[Diff]:
        return Preview

    # -- what a row says -----------------------------------------------------------------------

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        self.seen = {}
        self.organisations = {organisation.name.casefold(): organisation for organisation in Organisation.objects.all()}
        found = Theme.objects.filter(programme=self.programme)
        self.themes_by_name = {name.casefold(): theme for theme in found for name in (theme.key, theme.name)}

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        """Understand the row. Raises NotPossible with everything that is wrong with it."""
        cells = {key: str(value if value is not None else "").strip() for key, value in row.items()}
        problems: list[str] = []
        self.values = {
            "email": self._email(cells["Email"], kwargs["row_number"], problems),
            "full_name": cells["Name"],
            "organisation": self._organisation(cells["Organisation"], problems),
        }
        for column, name, longest in (("Job title", "job_title", 150), ("Area", "area", 120)):
            if text := cells.get(column, ""):
                self.values[name] = text
                if len(text) > longest:
                    problems.append(f"{column} is longer than {longest} characters.")
        if text := cells.get("Themes", ""):
            self.values["themes"] = self._themes(text, problems)
        if text := cells.get("Capacity", ""):
            self.values["capacity"] = self._capacity(text, problems)
        if not cells["Name"]:
            problems.append("Give a name.")
        if problems:
            raise NotPossible(" ".join(problems))

    def _email(self, text: str, number: int, problems: list[str]) -> str:
        email = text.lower()
        try:
            validate_email(email)
        except ValidationError:
            problems.append(f"“{text}” is not an email address." if text else "Give an email address.")
        first = self.seen.setdefault(email, number)
        if first != number:
            problems.append(f"{email} stands on line {first} already.")
        return email

    def _organisation(self, text: str, problems: list[str]) -> Organisation | None:
        found = self.organisations.get(text.casefold())
        if not text:
            problems.append("Give an organisation.")
        elif found is None:
            problems.append(f"There is no organisation “{text}”. Correct the name, or add the organisation first.")
        return found

    def _themes(self, text: str, problems: list[str]) -> list[Theme]:
        names = [name.strip() for name in re.split(r"[;|\n]", text) if name.strip()]
        unknown = [name for name in names if name.casefold() not in self.themes_by_name]
        if unknown:
            problems.append(
                f"There is no theme {', '.join(f'“{name}”' for name in unknown)}. Put semicolons between themes, and "
                f"use these names: {'; '.join(dict.fromkeys(theme.name for theme in self.themes_by_name.values()))}."
            )
        return [self.themes_by_name[name.casefold()] for name in names if name not in unknown]

    def _capacity(self, text: str, problems: list[str]) -> int:
        text = text.removesuffix(".0")
        if not text.isdecimal() or int(text) > MOST_AT_ONCE:
            problems.append(f"Capacity is “{text}”; give a whole number from 0 to {MOST_AT_ONCE}.")
            return 0
        return int(text)

    # -- what becomes of it --------------------------------------------------------------------

    def get_instance(self, instance_loader: Any, row: dict[str, Any]) -> Mentor | None:
        mentors_here = Mentor.objects.filter(programme=self.programme).select_related("user", "organisation")
        return mentors_here.filter(user__email__iexact=self.values["email"]).first()

    def import_instance(self, instance: Mentor, row: dict[str, Any], **kwargs: Any) -> None:
        """The action does it, when the row is saved."""

    def save_instance(self, instance: Mentor, is_create: bool, row: dict[str, Any], **kwargs: Any) -> None:
        if self.programme is None or self.by is None:
            raise NotPossible("Choose the programme that these mentors are for.")
        mentor, _ = mentors.put(programme=self.programme, by=self.by, **self.values)
        for field in Mentor._meta.concrete_fields:
            setattr(instance, field.attname, getattr(mentor, field.attname))
        instance.user, instance.organisation = mentor.user, mentor.organisation
        instance._state.adding = False

    def save_m2m(self, instance: Mentor, row: dict[str, Any], **kwargs: Any) -> None:
        """The action does it."""

    # -- what the preview shows ----------------------------------------------------------------

    def dehydrate_email(self, mentor: Mentor) -> str:
        return mentor.user.email if mentor.user_id else ""

    def dehydrate_full_name(self, mentor: Mentor) -> str:
        return mentor.user.full_name if mentor.user_id else ""

    def dehydrate_organisation(self, mentor: Mentor) -> str:
        return mentor.organisation.name if mentor.organisation_id else ""

    def dehydrate_job_title(self, mentor: Mentor) -> str:
        return mentor.job_title

    def dehydrate_area(self, mentor: Mentor) -> str:
        return mentor.area

    def dehydrate_themes(self, mentor: Mentor) -> str:
        return "; ".join(theme.name for theme in mentor.themes.all()) if mentor.pk else ""

    def dehydrate_capacity(self, mentor: Mentor) -> str:
        return str(mentor.capacity) if mentor.user_id else ""
