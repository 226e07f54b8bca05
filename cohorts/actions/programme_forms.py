"""What is asked before a programme begins as another is, and before a file changes one."""

from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from cohorts.models import Programme
from cohorts.permissions import CohortPermission
from cohorts.programme_files import writing
from cohorts.programme_files.loading import read, shipped
from steppingup.files.rules import size_in_words
from steppingup.formats.date_fields import DayInput
from steppingup.formats.fields import NameInput
from steppingup.formats.sameness import clean
from steppingup.steps.step import StepForm

MOST = 300_000
OWN_FILE = "file"


class FileForm(StepForm):
    """A text file, or what it says: once it was uploaded its text stands on the page, where mistakes can be mended."""

    file = forms.FileField(
        label="The file",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
        help_text="A TOML file, such as you download from a programme, a plan or admission rules.",
    )
    text = forms.CharField(
        label="What the file says",
        required=False,
        strip=False,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "su-code"}),
        help_text="You can change it here.",
    )

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.wrong = ""
        if self.is_bound and (given := self.files.get(self.add_prefix("file"))):
            said, self.wrong = _text_of(given)
            sent: Any = self.data
            kept = sent.copy()  # not {**sent}: what a browser sent keeps several values of a name
            kept[self.add_prefix("text")] = said
            self.data = kept
        if not self.data.get(self.add_prefix("text")):
            self.fields["text"].widget = forms.HiddenInput()

    def clean_file(self) -> None:
        if self.wrong:
            raise ValidationError(self.wrong)


def _text_of(given: Any) -> tuple[str, str]:
    """What an uploaded file says, and what is wrong with it."""
    if given.size > MOST:
        return (
            "",
            f"This file is too large: {size_in_words(given.size)}. A programme has less than {size_in_words(MOST)}.",
        )
    try:
        said = given.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        return "", "This is not a text file. Upload a TOML file."
    if "\0" in said:
        return "", "This is not a text file. Upload a TOML file."
    return said.replace("\r\n", "\n"), ""


class UploadForm(FileForm):
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not values.get("text", "").strip():
            self.add_error("file", "Choose a file.")
        return values

    def values(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"]}


class StartForm(FileForm):
    source = forms.ChoiceField(label="Begin with", error_messages={"required": "Choose what to begin with."})
    name = NameInput(
        label="What is the new programme called?", max_length=120, error_messages={"required": "Enter its name."}
    )
    slug = forms.SlugField(
        label="Address",
        max_length=80,
        required=False,
        help_text="The last part of the address of its page. Left empty, it is made from the name.",
    )
    starts_on = DayInput(
        label="When does its first cohort start?", error_messages={"required": "Enter the start date."}
    )
    field_order = ("source", "file", "text", "name", "slug", "starts_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shipped = shipped()
        own = Programme.objects.visible_to(self.by, CohortPermission.EDIT_PROGRAMMES).filter(provider=self.subject)
        self.own = {str(one.pk): one for one in own.order_by("name")}
        field: Any = self.fields["source"]
        field.choices = [
            ("", "Choose"),
            (
                "A programme that comes with Stepping Up",
                [(name, _in_words(path)) for name, path in self.shipped.items()],
            ),
            *([("A programme of yours", [(pk, one.name) for pk, one in self.own.items()])] if self.own else []),
            ("Another", [(OWN_FILE, "A file of yours, which you choose below")]),
        ]
        self.fields["file"].label = "Your file, if you begin with one"

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("source") == OWN_FILE and not values.get("text", "").strip() and "file" not in self.errors:
            self.add_error("file", "Choose a file.")
        if (name := values.get("name")) and not values.get("slug") and not slugify(clean(name)):
            self.add_error("slug", "The name has no letter or number of the alphabet. Enter an address.")
        return values

    def values(self) -> dict[str, Any]:
        values = self.cleaned_data
        source = values["source"]
        text = values["text"] if source == OWN_FILE else self._text(source)
        given = {"text": text, "is_shipped": source in self.shipped}
        return {**given, **{name: values[name] for name in ("name", "slug", "starts_on")}}

    def _text(self, source: str) -> str:
        if source in self.shipped:
            return self.shipped[source].read_text(encoding="utf-8")
        return writing.as_text(writing.programme(self.own[source]), self.own[source].name)


def _in_words(path: Path) -> str:
    """“Stepping Up, as Bristol City Council runs it”."""
    data = read(path.read_text(encoding="utf-8"))
    return f"{data['programme']['name']}, as {data['provider']['name']} runs it"
