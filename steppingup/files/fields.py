"""A file field that loses nothing: what was uploaded stays, even when another answer in the form must be mended."""

from contextlib import suppress
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError

from steppingup.accounts.actors import Actor, person
from steppingup.files.actions.files import store
from steppingup.files.models import ORPHAN_HOURS, StoredFile
from steppingup.files.rules import FileRule

_SALT = "steppingup.files.kept"


class CheckedFileInput(forms.ClearableFileInput):
    """A file input with a sealed hidden companion that carries what was uploaded a moment ago."""

    template_name = "files/checked_file.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        upload = files.get(name)
        if upload is not None:
            return upload
        return data.get(f"{name}-kept") or None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and f"{name}-kept" not in data

    def is_initial(self, value: Any) -> bool:
        return isinstance(value, StoredFile)

    def format_value(self, value: Any) -> Any:
        return value

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        stored = value if isinstance(value, StoredFile) else None
        # Sealed with its owner, so that nobody hands in the number of somebody else's file.
        kept = signing.dumps([stored.pk, stored.uploaded_by_id], salt=_SALT) if stored else ""
        context["widget"].update({"stored": stored, "kept": kept, "type": "file"})
        if stored:
            context["widget"]["attrs"].pop("required", None)
        return context


class CheckedFileField(forms.FileField):
    """Cleans to a StoredFile (or None). Set `by` to the person in the form's `__init__`.

    A new upload is checked and stored at once; if the form is shown again, it says which file it has
    already and carries it along. `initial` may be a StoredFile."""

    widget = CheckedFileInput
    default_error_messages = {
        "required": "Choose a file to upload.",
        "lost": "The file you uploaded is no longer here. Choose it again.",
    }

    def __init__(self, *, rule: FileRule, by: Actor | None = None, **kwargs: Any) -> None:
        self.rule, self.by = rule, by
        kwargs.setdefault("help_text", rule.hint)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"accept": self.rule.accept}

    def _unseal(self, sealed: str) -> StoredFile:
        """The file of a seal that this same person was given. Everything else is lost, and nobody learns why."""
        someone = person(self.by) if self.by else None
        with suppress(signing.BadSignature, StoredFile.DoesNotExist):
            pk, owner = signing.loads(sealed, salt=_SALT, max_age=ORPHAN_HOURS * 3600)
            if owner == (someone.pk if someone else None):
                return StoredFile.objects.get(pk=pk)
        raise ValidationError(self.error_messages["lost"], code="lost")

    def _is_the_same(self, sealed: Any, initial: Any) -> bool:
        """Is it the file that the record has already, whoever uploaded it?"""
        if not isinstance(sealed, str) or not isinstance(initial, StoredFile):
            return False
        with suppress(signing.BadSignature):
            return bool(signing.loads(sealed, salt=_SALT)[0] == initial.pk)
        return False

    def _stored(self, upload: Any) -> StoredFile:
        """Store an upload once, however often the form is cleaned."""
        if not hasattr(upload, "stored_file"):
            upload.stored_file = store(upload=upload, rule=self.rule, by=self.by)
        return upload.stored_file

    def clean(self, value: Any, initial: Any = None) -> StoredFile | None:
        if isinstance(value, str) and value:
            return initial if self._is_the_same(value, initial) else self._unseal(value)
        if value:
            return self._stored(value)
        if isinstance(initial, StoredFile):
            return initial
        if self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the input shows when the form comes back: the file that passed, or the one it had before."""
        if isinstance(data, str) and data:
            try:
                return self._unseal(data)
            except ValidationError:
                return initial
        return getattr(data, "stored_file", None) or initial

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data) and not self._is_the_same(data, initial)
