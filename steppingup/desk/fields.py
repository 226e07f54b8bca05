"""Fields of plain forms, as the admin shows them."""

from typing import Any

from django import forms
from unfold.widgets import SELECT_CLASSES, TEXTAREA_CLASSES, UnfoldAdminTextInputWidget


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
