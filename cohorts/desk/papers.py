"""Papers and links of a session, on its page."""

from typing import Any

from django import forms
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminURLInputWidget

from cohorts.models import SessionPaper
from steppingup.desk.admin import FollowsParent
from steppingup.files.fields import CheckedFileField
from steppingup.files.rules import FileRule

PAPER = FileRule(kinds=frozenset({"pdf", "docx", "png", "jpeg"}), max_bytes=20_000_000)


class PaperForm(forms.ModelForm):
    """A file, checked like every upload, or a link. `by` is set by the admin."""

    by: Any = None
    file = CheckedFileField(rule=PAPER, label="File", required=False)
    link = forms.URLField(
        required=False, assume_scheme="https", widget=UnfoldAdminURLInputWidget, help_text="To slides or a recording."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].by = self.by  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["file"] = self.instance.file

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if {"file", "link"} & set(self.errors):
            return values
        if not values.get("file") and not values.get("link"):
            self.add_error("file", "Choose a file or give a link.")
        elif values.get("file") and values.get("link"):
            self.add_error("link", "Choose a file or give a link, and not both. Make another row for the other.")
        return values


class PaperInline(FollowsParent, TabularInline):
    """What participants find on the page of the session."""

    model = SessionPaper
    form = PaperForm
    related = ("file",)
    fields = ("title", "file", "link", "for_after", "order")
    verbose_name = "paper or link"
    verbose_name_plural = "papers and links for those who come"

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = type("PaperForm", (PaperForm,), {"by": request.user})
        return super().get_formset(request, obj, **{"form": form, **kwargs})
