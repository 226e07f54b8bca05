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


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """What this person may open, in groups, as Unfold has them; first the way back to what waits today."""
    allowed = [item for item in _registry.values() if item.is_visible_to(request.user)]
    if not allowed:
        return []
    # By name too, so that two groups of one order do not run into each other.
    allowed.sort(key=lambda item: (_groups[item.group], item.group, item.order))
    links = {item: item.link for item in allowed}
    leading = (link for link in links.values() if request.path.startswith(link))
    here = max(leading, key=len, default="")  # of all entries that lead towards the page, the one that leads furthest
    today = reverse("admin:index")
    first = {"title": "Today", "icon": "today", "link": today, "active": request.path == today}
    groups: list[dict[str, Any]] = [{"title": "", "separator": False, "collapsible": False, "items": [first]}]
    for name, items in groupby(links, key=lambda item: item.group):
        entries = [
            {"title": item.title, "icon": item.icon, "link": links[item], "active": links[item] == here}
            for item in items
        ]
        groups.append({"title": name, "separator": True, "collapsible": False, "items": entries})
    return groups


def trail(request: HttpRequest, groups: Any, original: Any = None) -> list[tuple[str, str]]:
    """The entry of the sidebar that a page belongs to, then the record it is about: (words, address), "" for the page itself.

    Nothing where no entry of the sidebar leads."""
    found = [
        (str(item["title"]), str(item["link"]))
        for group in groups or ()
        for item in group["items"]
        if item.get("active")
    ][-1:]
    if found and isinstance(original, Model) and original.pk:
        try:
            address = reverse(admin_urlname(original._meta, "change"), args=[original.pk])
        except NoReverseMatch:
            address = ""
        found.append((str(original), address))
    return [(words, "" if address == request.path else address) for words, address in found]
