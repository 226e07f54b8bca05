"""Reading courses from CSV or Excel: looked at first, then taken over; errors by row, in plain words (B42)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportMixin
from import_export.fields import Field
from import_export.formats.base_formats import XLSX
from import_export.forms import ConfirmImportForm
from import_export.resources import ModelResource
from import_export.tmp_storages import CacheStorage
from import_export.widgets import Widget
from tablib import Dataset
from unfold.widgets import UnfoldAdminSelectWidget

from modules.desk.keeping import own_providers
from modules.models import Course
from steppingup.accounts.models import Organisation
from steppingup.desk.importing import AnyCSV, FileImportForm

COLUMNS = ("code", "title", "level", "credits", "guided_hours", "summary", "offered")
NEEDED = COLUMNS[:4]
OTHER_NAMES = {"is_offered": "offered", "guided_learning_hours": "guided_hours", "glh": "guided_hours"}
MOST_ROWS = 5_000
EMPTY = "This is empty, and every course needs one."


class WholeNumber(Widget):
    """A whole number; `least` and `example` stand in the sentence when it is not one."""

    def __init__(self, example: int, least: int = 1, most: int = 9999, *, is_needed: bool = True) -> None:
        super().__init__()
        self.example, self.least, self.most, self.is_needed = example, least, most, is_needed

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = "" if value is None else str(value).strip().removesuffix(".0")
        if not text and not self.is_needed:
            return None
        if not text:
            raise ValueError(f"This is empty. Give a whole number such as {self.example}.")
        if not text.isascii() or not text.isdigit() or not self.least <= int(text) <= self.most:
            raise ValueError(f"“{text}” is no number that fits. Give a whole number such as {self.example}.")
        return int(text)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class Words(Widget):
    """A text of limited length."""

    def __init__(self, most: int, *, is_needed: bool = True) -> None:
        super().__init__()
        self.most, self.is_needed = most, is_needed

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        # A download puts an apostrophe before what a spreadsheet would take for a formula.
        text = "" if value is None else " ".join(str(value).split()).removeprefix("'")
        if not text and self.is_needed:
            raise ValueError(EMPTY)
        if len(text) > self.most:
            raise ValueError(f"This has {len(text)} characters. Make it {self.most} or fewer.")
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class YesOrNo(Widget):
    WORDS = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        text = "" if value is None else str(value).strip().lower()
        if not text:
            return True
        if text not in self.WORDS:
            raise ValueError(f"“{value}” is neither yes nor no. Write yes or no.")
        return self.WORDS[text]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "Yes" if value else "No"


class CourseResource(ModelResource):
    """A row is a course of one provider, found again by its code: a known code changes it, a new one makes it."""

    code = Field("code", "code", widget=Words(20))
    title = Field("title", "title", widget=Words(200))
    level = Field("level", "level", widget=WholeNumber(5, most=8))
    credits = Field("credits", "credits", widget=WholeNumber(4, most=999))
    guided_hours = Field("guided_hours", "guided_hours", widget=WholeNumber(18, least=0, is_needed=False))
    summary = Field("summary", "summary", widget=Words(5000, is_needed=False))
    is_offered = Field("is_offered", "offered", widget=YesOrNo())

    class Meta:
        model = Course
        import_id_fields = ("code",)
        fields = ("code", "title", "level", "credits", "guided_hours", "summary", "is_offered")
        import_order = export_order = fields
        skip_unchanged = True
        report_skipped = True
        use_transactions = True
        clean_model_instances = False

    def __init__(self, provider: Organisation | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.provider = provider
        self.rows: dict[str, int] = {}

    @classmethod
    def get_display_name(cls) -> str:
        return "Courses"

    def get_queryset(self) -> Any:
        """Only the provider's own courses can be found, so nobody else's is ever changed."""
        return Course.objects.filter(provider=self.provider)

    def init_instance(self, row: Any = None) -> Course:
        return Course(provider=self.provider)

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Column titles as people write them (“Guided hours”); without those that are needed, nothing is read."""
        names = [str(name or "").strip().lower().replace(" ", "_") for name in dataset.headers or []]
        dataset.headers = [OTHER_NAMES.get(name, name) for name in names]
        missing = [name for name in NEEDED if name not in dataset.headers]
        if missing:
            raise ValidationError(
                f"The first row must name the columns. Missing: {', '.join(missing)}. "
                f"The columns are {', '.join(COLUMNS)}; the first four are needed."
            )
        if len(dataset) > MOST_ROWS:
            raise ValidationError(f"The file has {len(dataset)} rows. Divide it into files of {MOST_ROWS} at most.")

    def before_import_row(self, row: Any, row_number: int = 0, **kwargs: Any) -> None:
        code = " ".join(str(row.get("code") or "").split())
        row["code"] = code
        if not code:
            raise ValidationError({"code": EMPTY})
        if code in self.rows:
            raise ValidationError(
                {"code": f"The code {code} stands in row {self.rows[code]} already. Keep one of them."}
            )
        self.rows[code] = row_number

    def import_field(self, field: Field, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        """A column that the file does not have leaves the course as it is."""
        if field.column_name in row:
            super().import_field(field, instance, row, is_m2m, **kwargs)


class CourseImportForm(FileImportForm):
    """The file, and for whom, where the person keeps courses of several providers."""

    says = (
        "A row whose code is known changes that course; any other is added. Nobody's course is removed, and what people "
        "have chosen keeps its credits."
    )
    provider = forms.ModelChoiceField(Organisation.objects.none(), label="Whose courses these are")
    field_order = ("provider", "import_file", "format", "resource")

    def __init__(self, formats: Any, resources: Any, *, providers: Any, **kwargs: Any) -> None:
        super().__init__(formats, resources, **kwargs)
        field = self.fields["provider"]
        field.queryset = providers
        self.only = providers.first() if providers.count() == 1 else None
        if self.only:
            field.required, field.widget = False, forms.HiddenInput()
        else:
            field.widget = UnfoldAdminSelectWidget(choices=field.choices)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["provider"] = self.only or data.get("provider")
        return data


class CourseConfirmForm(ConfirmImportForm):
    provider = forms.ModelChoiceField(Organisation.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, providers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].queryset = providers


class CourseImport(ImportMixin):
    """The import pages of the catalogue. The provider is always one at which the person keeps qualifications."""

    resource_classes = [CourseResource]
    import_form_class = CourseImportForm
    confirm_form_class = CourseConfirmForm
    tmp_storage_class = CacheStorage  # every process of the site sees it, and it is forgotten after a day
    import_formats = [AnyCSV, XLSX]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def get_import_form_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().get_import_form_kwargs(request), "providers": own_providers(request)}

    def get_confirm_form_kwargs(self, request: HttpRequest, import_form: Any = None) -> dict[str, Any]:
        return {**super().get_confirm_form_kwargs(request, import_form), "providers": own_providers(request)}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        initial = super().get_confirm_form_initial(request, import_form)
        return initial | {"provider": import_form.cleaned_data["provider"].pk} if import_form else initial

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        data = getattr(form, "cleaned_data", None) or {}
        return {"provider": data.get("provider")}

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        form.add_error(
            "import_file",
            "We cannot read this file. Save it again as “CSV UTF-8” or as an Excel workbook (.xlsx), and upload that.",
        )

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take over what was looked at, if it is still there."""
        if request.method == "POST" and self.has_import_permission(request):
            form = self.create_confirm_form(request)
            name = form.cleaned_data["import_file_name"] if form.is_valid() else ""
            if not name or self.tmp_storage_class(name=name).read() is None:
                messages.error(request, "The file is no longer here. Upload it again.")
                return HttpResponseRedirect(reverse("admin:modules_course_import"))
        return super().process_import(request, **kwargs)

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        if result.has_errors() or result.has_validation_errors():
            messages.error(request, "Something was changed in the meantime, and nothing was read in. Try again.")
            return HttpResponseRedirect(reverse("admin:modules_course_import"))
        return super().process_result(result, request)

    def add_success_message(self, result: Any, request: HttpRequest) -> None:
        new, changed, same = (result.totals[kind] for kind in ("new", "update", "skip"))
        messages.success(request, f"Read in: {new} new, {changed} changed, {same} as before.")
