"""The admin's sidebar. Each app registers its entries in `AppConfig.ready()`; a person sees those they may open.

register(Item("Applications", "Review queue", "rate_review", "admin:applications_application_changelist", 10,
              Permission.SEE_APPLICATIONS))
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from steppingup.accounts.actors import holds
from steppingup.accounts.roles import Permission

# The groups in the order of a year's work.
GROUPS = (
    "Programmes",
    "Applications",
    "Cohorts",
    "Mentoring",
    "Qualifications",
    "Money",
    "Equality",
    "Messages",
    "People",
    "Settings",
)


@dataclass(frozen=True)
class Item:
    """`icon` is a name of Material Symbols; `permissions`: any one of them is enough, none at all is for superusers."""

    group: str
    title: str
    icon: str
    url_name: str
    order: int
    permissions: Permission | tuple[Permission, ...] = ()

    def is_visible_to(self, user: Any) -> bool:
        wanted = (self.permissions,) if isinstance(self.permissions, Permission) else self.permissions
        return bool(user.is_superuser) or any(holds(user, permission) for permission in wanted)


_registry: dict[tuple[str, str], Item] = {}


def register(item: Item) -> Item:
    """Add an entry. Raises ValueError for an unknown group or a title that is taken."""
    if item.group not in GROUPS:
        raise ValueError(f"The sidebar has no group “{item.group}”.")
    if _registry.setdefault((item.group, item.title), item) != item:
        raise ValueError(f"The sidebar has “{item.title}” in “{item.group}” already.")
    return item


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """What this person may open, in groups, in the form that Unfold wants."""
    groups = []
    for name in GROUPS:
        items = [item for item in _registry.values() if item.group == name and item.is_visible_to(request.user)]
        links = [
            {"title": item.title, "icon": item.icon, "link": reverse(item.url_name)}
            for item in sorted(items, key=lambda item: item.order)
        ]
        if links:
            groups.append({"title": name, "separator": True, "collapsible": False, "items": links})
    return groups
