"""Removing a record, or many, in the admin: what somebody else has changed since the page was opened is shown first."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

from django.contrib.admin import actions as django
from django.http import HttpRequest, HttpResponse, QueryDict

from steppingup.site.together import SEEN, Meeting, Seen, Sheet, Teller, one_at_a_time


class Removing(NamedTuple):
    """What the page before has seen of the records, and what it says of others (helpers/delete_submit_line.html)."""

    sealed: list[str]
    met: list[str]


def meet(sheet: Sheet, seen: Seen, told: Teller) -> Iterator[str]:
    """What was changed since the page was opened, in sentences."""
    as_it_was = QueryDict(mutable=True)
    for name, values in seen.boxes.items():
        as_it_was.setlist(name, values)
    met = Meeting(sheet, seen, as_it_was, {}, told, acts=True)
    if met.shows:
        yield from (one.words for one in met.met)


def look(admin: Any, request: HttpRequest, records: list[Any]) -> Removing:
    """What is to be said before these are removed. Nothing of one that the page did not show: it is shown first."""
    seen = {one.of: one for one in filter(None, map(Seen.read, request.POST.getlist(SEEN)))}
    found = Removing([], [])
    for record in records:
        sheet = Sheet(admin.sheet_of(request, record).form)
        found.sealed.append(Seen.of_sheet(sheet, record.pk).sealed())
        if before := seen.get(str(record.pk)):
            of = f"{record}: " if len(records) > 1 else ""
            found.met.extend(f"{of}{words}" for words in meet(sheet, before, admin.told))
        elif seen:
            found.met.append(f"{record} was not on this page before.")
    return found


def delete_selected(admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    """Django's own for many, but whoever removes what somebody has changed since the page was opened is shown that first."""
    with ExitStack() as locks:
        keys = list(queryset.order_by("pk").values_list("pk", flat=True))
        if request.POST.get("post"):  # whoever saves one of them at the same moment waits, or was quicker
            for key in keys:
                locks.enter_context(one_at_a_time(admin.model, key))
        removing = look(admin, request, list(queryset.order_by("pk")))
        if removing.met:
            as_sent = request.POST.copy()
            del as_sent["post"]  # the page is shown again
            request.POST = as_sent  # type: ignore[assignment]
        answer: Any = django.delete_selected(admin, request, queryset)
        if answer is not None:
            answer.context_data["removing"] = removing
        return answer
