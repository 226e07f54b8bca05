"""The admin's sidebar. Each app registers its entries in `AppConfig.ready()`; a person sees those they may open.

add_menu_item(Item("Applications", "Review queue", "rate_review", "admin:applications_application_changelist", 10,
              ApplicationPermission.SEE_APPLICATIONS))
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.db.models import Model
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from steppingup.accounts.actors import holds
from steppingup.accounts.roles import Permission
from steppingup.desk import workspace


@dataclass(frozen=True)
class Item:
    """`icon` is a name of Material Symbols; `permissions`: any one of them is enough, none at all is for superusers."""

    group: str
    title: str
    icon: str
    url_name: str
    order: int
    permissions: Permission | tuple[Permission, ...] = ()

    @cached_property
    def link(self) -> str:
        """Where it leads: every page of the desk asks for all of them."""
        return reverse(self.url_name)

    def is_visible_to(self, user: Any) -> bool:
        wanted = (self.permissions,) if isinstance(self.permissions, Permission) else self.permissions
        return bool(user.is_superuser) or any(holds(user, permission) for permission in wanted)


#: The groups, with their order: that of a year's work, then what is needed all the time.
_groups = {"Messages": 80, "People": 90, "Settings": 100}
_registry: dict[tuple[str, str], Item] = {}


def add_groups(**orders: int) -> None:
    """Add groups of an app's own: add_groups(Cohorts=30)."""
    _groups.update(orders)


def add_menu_item(item: Item) -> None:
    """Add an entry. Raises ValueError for an unknown group or a title that is taken."""
    if item.group not in _groups:
        raise ValueError(f"The sidebar has no group “{item.group}”.")
    if _registry.setdefault((item.group, item.title), item) != item:
        raise ValueError(f"The sidebar has “{item.title}” in “{item.group}” already.")


def add_lists(group: str, app: str, permission: Permission, *lists: tuple[str, str, str], first: int = 0) -> None:
    """Add the lists of an app’s models, one after the other from the place `first`: each with title, icon and model."""
    for order, (title, icon, model) in enumerate(lists, first):
        add_menu_item(Item(group, title, icon, f"admin:{app}_{model}_changelist", order, permission))


#: Beside the workspace: the few entries of the sidebar of somebody who may open very many, by their name and order.
ALL_COHORTS, PEOPLE, SET_UP = "All cohorts", "People and organisations", "Set-up"
FEW = (ALL_COHORTS, PEOPLE, SET_UP)
#: Up to so many are all shown, in their groups: those of a role with one task.
MANY = 14
_few: dict[str, tuple[str, int]] = {}
_first: list[str] = []


def keep_in_sight(place: str, *url_names: str, start: int = 0) -> None:
    """Name entries that stand in the sidebar also for somebody who may open very many pages, from the place `start` on.
    Raises ValueError for a place that the sidebar does not have."""
    if place not in FEW:
        raise ValueError(f"The sidebar has no place “{place}”.")
    _few.update({name: (place, start + number) for number, name in enumerate(url_names)})


def put_first(url_name: str) -> None:
    """What a role does most stands above everything else, for whoever may open it."""
    if url_name not in _first:
        _first.append(url_name)


def entries(user: Any) -> list[Item]:
    """Every entry that this person may open, group by group."""
    allowed = [item for item in _registry.values() if item.is_visible_to(user)]
    # By name too, so that two groups of one order do not run into each other.
    return sorted(allowed, key=lambda item: (_groups[item.group], item.group, item.order))


def pages_of(user: Any) -> list[dict[str, Any]]:
    """Everything that this person may open, in groups: for the page that shows it all."""
    return [
        {"title": name, "items": [{"title": item.title, "icon": item.icon, "link": item.link} for item in items]}
        for name, items in groupby(entries(user), key=lambda item: item.group)
    ]


def entry_of(path: str, allowed: list[Item]) -> Item | None:
    """Of all entries that lead towards a page, the one that leads furthest."""
    return max((item for item in allowed if path.startswith(item.link)), key=lambda item: len(item.link), default=None)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """What this person may open, in groups, as Unfold has them. First the cohort where they were last, what their role does
    most, and what waits today. Somebody who may open very many pages has the rest on a page of its own."""
    allowed = entries(request.user)
    if not allowed:
        return []
    inside = workspace.is_inside(request)
    here = None if inside else entry_of(request.path, allowed)
    today = _entry("Today", "today", reverse("admin:index"), request.path == reverse("admin:index"))
    firsts = [_of(item, here) for name in _first for item in allowed if item.url_name == name]
    cohort = [_entry("Cohort", "groups", workspace.entrance(), inside)] if workspace.has_workspace(request.user) else []
    if len(allowed) <= MANY:
        groups = [_group("", [*cohort, *firsts, today])]
        for name, items in groupby(allowed, key=lambda item: item.group):
            groups.append(_group(name, [_of(item, here) for item in items if item.url_name not in _first]))
        return [group for group in groups if group["items"]]
    few = [item for item in allowed if item.url_name in _few and item.url_name not in _first]
    placed = [(_few[item.url_name], item) for item in sorted(few, key=lambda item: _few[item.url_name])]
    groups = [_group("", [*cohort, *firsts])]
    for name in FEW:
        found = [_of(item, here) for (place, _), item in placed if place == name]
        groups.append(_group(name, [today, *found] if name == ALL_COHORTS else found))
    known = any(entry["active"] for group in groups for entry in group["items"])
    everything = reverse("admin:set_up")
    groups[-1]["items"].append(_entry("All pages", "apps", everything, request.path == everything or not known))
    return [group for group in groups if group["items"]]


def _entry(title: str, icon: str, link: str, active: bool) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": link, "active": active}


def _of(item: Item, here: Item | None) -> dict[str, Any]:
    return _entry(item.title, item.icon, item.link, item is here)


def _group(title: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "separator": bool(title), "collapsible": False, "items": items}


def trail(request: HttpRequest, original: Any = None) -> list[tuple[str, str]]:
    """The entry that a page belongs to, then the record it is about: (words, address), "" for the page itself.

    Nothing where no entry leads."""
    entry = entry_of(request.path, entries(request.user))
    found = [(entry.title, entry.link)] if entry else []
    if request.path == reverse("admin:index"):
        found = [("Today", "")]
    if found and isinstance(original, Model) and original.pk:
        try:
            address = reverse(admin_urlname(original._meta, "change"), args=[original.pk])
        except NoReverseMatch:
            address = ""
        found.append((str(original), address))
    return [(words, "" if address == request.path else address) for words, address in found]
