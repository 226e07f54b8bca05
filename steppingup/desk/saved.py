"""Saved views of lists: what somebody searches, filters and sorts by, under a name, for themselves or for their colleagues."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.urls import reverse

from steppingup.accounts.requests import signed_in
from steppingup.desk.models import SavedView

#: What belongs to one visit, and not to a view.
PASSING = ("p", "e", "all", "export", "_popup", "_to_field", "_changelist_filters")
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


def shown_on(request: HttpRequest, model: Any) -> dict[str, Any]:
    """The views of a list, how it was left the last time, and what is needed to save the present one."""
    listing, query = listing_of(model), query_of(request.GET)
    left: dict[str, str] = request.session.get(LAST, {})
    before = left.get(listing, "")
    if query and query != before:
        request.session[LAST] = dict(list({**left, listing: query}.items())[-MOST_LISTS:])
    user = signed_in(request)
    return {
        "listing": listing,
        "query": query,
        "saved": SavedView.objects.for_list(user, listing),
        "as_left": before if not query else "",
        "providers": sorted({role.provider for role in user.current_roles}, key=str) if query else [],
    }


def save(site: Any, request: HttpRequest) -> HttpResponse:
    """Keep the view of a list under a name: anew, or in place of one's own of that name."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    user, listing = signed_in(request), request.POST.get("listing", "")
    _, own = next(((m, a) for m, a in site._registry.items() if listing_of(m) == listing), (None, None))
    if own is None or not own.has_view_permission(request):
        raise Http404
    name = " ".join(request.POST.get("name", "").replace("\x00", "").split())[:80]
    query = query_of(QueryDict(request.POST.get("query", "").replace("\x00", "")[:LONGEST]))
    there = f"{reverse(f'admin:{listing}_changelist')}?{query}"
    if not name:
        messages.error(request, "Give the view a name, such as “Waiting for a sponsor, over a week”.")
        return HttpResponseRedirect(there)
    mine = {str(role.provider_id): role.provider for role in user.current_roles}
    values = {"query": query, "shared_with": mine.get(request.POST.get("shared_with", ""))}
    with transaction.atomic():
        SavedView.objects.update_or_create(person=user, listing=listing, name=name, defaults=values)
    messages.success(request, f"Saved as “{name}”. You find it above this list.")
    return HttpResponseRedirect(there)


def remove(site: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Only whoever saved it removes it, from their colleagues' lists too."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    view = SavedView.objects.visible_to(request.user).filter(pk=pk).first()
    if view is None:
        raise Http404
    view.delete()
    messages.success(request, f"“{view.name}” is removed.")
    return HttpResponseRedirect(reverse(f"admin:{view.listing}_changelist"))
