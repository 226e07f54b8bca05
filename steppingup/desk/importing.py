"""Files for the admin's lists: CSV or Excel, as people have them, and no question that the file answers itself."""

from typing import Any

from django import forms
from import_export.formats.base_formats import CSV
from tablib import Dataset
from unfold.contrib.import_export.forms import ImportForm

MOST_BYTES = 2_000_000


class AnyCSV(CSV):
    """CSV as UTF-8, or as Excel writes it on Windows."""

    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Dataset:
        if isinstance(in_stream, bytes):
            try:
                in_stream = in_stream.decode("utf-8-sig")
            except UnicodeDecodeError:
                in_stream = in_stream.decode("cp1252", errors="replace")
        return super().create_dataset(in_stream, **kwargs)


class FileImportForm(ImportForm):
    """A subclass says in `says` what becomes of each row. What would change is shown before it does."""

    says = ""

    def __init__(self, formats: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(formats, resources, **kwargs)
        self.fields["import_file"].help_text = "CSV or Excel (.xlsx). You see what would change before it does."
        self.fields["import_file"].error_messages |= {
            "required": "Choose a file.",
            "empty": "This file is empty. Choose another one.",
        }
        self.fields["format"].required = False
        self.fields["format"].widget = forms.HiddenInput()
        self.formats = formats

    @property
    def media(self) -> forms.Media:
        """Without the script that guesses the kind of file: the server sees it from the name."""
        return forms.Media()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("import_file")
        if upload is None:
            return data
        if upload.size > MOST_BYTES:
            self.add_error("import_file", "This file is larger than 2 MB. Divide it into smaller ones.")
        ending = upload.name.rpartition(".")[2].lower()
        known = [form().get_title() for form in self.formats]
        if ending in known:
            data["format"] = str(known.index(ending))
        else:
            self.add_error("import_file", "Upload a CSV file (.csv) or an Excel workbook (.xlsx).")
        return data
