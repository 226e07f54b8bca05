"""{% load desk %}: where in the admin one is, and what a read-only field shows."""

from typing import Any

from django import template
from django.contrib.admin.utils import flatten
from django.db.models import Model, TextField
from django.forms.utils import flatatt
from django.template.context import Context
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from steppingup.desk import listed as rows_of_lists
from steppingup.desk import menu, workspace

register = template.Library()
PLAIN_OPTION = "django/forms/widgets/select_option.html"


@register.simple_tag(takes_context=True)
def kept_value(context: Context, field: Any) -> Any:
    """What a read-only field of the admin shows. A record that this person may not open is named, without a link."""
    if not hasattr(field, "resolved_field"):
        return field.contents()
    column, _, value = field.resolved_field or (None, None, None)
    if isinstance(value, Model):
        opens = field.model_admin.admin_site._registry.get(type(value))
        if opens is not None and not opens.has_view_permission(context["request"]):
            return str(value)
    if isinstance(column, TextField) and isinstance(value, str):
        return linebreaksbr(value)  # Unfold writes it in one line
    return field.contents()


@register.filter
def has_mistakes(fieldset: Any) -> bool:
    """Is something wrong with a field of this part of a form? Django looks only at fields that stand on a line of their own."""
    return any(name in fieldset.form.errors for name in flatten(fieldset.fields))


@register.simple_tag
def listed(changes: Any) -> dict[str, Any]:
    """{% listed cl as shown %}: the headings and rows of a list."""
    chooses = rows_of_lists.CHECKBOX in changes.list_display
    shown = {"rows": list(rows_of_lists.rows(changes)), "chooses": chooses}
    return {**shown, "headings": rows_of_lists.headings(changes) if shown["rows"] else []}


@register.simple_tag
def options(widget: dict[str, Any]) -> SafeString:
    """{% options widget %}: what stands in a select, as Django's templates write it."""

    def written(option: dict[str, Any]) -> SafeString:
        if option["template_name"] != PLAIN_OPTION:
            return render_to_string(option["template_name"], {"widget": option})
        return format_html(
            '<option value="{}"{}>{}</option>', option["value"], flatatt(option["attrs"]), option["label"]
        )

    groups = ((name, mark_safe("".join(map(written, found)))) for name, found, _ in widget["optgroups"])
    return mark_safe(
        "".join(format_html('<optgroup label="{}">{}</optgroup>', *group) if group[0] else group[1] for group in groups)
    )


@register.simple_tag(takes_context=True)
def workspace_frame(context: Context) -> workspace.Frame | None:
    """{% workspace_frame as frame %}: the workspace that this page belongs to, if any."""
    return workspace.frame_of(context["request"], context) if "request" in context else None


@register.simple_tag(takes_context=True)
def list_as_it_opens(context: Context) -> bool:
    """{% list_as_it_opens as plain %}: is this the list of a workspace as its tab leads to it?"""
    return "request" in context and workspace.is_as_it_opens(context["request"])


@register.simple_tag(takes_context=True)
def admin_trail(context: Context) -> list[tuple[str, str]]:
    """{% admin_trail as trail %}: where in the admin one is, as pairs of words and address ("" for this page itself).

    A view may add to it with `trail_to` in its context."""
    found = menu.trail(context["request"], context.get("original"))
    return [*found, *(context.get("trail_to") or ())]
