"""Two people at one page: nothing is overwritten unsaid, nothing that was typed is lost, both changes can be kept."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import resolve

from funding.models import FeeTerms
from steppingup.history.versions import Versioned
from tests.sweeps.access_admin import ADMIN
from tests.sweeps.forms_found import Found, read
from tests.sweeps.rows import Row
from tests.sweeps.test_hostile import pages_with_forms
from tests.sweeps.visits import signed_in_before
from tests.sweeps.world import World

OF_THE_PAGE = ("csrfmiddlewaretoken", "seen-before", "_save", "_continue", "_addanother", "_popup", "_to_field")
KINDS = ("text", "textarea", "number", "checkbox")
TRIED = 6  # boxes of one page, until two are found that can be changed


@pytest.fixture(scope="module", autouse=True)
def _signed_in_before(whole_world: World) -> Iterator[None]:
    with signed_in_before(whole_world.clients, whole_world.people):
        yield


@contextmanager
def undone() -> Iterator[None]:
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def form_at(client: Client, address: str) -> tuple[Found, str]:
    """The form of the record on its page, as a browser has it."""
    page = client.get(address).content.decode()
    return shown(page), page


def tidy(value: str) -> str:
    """As it is compared: 1.00 is 1, and lines end in one way."""
    value = value.replace("\r\n", "\n").strip()
    return f"{float(value):g}" if value.replace(".", "", 1).isdecimal() else value


def what_stands_in(form: Found) -> dict[str, str]:
    return {
        name: tidy(value)
        for name, value in form.as_it_is().items()
        if name not in OF_THE_PAGE and not name.endswith("-kept")
    }


def other(kind: str, value: str, by: int) -> str:
    """Something else to fill in."""
    if kind == "checkbox":
        return "" if value else "on"
    return str(int(float(value or 0)) + by) if kind == "number" else f"{value} {'and' * by}".strip()


def changeable(client: Client, address: str) -> Iterator[tuple[str, str]]:
    """Boxes that can be saved with something else in them, and their kinds."""
    form, _ = form_at(client, address)
    boxes = [
        (name, kind)
        for name, (kind, value) in form.fields.items()
        if kind in KINDS and name not in OF_THE_PAGE and "__prefix__" not in name and not name.endswith("-DELETE")
    ]
    boxes.sort(key=lambda box: not form.fields[box[0]][1])  # what is filled in already first
    found = 0
    for name, kind in boxes[:TRIED]:
        with undone():
            sent = form.as_a_browser(**{name: other(kind, form.fields[name][1], 1)})
            answer = client.post(address, sent)
            saved = answer.status_code == 302
        if saved:
            yield name, kind
            found += 1
        if found == 2:
            return


def rows() -> list[Row]:
    return [row for row in ADMIN if row.name.endswith("_change") and row.may]


def newest(address: str) -> str:
    """The page of the record as it is by now: a change may have made a new version of it."""
    match = resolve(address)
    model = site._registry[apps.get_model(*match.url_name.removesuffix("_change").split("_", 1))].model
    if not issubclass(model, Versioned):
        return address
    record = model._base_manager.get(pk=match.kwargs["object_id"])
    return address.replace(f"/{record.pk}/", f"/{record.newest().pk}/")


def shown(page: str) -> Found:
    return next(form for form in read(page).forms if "seen-before" in form.fields)


def check(world: World, row: Row) -> Iterator[str]:
    """What is wrong on the page of one record."""
    address = row.at(world)
    ours, theirs = world.client("superuser"), world.client(row.may[0] if row.may else "superuser")
    boxes = list(changeable(ours, address))
    if not boxes:
        yield "no box could be changed"
        return
    form, _ = form_at(ours, address)

    def now() -> dict[str, Any]:
        return what_stands_in(form_at(ours, newest(address))[0])

    def change(**changed: str) -> None:
        """By the other; what holds everywhere is changed by those who run the site only, in another window."""
        sent = form.as_a_browser(**changed)
        if theirs.post(address, sent).status_code != 302:
            assert ours.post(address, sent).status_code == 302

    name, kind = boxes[0]
    value = form.fields[name][1]
    a, b = other(kind, value, 1), other(kind, value, 2)
    with undone():
        change(**{name: a})
        saved = now()
        yield from clash(ours, address, form, name, b if kind != "checkbox" else value, saved, now)
    if len(boxes) > 1:
        with undone():
            second, its_kind = boxes[1]
            its = other(its_kind, form.fields[second][1], 1)
            change(**{name: a})
            answer = ours.post(address, form.as_a_browser(**{second: its}))
            page = answer.content.decode()
            if answer.status_code != 200 or "Since you opened this page" not in page or "Keep theirs" in page:
                yield f"{name} and {second}: it was not said what the other had changed, or to choose ({answer.status_code})"
                return
            answer = ours.post(address, shown(page).as_a_browser(_continue="yes"))
            if answer.status_code != 302 or not {tidy(a), tidy(its)} <= set(now().values()):
                yield f"{name} and {second}: both were not kept with one press ({answer.status_code})"


def clash(ours: Client, address: str, form: Found, name: str, mine: str, saved: Any, now: Any) -> Iterator[str]:
    """Both have changed the same box, the other first."""
    answer = ours.post(address, form.as_a_browser(**{name: mine}))
    page = answer.content.decode()
    if form.fields[name][0] == "checkbox":  # there is nothing else to tick
        return
    again = shown(page) if answer.status_code == 200 and "Keep theirs" in page else None
    if again is None or tidy(mine) not in what_stands_in(again).values():
        yield f"{name}: what was typed was lost, or nothing was asked ({answer.status_code})"
        return
    if now() != saved:
        yield f"{name}: something was saved before it was shown"
    unchosen = ours.post(address, again.as_a_browser())
    if "Choose whose to keep" not in unchosen.content.decode() or now() != saved:
        yield f"{name}: it was saved without a choice"
    choice = next(one for one in again.fields if one.startswith("keep-"))
    with undone():
        ours.post(address, again.as_a_browser(**{choice: "theirs"}))
        if now() != saved:
            yield f"{name}: theirs was not kept"
    ours.post(address, again.as_a_browser(**{choice: "yours"}))
    if tidy(mine) not in now().values():
        yield f"{name}: yours was not kept"


def said_of(world: World, row: Row) -> list[str]:
    try:
        return [f"{row.name}: {problem}" for problem in check(world, row)]
    except Exception as error:  # the other pages are looked at all the same
        return [f"{row.name}: {error!r}"]


@contextmanager
def filled_in() -> Iterator[None]:
    """Records that the world leaves bare, as somebody has filled them in."""
    with undone():
        FeeTerms.objects.update(text="Terms.", invoiced_when="At the start.")
        yield


def test_nobody_overwrites_what_somebody_else_has_changed(whole_world: World):
    """On the page of every kind of record that somebody may change: the same box, and two different ones."""
    wrong, tried = [], []
    with filled_in():
        for row in rows():
            page = whole_world.client("superuser").get(row.at(whole_world)).content.decode()
            if any("seen-before" in one.fields for one in read(page).forms):
                wrong += said_of(whole_world, row)
                tried.append(row.name)
            elif left := [n for one in read(page).forms for n, (kind, _) in one.fields.items() if kind in KINDS]:
                wrong.append(f"{row.name} does not know what it showed: {left}")
    assert not wrong, "\n" + "\n".join(wrong)
    assert len(tried) > 20


#: Pages with a form that shows nothing of a record: what is added, looked for, uploaded, chosen from a list, or typed for a step.
SHOWS_NOTHING = re.compile(
    r"_(?:add|changelist|ranking|import|process_import|steps|delete|countfile_read)$|^admin:(?:login|logout|password)"
)


def test_every_form_of_staff_knows_what_it_showed(whole_world: World):
    bare = []
    for row, address, page in pages_with_forms(whole_world, "superuser"):
        if not row.name.startswith("admin:") or SHOWS_NOTHING.search(row.name):
            continue
        for form in page.forms:
            boxes = [
                name for name, (kind, _) in form.fields.items() if kind in (*KINDS, "select", "radio", "email", "date")
            ]
            switcher = (
                boxes == ["cohort"] and "tab" in form.fields
            )  # of the workspace: leads to another cohort, saves nothing
            if boxes and not switcher and "seen-before" not in form.fields:
                bare.append(f"{row.name} ({address}): {boxes[:5]}")
    assert not bare, "\n" + "\n".join(bare)


def deleted_with(world: World, row: Row, tried: list[str]) -> Iterator[str]:
    """What is wrong where one of staff deletes a record on whose page another has just saved something."""
    address = row.at(world)
    boxes = list(changeable(world.client("superuser"), address))
    page = address.removesuffix("change/") + "delete/"
    ours, theirs = world.client("superuser"), world.client(row.may[0])
    asked = ours.get(page)
    if not boxes or "seen-before" not in asked.text:  # others belong to it, so it cannot be deleted at all
        return
    tried.append(page)
    sent = shown(asked.text).as_a_browser()
    for name, kind in boxes[:1]:
        with undone():
            form, _ = form_at(theirs, address)
            theirs.post(address, form.as_a_browser(**{name: other(kind, form.fields[name][1], 1)}))
            answer = ours.post(page, sent)
            if answer.status_code != 200 or "Nothing has been deleted yet." not in answer.text:
                yield f"{page}: {name} was changed, and it is deleted all the same"
            elif ours.post(page, shown(answer.text).as_a_browser()).status_code != 302:
                yield f"{page}: it cannot be deleted any more"
    with undone():
        if ours.post(page, sent).status_code != 302:
            yield f"{page}: nobody has changed it, and it is not deleted"
    yield from deleted_among_many(world, address, boxes)


def deleted_among_many(world: World, address: str, boxes: list[tuple[str, str]]) -> Iterator[str]:
    """The same where it is one of several that are ticked in the list: it, and every other that can be removed with it."""
    ours, theirs = world.client("superuser"), world.client("superuser")
    found, key = resolve(address), address.rstrip("/").split("/")[-2]
    model = apps.get_model(*found.view_name.removesuffix("_change").removeprefix("admin:").split("_", 1))
    page = address.removesuffix(f"{key}/change/")
    others = [str(pk) for pk in model._default_manager.exclude(pk=key).order_by("pk").values_list("pk", flat=True)[:2]]
    asked = ours.post(page, {"action": "delete_selected", "_selected_action": [key, *others]})
    if "Yes, I" not in asked.text:  # one of the others is needed elsewhere
        others = []
        asked = ours.post(page, {"action": "delete_selected", "_selected_action": [key]})
    sent = {**shown(asked.text).as_a_browser(), "_selected_action": [key, *others]}
    sent["seen-before"] = re.findall(r'name="seen-before" value="([^"]+)"', asked.text)
    if len(sent["seen-before"]) != 1 + len(others):
        yield f"{page}: the page does not know what it showed of each"
    for name, kind in boxes[:1]:
        with undone():
            form, _ = form_at(theirs, address)
            theirs.post(address, form.as_a_browser(**{name: other(kind, form.fields[name][1], 1)}))
            answer = ours.post(page, sent)
            if answer.status_code != 200 or "Nothing has been deleted yet." not in answer.text:
                yield f"{page}: {name} of one of many was changed, and it is deleted all the same"
                continue
            again = {**sent, "seen-before": re.findall(r'name="seen-before" value="([^"]+)"', answer.text)}
            if ours.post(page, again).status_code != 302 or model._default_manager.filter(pk=key).exists():
                yield f"{page}: many cannot be deleted any more"
    with undone():
        if ours.post(page, sent).status_code != 302 or model._default_manager.filter(pk__in=[key, *others]).exists():
            yield f"{page}: nobody has changed any of them, and they are not deleted"


def test_nobody_deletes_what_somebody_else_has_just_changed(whole_world: World):
    rows_tried = [row for row in rows() if site._registry[model_of(row)].deletes]
    tried: list[str] = []
    wrong = [sentence for row in rows_tried for sentence in deleted_with(whole_world, row, tried)]
    assert not wrong, "\n".join(wrong)
    assert len(tried) >= 3, tried


def model_of(row: Row) -> Any:
    return apps.get_model(*row.name.removesuffix("_change").removeprefix("admin:").split("_", 1))
