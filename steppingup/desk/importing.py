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

import secrets
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from operator import itemgetter
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import slugify
from import_export.admin import ImportMixin
from import_export.forms import ConfirmImportForm
from import_export.resources import ModelResource
from import_export.tmp_storages import CacheStorage
from tablib import Dataset
from unfold.contrib.import_export.forms import ImportForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from steppingup.desk.admin import ScopedAdmin, own_page
from steppingup.desk.cells import Code, as_text, doubt
from steppingup.desk.tables import FORMATS, NO_ROWS, UNREADABLE
from steppingup.files.actions.files import count_upload
from steppingup.files.apart.limits import Refused
from steppingup.formats import english, sameness
from steppingup.site import export
from steppingup.site.export import Column

MOST_BYTES = 2_000_000
MOST_ROWS = 5_000
HEADER_WITHIN = 20  # rows, from the top
QUOTES = "Put quotation marks around a text with a comma in it, or remove what stands beyond the last column."
KEPT = 60 * 60  # seconds in which the file with what is wrong can be fetched

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

    def __init__(self, owner: Any = None, by: Any = None, sure: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.owner, self.by, self.sure = owner, by, sure
        self.seen: dict[str, int] = {}
        self.cells: dict[str, Any] = {}
        #: Columns without a name, in a text.
        self.beyond: list[str] = []
        #: The line of the file that each row stands on, and the rows as they stand there.
        self.lines: list[int] = []
        self.table: list[list[Any]] = []

    def get_queryset(self) -> Any:
        """Only the owner's own records can be found, so nobody else's is ever changed."""
        return self._meta.model._default_manager.filter(**{self.owner_field: self.owner})

    def _columns(self, cells: list[Any]) -> list[str]:
        """What the cells of a row would be as names of columns, however people write them (“Guided hours”)."""
        names = [field.column_name for field in self.get_import_fields()]
        known = {sameness.fold(name.replace("_", " ")): name for name in names}
        known |= {sameness.fold(name): column for name, column in self.also_called.items()}
        said = [sameness.fold(as_text(cell).replace("_", " ")) for cell in cells]
        return [known.get(name, name) for name in said]

    def _needed(self) -> list[str]:
        return [field.column_name for field in self.get_import_fields() if getattr(field.widget, "is_needed", False)]

    def _header(self, sheets: list[dict[str, Any]]) -> tuple[dict[str, Any], int]:
        """The sheet with the table, and where in it the names of the columns stand: titles and notes may stand above.

        Raises ValidationError when no row names every column that is needed, or when two sheets have such a row."""
        needed, found, best = set(self._needed()), [], list[str]()
        for sheet in sheets:
            for at, cells in enumerate(sheet["rows"][:HEADER_WITHIN]):
                columns = self._columns(cells)
                if needed <= set(columns):
                    found.append((sheet, at))
                    break
                best = max(best, [name for name in columns if name in needed], key=len)
        if not found:
            missing = [name for name in self._needed() if name not in best]
            names = [field.column_name for field in self.get_import_fields()]
            raise ValidationError(
                f"One of the first {HEADER_WITHIN} rows must name the columns. Missing: {', '.join(missing)}. "
                f"The columns are {', '.join(names)}."
            )
        filled = [(sheet, at) for sheet, at in found if any(map(any, sheet["rows"][at + 1 :]))]
        if len(filled) > 1:
            titles = english.listed(f"“{sheet['name']}”" for sheet, _ in filled)
            raise ValidationError(f"The sheets {titles} all have these columns. Keep the one that is to be read in.")
        return (filled or found)[0]

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Columns under their own names, and no empty rows. Raises ValidationError when a column that is needed is missing or
        stands there twice, or when there are no rows, or too many."""
        sheet, at = self._header(
            getattr(dataset, "sheets", [{"name": "", "rows": [dataset.headers, *dataset], "line": 1}])
        )
        headers = self._columns(sheet["rows"][at])
        ours = {field.column_name for field in self.get_import_fields()}
        if twice := [name for name in dict.fromkeys(headers) if name in ours and headers.count(name) > 1]:
            raise ValidationError(f"Two columns are called {english.listed(twice)}. Keep one of each.")
        below = enumerate(sheet["rows"][at + 1 :], sheet["line"] + at + 1)
        rows = [(line, row) for line, row in below if any(map(as_text, row))]
        if not rows:
            raise ValidationError(NO_ROWS)
        if len(rows) > MOST_ROWS:
            raise ValidationError(f"The file has {len(rows):,} rows. Split it into files of at most {MOST_ROWS:,}.")
        self.lines = [line for line, _ in rows]
        width = max(len(headers), *(len(row) for _, row in rows))
        named = [*headers, *[""] * (width - len(headers))]
        table = [[*row, *[None] * (width - len(row))] for _, row in rows]
        self.table = [[*sheet["rows"][at], *[None] * (width - len(headers))], *table]
        dataset.wipe()
        dataset.headers = [name or f"({number})" for number, name in enumerate(named, 1)]
        self.beyond = [] if sheet["name"] else dataset.headers[len(headers) :]
        dataset.extend(table)
        key = self._key_widget
        if isinstance(key, Code):
            key.sure = self.sure
            key.known = frozenset(
                map(key.same, self.get_queryset().values_list(self.lookup.partition("__")[0], flat=True))
            )

    def import_data(self, dataset: Dataset, *args: Any, **kwargs: Any) -> Any:
        """Rows are counted as the file counts its lines."""
        result = super().import_data(dataset, *args, **kwargs)
        for row in result.invalid_rows:
            row.number = self.lines[row.number - 1]
            row.called = ", ".join(filter(None, map(as_text, row.values[:2])))
        return result

    def before_import_row(self, row: Any, row_number: int = 0, **kwargs: Any) -> None:
        """Read the row. Raises ValidationError with everything that is wrong with it."""
        self.cells, wrong = {}, {}
        for field in self.get_import_fields():
            name = field.column_name
            is_needed = getattr(field.widget, "is_needed", False)
            if name not in row or (self.keeps_blanks and not is_needed and not as_text(row[name])):
                continue
            if doubtful := doubt(row[name]):
                wrong[name] = doubtful
                continue
            try:
                self.cells[field.attribute] = field.widget.clean(row[name], row)
            except ValueError as sentence:
                wrong[name] = str(sentence)
        given, line = as_text(row[self.key]), self.lines[row_number - 1] if self.lines else row_number
        key = self._key_widget.same(given)
        if key and self.seen.setdefault(key, line) != line:
            wrong.setdefault(self.key, f"“{given}” is already in line {self.seen[key]}. Keep only one of them.")
        if beyond := list(filter(None, (as_text(row[name]) for name in self.beyond))):
            wrong[NON_FIELD_ERRORS] = f"This row has more cells than there are columns (“{beyond[0]}”). {QUOTES}"
        if wrong:
            raise ValidationError(wrong)

    @property
    def _key_widget(self) -> Any:
        return next(field.widget for field in self.get_import_fields() if field.column_name == self.key)

    def get_instance(self, instance_loader: Any, row: Any) -> Any:
        return self.get_queryset().filter(**{self.lookup: as_text(row[self.key])}).first()

    def init_instance(self, row: Any = None) -> Any:
        return self._meta.model(**{self.owner_field: self.owner})

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        for name, value in self.cells.items():
            setattr(instance, name, value)

    def with_errors(self, result: Any) -> Iterator[list[Any]]:
        """The table with what is wrong beside each row, to be mended and read in again."""
        wrong = {row.number: row for row in result.invalid_rows}
        yield ["Line", *(as_text(cell) for cell in self.table[0]), "What is wrong"]
        for line, cells in zip(self.lines, self.table[1:], strict=True):
            said = []
            if row := wrong.get(line):
                for column, sentences in row.field_specific_errors.items():
                    said.append(f"{column}: {' '.join(sentences)}")
                said += row.non_field_specific_errors
            yield [line, *(cell if isinstance(cell, (int, float)) else as_text(cell) for cell in cells), " ".join(said)]


# -- pages -------------------------------------------------------------------------------------------


class FileImportForm(ImportForm):
    """The file, and whose rows these are, where the person keeps those of several. What would change is shown before it
    does; `says` tells what becomes of each row."""

    owner: Any = forms.ModelChoiceField(None, label="For", widget=UnfoldAdminSelectWidget)
    sure = forms.BooleanField(
        label="Codes are right as they stand",
        required=False,
        widget=UnfoldBooleanWidget,
        help_text="Only if we have asked about codes that a spreadsheet may have turned into numbers or dates.",
    )
    field_order = ("resource", "owner", "import_file", "sure", "format")

    def __init__(self, formats: Any, resources: Any, *, owners: Any, by: Any, says: str = "", **kwargs: Any) -> None:
        super().__init__(formats, resources, **kwargs)
        if not any(isinstance(field.widget, Code) for field in resources[0].fields.values()):
            del self.fields["sure"]
        self.says, self.formats, self.by = says, formats, by
        self.columns = [field.column_name for field in resources[0](owner=None, by=by).get_import_fields()]
        self.fields[
            "import_file"
        ].help_text = "CSV, Excel or LibreOffice. You will see what would change before anything does."
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
        ending = sameness.fold(upload.name.rpartition(".")[2])
        known = [form().get_title() for form in self.formats]
        if ending in known:
            data["format"] = str(known.index(ending))
        else:
            self.add_error(
                "import_file", "Upload a CSV file (.csv) or a workbook of Excel or LibreOffice (.xlsx, .xls, .ods)."
            )
        return data


class ConfirmForm(ConfirmImportForm):
    owner: Any = forms.ModelChoiceField(None, widget=forms.HiddenInput)
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

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
    _read: ClassVar[WeakKeyDictionary[HttpRequest, RowsResource]] = WeakKeyDictionary()
    import_formats: ClassVar[Iterable[Any]] = FORMATS

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
        if import_form is None:
            return initial
        data = import_form.cleaned_data
        return initial | {"owner": data["owner"].pk, "sure": data.get("sure", False)}

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        data = getattr(kwargs.get("form"), "cleaned_data", None) or {}
        return {"owner": data.get("owner"), "by": request.user, "sure": data.get("sure", False)}

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        form.add_error("import_file", str(e) if isinstance(e, Refused) else UNREADABLE)

    def _again(self, request: HttpRequest, sentence: str) -> HttpResponse:
        messages.error(request, sentence)
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_import"))

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """What would change, or what is wrong: by row and column, and as a file with the errors beside the rows."""
        response = super().import_action(request, **kwargs)
        shown = getattr(response, "context_data", None) or {}
        result, resource = shown.get("result"), self._read.pop(request, None)
        if result is not None and resource is not None and result.has_validation_errors():
            token = secrets.token_urlsafe(24)
            cache.set(f"import-errors:{request.user.pk}:{token}", list(resource.with_errors(result)), KEPT)
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_import_errors"
            shown["errors_address"] = reverse(name, args=[token])
        return response

    @own_page("import/errors/<str:token>/", "import_errors")
    def errors_view(self, request: HttpRequest, token: str) -> HttpResponse:
        """The file with the errors beside the rows, for whoever read it in."""
        rows = cache.get(f"import-errors:{request.user.pk}:{token}") if self.has_import_permission(request) else None
        if rows is None:
            raise Http404
        columns = [Column(str(title), partial(itemgetter(at))) for at, title in enumerate(rows[0])]
        return export.export("csv", f"{slugify(str(self.opts.verbose_name_plural))}-to-mend", columns, rows[1:])

    def choose_import_resource_class(self, form: Any, request: HttpRequest) -> Any:
        """Remembers what reads the file, which knows its lines."""

        def made(**kwargs: Any) -> RowsResource:
            self._read[request] = found = self.resource(**kwargs)
            return found

        return made

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
