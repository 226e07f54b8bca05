"""One search over everything that somebody may see on the desk: by name, reference or number, and on to it.

    search_in(Invoice, "Invoices", "receipt_long", 40, about=lambda invoice: invoice.bill_to, code="reference", digits=True)

What is found, and by what, is the model's own list: its rows, its scope, its search. One query a kind, a few of each.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

MOST_OF_A_KIND = 6
LONGEST = 100  # characters that are searched for


@dataclass(frozen=True)
class Kind:
    """Where a kind of thing is found: `code` is what only one of them has, and `digits` say that it ends in a number by which
    the list is searched."""

    model: type[Model]
    title: str
    icon: str
    order: int
    about: Callable[[Any], str]
    name: Callable[[Any], str] = str
    code: str = ""
    digits: bool = False
    address: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class Found:
    name: str
    about: str
    url: str
    is_it: bool  # what was typed is its code


_kinds: dict[str, Kind] = {}


def search_in(model: type[Model], title: str, icon: str, order: int, about: Callable[[Any], str], **more: Any) -> None:
    """Add a kind of thing that is found."""
    _kinds[model._meta.label] = Kind(model, title, icon, order, about, **more)


def _bare(text: str) -> str:
    """A code as people mean it: without spaces and dashes, in capitals."""
    return re.sub(r"[\W_]+", "", text).upper()


def find(site: Any, request: HttpRequest, text: str) -> list[tuple[Kind, list[Found]]]:
    """What this person may see of it, kind by kind; nothing for no words."""
    text = " ".join(text.replace("\x00", "").split())[:LONGEST]
    if not _bare(text):
        return []
    kinds = sorted(_kinds.values(), key=lambda kind: kind.order)
    rows = [(kind, _rows(site, request, kind, text)) for kind in kinds]
    return [(kind, found) for kind, found in rows if found]


def _rows(site: Any, request: HttpRequest, kind: Kind, text: str) -> list[Found]:
    own = site.get_model_admin(kind.model)
    if not own.has_view_permission(request):
        return []
    numbers = re.findall(r"\d+", text) if kind.digits else []
    words = numbers[-1].lstrip("0") if numbers and re.fullmatch(r"[A-Za-z]*[\W\d_]*", text) else text
    found, _ = own.get_search_results(request, own.get_queryset(request), words)
    if isinstance(own.list_select_related, tuple | list) and own.list_select_related:
        found = found.select_related(*own.list_select_related)
    return [
        Found(
            kind.name(row),
            kind.about(row),
            kind.address(row) if kind.address else reverse(admin_urlname(kind.model._meta, "change"), args=[row.pk]),
            bool(kind.code) and _bare(str(getattr(row, kind.code))) == _bare(text),
        )
        for row in found[:MOST_OF_A_KIND]
    ]
