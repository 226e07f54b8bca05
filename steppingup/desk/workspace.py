"""The workspace: what coordinators live in is a cohort, and not our tables. One tab a subject, each with an address of its own.

Which records have one says the app that they belong to, once; each app adds its tabs, and further ways within them:

    workspace.of(Workspace(Cohort, "cohort", "admin:cohorts_cohort_tab", open_to, order))
    workspace.add_tabs(Tab("money", "Money", 90, MoneyPermission.SEE_MONEY, pages=("funding_",), sections=("money",)))
    workspace.add_ways(Way("money", "Invoices", narrowed("funding_invoice"), MoneyPermission.SEE_MONEY))

A list that is narrowed to the record (`?cohort=3`), a page of its own and a page of what belongs to it stand in the frame:
the name, the tabs and the switcher above them. Nobody is shown a tab, or a way, that they may not open.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.apps import apps
from django.contrib.admin import site
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from steppingup.accounts.actors import holds, may
from steppingup.accounts.requests import kept_with
from steppingup.accounts.roles import Permission
from steppingup.accounts.scope import at_hand, follow, scope_of
from steppingup.desk.models import Remembered
from steppingup.formats.keys import is_key

Address = Callable[[Any], str]
MOST_CHOICES = 100  # cohorts to switch between; older ones are found in their list


@dataclass(frozen=True)
class Tab:
    """`pages` are beginnings of the names of the admin's pages that belong to it; of several the longest counts. Without an
    `address` it is a page of these `sections`, and of what waits among these `models` (“funding.Invoice”)."""

    key: str
    title: str
    order: int
    permission: Permission
    pages: Sequence[str] = ()
    address: Address | None = None
    sections: Sequence[str] = ()
    models: Sequence[str] = ()
    #: Another page instead of this one, where the record has it: asked only when somebody comes.
    onward: Callable[[Any], str | None] = lambda subject: None


@dataclass(frozen=True)
class Way:
    """A further list or page within a tab. Those that are wanted less often stand `under` a heading, which opens."""

    tab: str
    title: str
    address: Address
    permission: Permission
    under: str = ""


@dataclass(frozen=True)
class Workspace:
    """Whose workspaces they are: `open_to(user, permissions)` are the records that somebody may enter by any of these
    permissions, the ones that are worked on first; `find(rows, words)` are those with these words in their names."""

    model: type[Model]
    parameter: str
    page: str
    switch: str
    entrance: str
    open_to: Callable[[Any, Iterable[Permission]], QuerySet[Any]]
    find: Callable[[QuerySet[Any], str], QuerySet[Any]]


#: Title and address of a further page, and whether it is the one that is open.
Link = tuple[str, str, bool]


@dataclass(frozen=True)
class Frame:
    """What stands above a page of the workspace. `more`: headings, whether one of theirs is open, and what stands under each."""

    subject: Any
    tabs: list[dict[str, Any]]
    ways: list[Link]
    more: list[tuple[str, bool, list[Link]]]
    switch: str


_kinds: list[Workspace] = []
_tabs: dict[str, Tab] = {}
_ways: list[Way] = []


def of(kind: Workspace) -> None:
    """Name the records that have a workspace."""
    _kinds[:] = [kind]


def add_tabs(*tabs: Tab) -> None:
    """Add tabs. Raises ValueError for a key that is taken."""
    for tab in tabs:
        if _tabs.setdefault(tab.key, tab) != tab:
            raise ValueError(f"The workspace has a tab “{tab.key}” already.")


def add_ways(*ways: Way) -> None:
    """Add further ways to tabs, in this order. Raises ValueError where there is no such tab."""
    for way in ways:
        if way.tab not in _tabs:
            raise ValueError(f"The workspace has no tab “{way.tab}”.")
        if way.title not in [one.title for one in _ways if one.tab == way.tab]:
            _ways.append(way)


def narrowed(model: str, more: str = "", *, by: str = "") -> Address:
    """The address of the list of a model (“cohorts_session”), narrowed to the record; `more` narrows it further, and `by` is the column
    that it is sorted by."""
    return lambda subject: "&".join(
        filter(
            None,
            (
                f"{reverse(f'admin:{model}_changelist')}?{_kinds[0].parameter}={subject.pk}",
                more,
                by and f"{ORDER_VAR}={_place_of(model, by)}",
            ),
        )
    )


def _place_of(model: str, column: str) -> int:
    """How a list calls one of its columns in its address. Raises ValueError where it has no such column."""
    return list(site.get_model_admin(apps.get_model(*model.split("_", 1))).list_display).index(column)


def page_of_record(model: str) -> Address:
    """The record’s own page."""
    return page_of(f"{model}_change")


def page_of(name: str) -> Address:
    """The address of a page of the admin that takes the record’s number and nothing else."""
    return lambda subject: reverse(f"admin:{name}", args=[subject.pk])


def tabs_of(user: Any, subject: Any) -> list[Tab]:
    """The tabs that this person may open, in order."""
    found = [tab for tab in _tabs.values() if may(user, tab.permission, subject)]
    return sorted(found, key=lambda tab: (tab.order, tab.key))


def all_tabs() -> list[Tab]:
    return list(_tabs.values())


def address_of(subject: Any, key: str = "overview") -> str:
    """The page of a tab, which leads on where the tab is a list or page of its own."""
    return reverse(_kinds[0].page, args=[subject.pk, key])


def leads_to(tab: Tab, subject: Any) -> str:
    return tab.address(subject) if tab.address else address_of(subject, tab.key)


def has_workspace(user: Any) -> bool:
    """Does this person live in a cohort, or may they open a tab of one at least?"""
    return any(holds(user, tab.permission) for tab in _tabs.values())


def _open_to(user: Any) -> QuerySet[Any]:
    """The records whose workspace this person may enter."""
    return _kinds[0].open_to(user, sorted({tab.permission for tab in _tabs.values() if holds(user, tab.permission)}))


def choices_of(request: HttpRequest, q: str = "") -> tuple[list[Any], bool]:
    """The records whose workspace this person may enter and whose name has these words; and whether there are more of them."""
    found = _kinds[0].find(_open_to(request.user), q) if q else _open_to(request.user)
    rows = list(found[: MOST_CHOICES + 1])
    return rows[:MOST_CHOICES], len(rows) > MOST_CHOICES


def entered(request: HttpRequest, pk: int) -> Any:
    """The record of this number, if the person may enter its workspace; found out once in a request."""
    return kept_with(request, f"workspace-{pk}", lambda: _open_to(request.user).filter(pk=pk).first())


def _open_ways(user: Any, subject: Any, key: str) -> list[Way]:
    return [way for way in _ways if way.tab == key and may(user, way.permission, subject)]


def ways_of(user: Any, subject: Any, key: str) -> list[tuple[str, str]]:
    return [(way.title, way.address(subject)) for way in _open_ways(user, subject, key)]


def entrance() -> str:
    """On to the record where this person was last."""
    return reverse(_kinds[0].entrance)


def is_inside(request: HttpRequest) -> bool:
    """Is this a page of a workspace, or a list that is narrowed to one of its records?"""
    match = request.resolver_match
    if not _kinds or match is None:
        return False
    return f"admin:{match.url_name}" == _kinds[0].page or request.GET.get(_kinds[0].parameter, "").isdecimal()


def is_as_it_opens(request: HttpRequest) -> bool:
    """Is this a list as a tab leads to it, or a way within one, without a search or a filter of the reader’s own?"""
    if not is_inside(request) or not is_key(pk := request.GET.get(_kinds[0].parameter, "")):
        return False
    if (subject := entered(request, int(pk))) is None:
        return False
    addresses = [*(tab.address for tab in _tabs.values() if tab.address), *(way.address for way in _ways)]
    return _asked(request.get_full_path()) in [_asked(address(subject)) for address in addresses]


def _asked(url: str) -> tuple[str, frozenset[tuple[str, str]]]:
    """What an address asks for: its page, and how it is narrowed; neither the order nor the page of the list."""
    parts = urlsplit(url)
    return parts.path, frozenset(one for one in parse_qsl(parts.query) if one[0] not in (ORDER_VAR, PAGE_VAR))


# -- the last one ------------------------------------------------------------------------------------

LAST = "last-workspace"


def note(request: HttpRequest, pk: int) -> None:
    """Where this person is now: for as long as they are signed in, as looking at a page changes no record of ours."""
    if request.session.get(LAST) != pk:
        request.session[LAST] = pk


def remember(request: HttpRequest, pk: int) -> None:
    """They chose it: the next time that they sign in, wherever that is, too."""
    note(request, pk)
    Remembered.keep(request.user, LAST, pk)


def last_of(request: HttpRequest) -> Any:
    """The record in whose workspace this person was last; else the first of those that are worked on; None without any."""
    pk = request.session.get(LAST) or Remembered.kept(request.user, LAST)
    return (entered(request, pk) if pk else None) or _open_to(request.user).first()


# -- the frame ---------------------------------------------------------------------------------------


def _subject_of(request: HttpRequest, shown: Any) -> Any:
    """Which record a page belongs to: by its own words, the list's filter, or the record that it shows. None where it belongs
    to none, or to one that the person may not enter."""
    kind = _kinds[0]
    named = shown.get("workspace_of") or shown.get(kind.parameter)
    if isinstance(named, kind.model):
        return named
    if shown.get("cl"):
        value = request.GET.get(kind.parameter, "")
        return entered(request, int(value)) if value.isdecimal() and len(value) < 10 else None
    record = shown.get("original")
    if isinstance(record, kind.model):
        return record if record.pk else None
    if not isinstance(record, Model) or not hasattr(record, "visibility"):
        return None
    path = scope_of(type(record)).cohort
    if not path or not record.pk:
        return None
    pk = follow(record, path)
    return at_hand(record, path) or (entered(request, pk) if pk else None)


def frame_of(request: HttpRequest, shown: Any) -> Frame | None:
    """The frame for a page with this context; nothing where it belongs to no record, or to one that the person may not enter."""
    if not _kinds or shown.get("is_popup") or not has_workspace(getattr(request, "user", None)):
        return None
    subject = _subject_of(request, shown)
    tabs = tabs_of(request.user, subject) if subject else []
    if not tabs:
        return None
    match = request.resolver_match
    own = next((way.tab for way in _ways if way.address(subject) == request.path), "")
    key = own or (_key_of(match.url_name or "", match.kwargs, tabs) if match else "")
    full = request.get_full_path()
    under: dict[str, list[Link]] = {"": []}
    for way in _open_ways(request.user, subject, key):
        url = way.address(subject)
        under.setdefault(way.under, []).append((way.title, url, url == full))
    ways = under.pop("")
    more = [(title, any(here for _, _, here in found), found) for title, found in sorted(under.items())]
    links = [
        {"key": tab.key, "title": tab.title, "url": leads_to(tab, subject), "here": tab.key == key} for tab in tabs
    ]
    return Frame(subject, links, ways, more, f"{reverse(_kinds[0].switch)}?tab={key}")


def _key_of(name: str, given: dict[str, Any], tabs: list[Tab]) -> str:
    """The tab that a page belongs to; none for a page of no tab that the person may open."""
    if f"admin:{name}" == _kinds[0].page:
        return str(given.get("tab", ""))
    found = [(len(start), tab.key) for tab in tabs for start in tab.pages if name.startswith(start)]
    return max(found)[1] if found else ""
