"""Fields of plain forms, as the admin shows them."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteMixin
from django.core.exceptions import ValidationError
from unfold.widgets import SELECT_CLASSES, TEXTAREA_CLASSES, UnfoldAdminTextInputWidget


def _can_be_key(field: Any, value: Any) -> bool:
    """Can this be what a record is found by?"""
    try:
        field.get_prep_value(value)
    except (ValueError, TypeError, OverflowError, ValidationError):
        return False
    return True


def look_up_keys_only() -> None:
    """Boxes that search as one types look up what was sent when their form is shown again, and fail on what cannot be the key of a
    record. Here that is looked up as nothing; the field itself then says what to choose. Called once, when the site starts:
    Django and Unfold make these boxes themselves, for forms, inlines and filters, and name their class."""
    looked_up = AutocompleteMixin.optgroups

    def optgroups(self: Any, name: str, value: Any, attr: Any = None) -> Any:
        remote = self.field.remote_field
        key = remote.model._meta.get_field(getattr(remote, "field_name", None) or remote.model._meta.pk.name)
        return looked_up(self, name, [one for one in value if one in ("", None) or _can_be_key(key, one)], attr)

    AutocompleteMixin.optgroups = optgroups  # type: ignore[method-assign]


def style(form: Any) -> Any:
    """Give the fields of a plain form the look of the admin."""
    for field in form.fields.values():
        widget = field.widget
        if isinstance(widget, forms.Textarea):
            widget.attrs.setdefault("class", " ".join(TEXTAREA_CLASSES))
            if widget.attrs.get("rows") == "10":  # Django's own, unless a form says otherwise
                widget.attrs["rows"] = 4
        elif isinstance(widget, forms.Select) and not isinstance(widget, forms.RadioSelect):
            widget.attrs.setdefault("class", " ".join(SELECT_CLASSES))
        elif isinstance(widget, forms.TextInput | forms.NumberInput | forms.EmailInput | forms.URLInput):
            widget.attrs.setdefault("class", UnfoldAdminTextInputWidget().attrs["class"])
    return form
