"""The rows of a list, written plainly. Unfold works out all headings again for each row, and renders a template for each label: two
milliseconds a row, where fifty rows are shown (docs/speed.md)."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import label_for_field, lookup_field, quote
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import ManyToOneRel
from django.urls import NoReverseMatch
from django.utils.html import format_html, format_html_join, strip_tags
from unfold.templatetags.unfold_list import result_headers
from unfold.utils import display_for_field, display_for_header, display_for_value

#: By the colours of `column(colours=…)`.
TAGS = {"success": "good", "info": "open", "warning": "waiting", "danger": "bad"}
CHECKBOX = "action_checkbox"
HERE = "0"


class Cell(NamedTuple):
    """What stands in a row under a heading. The first that leads to the record names the row."""

    label: str
    name: str
    content: Any
    is_heading: bool = False


class Row(NamedTuple):
    """`called` says which row it is to whoever hears the box that chooses it."""

    pk: Any
    called: str
    cells: list[Cell]


def headings(changes: Any) -> list[dict[str, Any]]:
    """Of the columns, without that of the boxes that choose rows."""
    return [one for one in result_headers(changes) if "action-toggle" not in str(one["text"])]


def rows(changes: Any) -> Iterator[Row]:
    """Those of this page of the list."""
    admin = changes.model_admin
    names = [name for name in changes.list_display if name != CHECKBOX]
    labels = {name: label_for_field(name, changes.model, model_admin=admin) for name in names}
    links = changes.list_display_links
    leads = set(names[:1]) if links is not None and not links else set(links or ())
    link = _link(changes) if leads else None
    first = next((name for name in names if name in leads), names[0] if names else "")
    for record in changes.result_list:
        cells, called = [], ""
        for name in names:
            content = _content(changes, record, name)
            called = strip_tags(str(content)) if name == first else called
            if link is not None and name in leads:
                content = link(record, content)
            cells.append(Cell(str(labels[name]), name, content, name == first))
        yield Row(record.pk, called, cells)


def _link(changes: Any) -> Callable[[Any, Any], Any] | None:
    """The record’s page, with what leads back to this list as it is; the address is worked out once."""
    try:
        pattern = changes.url_for_result(_Anybody(changes.pk_attname))
    except NoReverseMatch:
        return None
    known = {"preserved_filters": changes.preserved_filters, "opts": changes.opts}
    before, _, after = add_preserved_filters(known, pattern).partition(f"/{HERE}/")
    to_field = str(changes.to_field or changes.pk_attname)

    def written(record: Any, content: Any) -> Any:
        address = f"{before}/{quote(getattr(record, changes.pk_attname))}/{after}"
        opener = format_html(' data-popup-opener="{}"', record.serializable_value(to_field)) if changes.is_popup else ""
        return format_html('<a href="{}" class="su-link"{}>{}</a>', address, opener, content)

    return written


class _Anybody:
    """Stands for a record whose key is nought, where only the shape of its address is wanted."""

    def __init__(self, key: str) -> None:
        setattr(self, key, int(HERE))


def _content(changes: Any, record: Any, name: str) -> Any:
    """What the column says of the record, as Django and Unfold would."""
    empty = changes.model_admin.get_empty_value_display()
    try:
        field, read, value = lookup_field(name, record, changes.model_admin)
    except ObjectDoesNotExist:
        return empty
    empty = getattr(read, "empty_value_display", empty)
    if field is not None and not field.auto_created:
        if isinstance(field.remote_field, ManyToOneRel):
            return empty if (one := getattr(record, field.name)) is None else one
        return display_for_field(value, field, empty)
    if colours := getattr(read, "label", None):
        return _tag(value, colours)
    if getattr(read, "header", False):
        return display_for_header(value, empty)
    return display_for_value(value, empty, getattr(read, "boolean", False))


def _tag(value: Any, colours: Any) -> Any:
    """A label in the colour of its value; several, one after the other."""
    if isinstance(value, list):
        return format_html_join(" ", "{}", ((_tag(one, colours),) for one in value))
    colour = ""
    if isinstance(colours, dict):
        key, value = value if isinstance(value, tuple) else (value, value)
        colour = TAGS.get(colours.get(key, ""), "")
    return format_html('<span class="su-tag{}">{}</span>', f" su-tag--{colour}" if colour else "", value)
