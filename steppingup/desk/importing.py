"""Files for the desk's lists: CSV or Excel, as people have them, looked at first and then taken over.

class CourseResource(RowsResource):      # what a row says, and what becomes of it
    code = Field("code", "code", widget=Words(20))
    ...

@admin.register(Course)
class CourseAdmin(RowsImport):
    resource = CourseResource

Every column has a widget that reads a cell, or raises ValueError with a sentence; all that is wrong with a row is said at
once. The rows belong to one owner (a provider, a programme), which the form asks for where there are several.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ConfirmImportForm
from import_export.resources import ModelResource
from import_export.tmp_storages import CacheStorage
from import_export.widgets import Widget
from tablib import Dataset
from unfold.contrib.import_export.forms import ImportForm
from unfold.widgets import UnfoldAdminSelectWidget

from steppingup.desk.admin import ScopedAdmin
from steppingup.files.actions.files import count_upload
from steppingup.files.apart import client
from steppingup.files.apart.limits import Refused

MOST_BYTES = 2_000_000
MOST_ROWS = 5_000
UNREADABLE = "We cannot read this file. Save it again as “CSV UTF-8” or as an Excel workbook (.xlsx)."
NO_ROWS = "There are no rows below the names of the columns."
EMPTY = "This is empty, and every row needs one."


def read_apart(content: bytes | str, kind: str) -> Dataset:
    """The table in a file: read in a process of its own, like every upload. Raises Refused with a sentence."""
    found, _ = client.do("rows", content.encode() if isinstance(content, str) else content, kind=kind)
    headers, *rows = found["rows"] or [[]]
    if headers and not rows:
        raise Refused(NO_ROWS)
    widest = max(map(len, found["rows"]), default=0)
    table = Dataset(headers=[*headers, *[None] * (widest - len(headers))])
    for row in rows:
        table.append([*row, *[None] * (widest - len(row))])
    return table


class AnyCSV(CSV):
    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Dataset:
        return read_apart(in_stream, "csv")


class Workbook(XLSX):
    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Dataset:
        return read_apart(in_stream, "xlsx")


# -- cells -------------------------------------------------------------------------------------------


def as_text(value: Any) -> str:
    """What a cell says, without spaces too many. A download puts an apostrophe before what a spreadsheet would take for a
    formula."""
    return "" if value is None else " ".join(str(value).split()).removeprefix("'")


class Words(Widget):
    """A text of limited length."""

    def __init__(self, most: int, *, is_needed: bool = True) -> None:
        super().__init__()
        self.most, self.is_needed = most, is_needed

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = as_text(value)
        if not text and self.is_needed:
            raise ValueError(EMPTY)
        if len(text) > self.most:
            raise ValueError(f"This has {len(text)} characters. Make it {self.most} or fewer.")
        return text


class EmailAddress(Words):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        email = super().clean(value).lower()
        try:
            validate_email(email)
        except ValidationError:
            raise ValueError(f"“{as_text(value)}” is not an email address.") from None
        return email


class WholeNumber(Words):
    """A whole number; `example` stands in the sentence when it is not one."""

    def __init__(self, example: int, least: int = 1, most: int = 9999, *, is_needed: bool = True) -> None:
        super().__init__(40, is_needed=is_needed)
        self.example, self.range = example, range(least, most + 1)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = super().clean(value).removesuffix(".0")
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or int(text) not in self.range:
            least, most = self.range[0], self.range[-1]
            raise ValueError(
                f"“{text}” is not valid. Enter a whole number from {least} to {most}, such as {self.example}."
            )
        return int(text)


class YesOrNo(Widget):
    """Yes, where nothing is said."""

    WORDS = {
        "": True,
        "yes": True,
        "y": True,
        "true": True,
        "1": True,
        "no": False,
        "n": False,
        "false": False,
        "0": False,
    }

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        text = as_text(value).lower()
        if text not in self.WORDS:
            raise ValueError(f"“{value}” is neither yes nor no. Write yes or no.")
        return self.WORDS[text]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "Yes" if value else "No"


# -- rows --------------------------------------------------------------------------------------------


class RowsResource(ModelResource):
    """A row for each record of one owner, found again by its `key` column: a known one is changed, a new one is made.

    `lookup` finds it in the database. `also_called`: other names that people give to columns. With `keeps_blanks`, what a row
    leaves blank stays as it is. A subclass may take over `save_instance`."""

    owner_field: ClassVar[str] = "provider"
    key: ClassVar[str]
    lookup: ClassVar[str]
    also_called: ClassVar[Mapping[str, str]] = {}
    keeps_blanks: ClassVar[bool] = False

    def __init__(self, owner: Any = None, by: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.owner, self.by = owner, by
        self.seen: dict[str, int] = {}
        self.cells: dict[str, Any] = {}

    def get_queryset(self) -> Any:
        """Only the owner's own records can be found, so nobody else's is ever changed."""
        return self._meta.model._default_manager.filter(**{self.owner_field: self.owner})

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Columns under their own names, however people write them (“Guided hours”), and no empty rows. Raises
        ValidationError when a column that is needed is missing, or when there are no rows, or too many."""
        names = [field.column_name for field in self.get_import_fields()]
        known = {name.casefold().replace("_", " "): name for name in names} | dict(self.also_called)
        said = [as_text(name).casefold().replace("_", " ") for name in dataset.headers or []]
        headers = [known.get(name, name) for name in said]
        needed = [field.column_name for field in self.get_import_fields() if getattr(field.widget, "is_needed", False)]
        if missing := [name for name in needed if name not in headers]:
            raise ValidationError(
                f"The first row must name the columns. Missing: {', '.join(missing)}. "
                f"The columns are {', '.join(names)}."
            )
        rows = [row for row in dataset if any(map(as_text, row))]
        if not rows:
            raise ValidationError(NO_ROWS)
        if len(rows) > MOST_ROWS:
            raise ValidationError(f"The file has {len(rows):,} rows. Split it into files of at most {MOST_ROWS:,}.")
        dataset.wipe()
        dataset.headers = headers
        dataset.extend(rows)

    def before_import_row(self, row: Any, row_number: int = 0, **kwargs: Any) -> None:
        """Read the row. Raises ValidationError with everything that is wrong with it."""
        self.cells, wrong = {}, {}
        for field in self.get_import_fields():
            name = field.column_name
            is_needed = getattr(field.widget, "is_needed", False)
            if name not in row or (self.keeps_blanks and not is_needed and not as_text(row[name])):
                continue
            try:
                self.cells[field.attribute] = field.widget.clean(row[name], row)
            except ValueError as sentence:
                wrong[name] = str(sentence)
        key = as_text(row[self.key]).casefold()
        if key and self.seen.setdefault(key, row_number) != row_number:
            wrong.setdefault(self.key, f"“{key}” is already in row {self.seen[key]}. Keep only one of them.")
        if wrong:
            raise ValidationError(wrong)

    def get_instance(self, instance_loader: Any, row: Any) -> Any:
        return self.get_queryset().filter(**{self.lookup: as_text(row[self.key])}).first()

    def init_instance(self, row: Any = None) -> Any:
        return self._meta.model(**{self.owner_field: self.owner})

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        for name, value in self.cells.items():
            setattr(instance, name, value)


# -- pages -------------------------------------------------------------------------------------------


class FileImportForm(ImportForm):
    """The file, and whose rows these are, where the person keeps those of several. What would change is shown before it
    does; `says` tells what becomes of each row."""

    owner: Any = forms.ModelChoiceField(None, label="For", widget=UnfoldAdminSelectWidget)
    field_order = ("resource", "owner", "import_file", "format")

    def __init__(self, formats: Any, resources: Any, *, owners: Any, by: Any, says: str = "", **kwargs: Any) -> None:
        super().__init__(formats, resources, **kwargs)
        self.says, self.formats, self.by = says, formats, by
        self.fields[
            "import_file"
        ].help_text = "CSV or Excel (.xlsx). You will see what would change before anything does."
        self.fields["import_file"].error_messages |= {
            "required": "Choose a file.",
            "empty": "This file is empty. Choose another one.",
        }
        self.fields["format"].required = False
        self.fields["format"].widget = forms.HiddenInput()
        self.only = owners[0] if len(owners) == 1 else None
        self.fields["owner"].queryset = owners
        if self.only:
            del self.fields["owner"]

    @property
    def media(self) -> forms.Media:
        """Without the script that guesses the kind of file: the server sees it from the name."""
        return forms.Media()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["owner"] = data.get("owner") or self.only
        upload = data.get("import_file")
        if upload is None:
            return data
        try:
            count_upload(self.by)
        except ValidationError as too_often:
            self.add_error("import_file", too_often)
            return data
        if upload.size > MOST_BYTES:
            self.add_error("import_file", "This file is larger than 2 MB. Split it into smaller ones.")
        ending = upload.name.rpartition(".")[2].lower()
        known = [form().get_title() for form in self.formats]
        if ending in known:
            data["format"] = str(known.index(ending))
        else:
            self.add_error("import_file", "Upload a CSV file (.csv) or an Excel workbook (.xlsx).")
        return data


class ConfirmForm(ConfirmImportForm):
    owner: Any = forms.ModelChoiceField(None, widget=forms.HiddenInput)

    def __init__(self, *args: Any, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners


class RowsImport(ImportMixin, ScopedAdmin):
    """The import pages of a list. Nobody reads rows in for an owner whose rows they may not change (`owners`)."""

    resource: ClassVar[type[RowsResource]]
    says: ClassVar[str] = ""
    import_form_class = FileImportForm
    confirm_form_class = ConfirmForm
    tmp_storage_class = CacheStorage  # every process of the site sees it, and it is forgotten after a day
    import_formats: ClassVar[Iterable[Any]] = [AnyCSV, Workbook]

    def owners(self, request: HttpRequest) -> QuerySet[Any]:
        """The owners for whom this person may read rows in."""
        return self.get_field_queryset(None, self.model._meta.get_field(self.resource.owner_field), request)

    @property
    def resource_classes(self) -> list[Any]:
        return [self.resource]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request)

    def get_import_form_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **super().get_import_form_kwargs(request),
            "owners": self.owners(request),
            "by": request.user,
            "says": self.says,
        }

    def get_confirm_form_kwargs(self, request: HttpRequest, import_form: Any = None) -> dict[str, Any]:
        return {**super().get_confirm_form_kwargs(request, import_form), "owners": self.owners(request)}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        initial = super().get_confirm_form_initial(request, import_form)
        return initial | {"owner": import_form.cleaned_data["owner"].pk} if import_form else initial

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        data = getattr(kwargs.get("form"), "cleaned_data", None) or {}
        return {"owner": data.get("owner"), "by": request.user}

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        form.add_error("import_file", str(e) if isinstance(e, Refused) else UNREADABLE)

    def _again(self, request: HttpRequest, sentence: str) -> HttpResponse:
        messages.error(request, sentence)
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_import"))

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take over what was looked at, if it is still there."""
        if request.method == "POST" and self.has_import_permission(request):
            form = self.create_confirm_form(request)
            name = form.cleaned_data["import_file_name"] if form.is_valid() else ""
            if not name or self.tmp_storage_class(name=name).read() is None:
                return self._again(request, "The file is no longer here. Upload it again.")
        try:
            return super().process_import(request, **kwargs)
        except Refused as refused:
            return self._again(request, str(refused))

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        if result.has_errors() or result.has_validation_errors():
            return self._again(request, "Something changed in the meantime, so nothing was imported. Try again.")
        return super().process_result(result, request)

    def add_success_message(self, result: Any, request: HttpRequest) -> None:
        new, changed, same = (result.totals[kind] for kind in ("new", "update", "skip"))
        messages.success(request, f"Imported: {new} new, {changed} changed, {same} unchanged.")
