"""Saved views of lists: what somebody searches, filters and sorts by, and the columns, under a name, for themselves or for
their colleagues. A list opens with the columns that they last chose."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import label_for_field
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.text import capfirst

from steppingup.accounts.requests import kept_with, signed_in
from steppingup.desk.models import SavedView

#: What belongs to one visit, and not to a view.
PASSING = ("p", "e", "all", "export", "_popup", "_to_field", "_changelist_filters", "view")
LAST = "lists"  # in the session: how each list was last left
MOST_LISTS = 20
LONGEST = 1000


def listing_of(model: Any) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def query_of(given: QueryDict) -> str:
    """What a view keeps of an address; nothing where it is longer than a view may be."""
    kept = given.copy()
    for name in PASSING:
        kept.pop(name, None)
    text = kept.urlencode()
    return text if len(text) <= LONGEST else ""


def views_of(request: HttpRequest, model: Any) -> list[SavedView]:
    """One's own views of a list and those of colleagues, in one query a request."""
    listing = listing_of(model)
    return kept_with(request, f"views_{listing}", lambda: list(SavedView.objects.for_list(signed_in(request), listing)))


def view_of(request: HttpRequest, model: Any) -> SavedView | None:
    """The view that the address names; without one, how the list opens for this person."""
    named, views = request.GET.get("view", ""), views_of(request, model)
    own = (one for one in views if not one.name and one.person_id == signed_in(request).pk)
    return next((one for one in views if one.name and str(one.pk) == named), next(own, None))


def columns_of(request: HttpRequest, model: Any, offered: Sequence[Any]) -> list[Any]:
    """Which of a list's columns are shown. The first says which row it is, and always is."""
    view = view_of(request, model)
    chosen = view.columns if view else []
    return [one for at, one in enumerate(offered) if at == 0 or not chosen or one in chosen]


def shown_on(request: HttpRequest, own: Any) -> dict[str, Any]:
    """The views of a list, its columns, how it was left the last time, and what is needed to save the present one."""
    listing, query = listing_of(own.model), query_of(request.GET)
    left: dict[str, str] = request.session.get(LAST, {})
    before = left.get(listing, "")
    if query and query != before:
        request.session[LAST] = dict(list({**left, listing: query}.items())[-MOST_LISTS:])
    user, view = signed_in(request), view_of(request, own.model)
    shown = columns_of(request, own.model, own.list_display)
    columns = [{"name": one, "title": title_of(own, one), "shown": one in shown} for one in own.list_display[1:]]
    return {
        "listing": listing,
        "query": query,
        "view": view if view and view.name and view.query == query else None,
        "saved": [one for one in views_of(request, own.model) if one.name],
        "as_left": before if not query else "",
        "columns": columns if len(columns) > 1 else [],
        "providers": sorted({role.provider for role in user.current_roles}, key=str),
    }


def title_of(own: Any, column: str) -> str:
    return str(capfirst(str(label_for_field(column, own.model, model_admin=own))))


def _asked(site: Any, request: HttpRequest) -> tuple[Any, str]:
    """The list that a form was sent from, and the address of the view that it showed."""
    listing = request.POST.get("listing", "")
    own = next((own for model, own in site._registry.items() if listing_of(model) == listing), None)
    if own is None or not own.has_view_permission(request):
        raise Http404
    query = query_of(QueryDict(request.POST.get("query", "").replace("\x00", "")[:LONGEST]))
    return own, query


def _page(own: Any, query: str) -> str:
    address = reverse(f"admin:{listing_of(own.model)}_changelist")
    return f"{address}?{query}" if query else address


def save(site: Any, request: HttpRequest) -> HttpResponse:
    """Keep the view of a list under a name: anew, or in place of one's own of that name."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    own, query = _asked(site, request)
    user, listing = signed_in(request), listing_of(own.model)
    name = " ".join(request.POST.get("name", "").replace("\x00", "").split())[:80]
    if not name:
        messages.error(request, "Give the view a name, such as “Waiting for a sponsor, over a week”.")
        return HttpResponseRedirect(_page(own, query))
    mine = {str(role.provider_id): role.provider for role in user.current_roles}
    values = {
        "query": query,
        "columns": _chosen(own, request),
        "shared_with": mine.get(request.POST.get("shared_with", "")),
    }
    with transaction.atomic():
        view, _ = SavedView.objects.update_or_create(person=user, listing=listing, name=name, defaults=values)
    messages.success(request, f"Saved as “{name}”. You find it above this list.")
    return HttpResponseRedirect(_page(own, f"{query}&view={view.pk}".lstrip("&")))


def choose_columns(site: Any, request: HttpRequest) -> HttpResponse:
    """From now on the list opens with these columns for this person; with all of them where none is chosen."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    own, query = _asked(site, request)
    user, listing = signed_in(request), listing_of(own.model)
    with transaction.atomic():
        SavedView.objects.update_or_create(
            person=user, listing=listing, name="", defaults={"columns": _chosen(own, request)}
        )
    messages.success(request, "This list shows the columns that you chose, until you choose others.")
    return HttpResponseRedirect(_page(own, query))


def _chosen(own: Any, request: HttpRequest) -> list[str]:
    """Columns by their names; none where all are shown, so that one that is added later is shown too."""
    given = set(request.POST.getlist("column"))
    offered = own.list_display[1:]
    chosen = [one for one in offered if one in given]
    return [] if len(chosen) == len(offered) else chosen


def remove(site: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Only whoever saved it removes it, from their colleagues' lists too."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    view = SavedView.objects.visible_to(request.user).filter(pk=pk).first()
    if view is None or not view.name:
        raise Http404
    view.delete()
    messages.success(request, f"The view “{view.name}” is removed.")
    return HttpResponseRedirect(reverse(f"admin:{view.listing}_changelist"))
