"""Fields of plain forms, as the admin shows them."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteMixin
from django.core.exceptions import ValidationError
from unfold.widgets import SELECT_CLASSES, TEXTAREA_CLASSES, UnfoldAdminTextInputWidget

_optgroups = AutocompleteMixin.optgroups


def _optgroups_of_what_can_be(self: Any, name: str, value: Any, attr: Any = None) -> Any:
    """Django's boxes that search as one types look up what was sent, whatever it is, when the form is shown again; what cannot
    be the key of a record is none."""
    remote = self.field.remote_field
    key = remote.model._meta.get_field(getattr(remote, "field_name", None) or remote.model._meta.pk.name)

    def can_be(one: Any) -> bool:
        try:
            key.get_prep_value(one)
        except (ValueError, TypeError, OverflowError, ValidationError):
            return False
        return True

    return _optgroups(self, name, [one for one in value if one in ("", None) or can_be(one)], attr)


# For every form and inline of the admin, ours and those of libraries: Django makes these boxes itself.
AutocompleteMixin.optgroups = _optgroups_of_what_can_be  # type: ignore[method-assign]


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
