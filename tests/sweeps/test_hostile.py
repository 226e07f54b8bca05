"""Whatever is typed into a form, an answer comes back: a sentence, never an error of ours."""

import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from urllib.parse import urljoin

import pytest
from django.urls import NoReverseMatch, reverse

from steppingup.desk import menu
from steppingup.site import navigation
from tests import memory
from tests.sweeps.access_table import ROWS
from tests.sweeps.forms_found import read
from tests.sweeps.fuzzing import bad_inputs, bad_queries
from tests.sweeps.profiles import STAFF
from tests.sweeps.rows import Of, Row
from tests.sweeps.visits import signed_in_before, unread, visit
from tests.sweeps.world import CAST, World

#: What is typed into every box, and what is chosen in every list (nothing: what was chosen already).
HOSTILE = {
    "nothing": ("", ""),
    "NUL bytes": ("a\x00b", "a\x00b"),
    "100 kB": ("x" * 100_000, None),
    "no such choice": ("1", "999999999999999999999999"),
    "emoji and right to left": ("🦆 مرحبا \u202e\u200f", None),
    "negative, and a digit that is no number": ("-1", "²"),
}
TYPING = ("visitor", "applicant", "participant", "manager", "mentor", "superuser")  # between them they have every form
SEED = 7
MOST_SECONDS = 5
ASKED = ("q", "o", "p", "e", "export", "all", "_popup", "_to_field", "_changelist_filters", "next")
AUTOCOMPLETE = "admin:autocomplete"
SIGN = "wrong"
WRONG_PARTS = ("%00", "9" * 30, "%ED%A0%80", "-1", "%F0%9F%A6%86")
READ = ("NUL bytes",)  # in the admin, the others are answered but not written out
PEOPLE = ("visitor", "applicant", "participant", "manager", "mentor", "assessor", "coordinator", "finance")
DJANGOS_OWN = "This field is required."


@pytest.fixture(scope="module", autouse=True)
def _signed_in_before(whole_world: World) -> Iterator[None]:
    with signed_in_before(whole_world.clients, whole_world.people):
        yield


_seen: dict[tuple[int, str], list] = {}


def pages_with_forms(world: World, who: str):
    """Where this person may fill in something, and what. Each page is opened once a process."""
    key = (id(world), who)
    if key not in _seen:
        _seen[key] = list(_pages_with_forms(world, who))
    return _seen[key]


def _pages_with_forms(world: World, who: str):
    for row in ROWS:
        if row.who[who] != 200 or not row.may_post(who):
            continue
        address = row.at(world)
        response = visit(world.client(who), "get", address).response
        if "text/html" in response.headers.get("Content-Type", ""):
            yield row, address, read(response.content.decode())


def different_forms(world: World, people: Iterable[str]):
    """Each form once, with the first who has it: the button that signs out stands on every page."""
    seen = set()
    for who in people:
        for row, address, page in pages_with_forms(world, who):
            for form in page.forms:
                target = urljoin(address, form.action)
                key = (target.partition("?")[0], *sorted(form.filled("", None)))
                if key not in seen:
                    seen.add(key)
                    yield who, row, target, form


def tried_on(row: Row, target: str, is_long: bool) -> list[str]:
    """Every kind in each form of the public's; in a form of staff nothing, and two of the others by a fixed seed, or all."""
    if is_long or not row.name.startswith("admin:"):
        return list(HOSTILE)
    first, *others = HOSTILE
    return [first, *random.Random(f"{SEED} {row.name} {target}").sample(others, 2)]


def test_hostile_input_gets_an_answer(whole_world: World, is_long: bool):
    wrong, tried = [], Counter()
    for who, row, target, form in different_forms(whole_world, PEOPLE):
        for kind in tried_on(row, target, is_long):
            text, choice = HOSTILE[kind]
            tried[kind] += 1
            with nullcontext() if kind in READ or not row.name.startswith("admin:") else unread():
                answer = visit(whole_world.client(who), "post", target, form.filled(text, choice))
            if answer.response.status_code >= 500:
                problem = repr((answer.response.exc_info or ("", ""))[1])[:200]
                wrong.append(f"{who}, {row.name} → {target}, {kind}: {answer.response.status_code} {problem}")
            if not row.name.startswith("admin:") and DJANGOS_OWN in answer.response.content.decode(errors="ignore"):
                wrong.append(f"{who}, {row.name} → {target}, {kind}: “{DJANGOS_OWN}”")
    assert not wrong, "\n" + "\n".join(wrong)
    assert min(tried[kind] for kind in HOSTILE) > 50


def answer_to(world: World, who: str, method: str, target: str, data: dict, most: memory.Taken) -> str:
    """What is wrong with the answer; nothing if it is one. `most` is what the hungriest has taken so far."""
    begun = time.monotonic()
    with memory.measured() as taken:
        response = visit(world.client(who), method, target, data).response
    seconds = time.monotonic() - begun
    most.bytes = max(most.bytes, taken.bytes)
    if response.status_code >= 500 and (response.exc_info or response.status_code != 503):
        return f"{response.status_code} {(response.exc_info or ('', ''))[1]!r}"[:300]
    if taken.bytes > memory.MOST:
        return taken.in_words
    return f"{seconds:.1f} seconds" if seconds > MOST_SECONDS else ""


def dealt(things: list, number: int, chance: random.Random):
    """So many of them, each as often as the others, in any order."""
    for _ in range(0, number, len(things)):
        chance.shuffle(things)
        yield from things[:number]
        number -= len(things)


def test_generated_bad_input_gets_an_answer(whole_world: World, is_long: bool, said_at_the_end):
    """In every form of everybody's: 2,000 with --long, and some of them always."""
    chance = random.Random(SEED)
    forms = [
        (who, row, target, bad_inputs(form, random.Random(f"{SEED} {who} {target}")))
        for who, row, target, form in different_forms(whole_world, PEOPLE if is_long else TYPING)
    ]
    assert len(forms) > 100
    wrong, most = [], memory.Taken()
    for who, row, target, inputs in dealt(forms, 2000 if is_long else 250, chance):
        bad = next(inputs)
        if problem := answer_to(whole_world, who, "post", target, bad.data, most):
            wrong.append(f"{who}, {row.name} → {target}: {bad.said}: {problem}")
    if is_long:
        said_at_the_end(f"The hungriest answer to bad input took {most.in_words}.")
    assert not wrong, "\n" + "\n".join(wrong)


def reverse_or_nothing(name: str, given: dict) -> str:
    try:
        return reverse(name, kwargs=given)
    except NoReverseMatch:  # it takes numbers only, or dates
        return ""


def test_generated_bad_addresses_get_an_answer(whole_world: World, is_long: bool, said_at_the_end):
    """What a list, a search or a box that looks things up is asked for, in its address."""
    chance = random.Random(SEED)
    pages = [
        (row.name, address, bad_queries(sorted({*page.asked, *ASKED}), random.Random(f"{SEED} {address}")))
        for row, address, page in pages_with_forms(whole_world, "superuser")
    ]
    lookups = {"term": "a", "app_label": "mentoring", "model_name": "pair", "field_name": "mentee", "page": "1"}
    pages += [(AUTOCOMPLETE, reverse(AUTOCOMPLETE), bad_queries(list(lookups), chance))] * 10
    wrong, most = [], memory.Taken()
    for name, address, queries in dealt(pages, 1000 if is_long else 120, chance):
        bad = next(queries)
        data = {**lookups, **bad.data} if name == AUTOCOMPLETE else bad.data
        if problem := answer_to(whole_world, "superuser", "get", address, data, most):
            wrong.append(f"{address}: {bad.said}: {problem}")
    for row in ROWS:
        given = {name: v.found_in(whole_world) if isinstance(v, Of) else v for name, v in row.given.items()}
        for name in given if row.at(whole_world) == reverse_or_nothing(row.name, given) else ():
            part = chance.choice(WRONG_PARTS)
            address = reverse_or_nothing(row.name, {**given, name: SIGN}).replace(SIGN, part)
            with unread():
                if address and (problem := answer_to(whole_world, "superuser", "get", address, {}, most)):
                    wrong.append(f"{address}: {problem}")
    if is_long:
        said_at_the_end(f"The hungriest answer to a bad address took {most.in_words}.")
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("who", [who for who in PEOPLE if who not in STAFF])
def test_every_box_of_a_public_form_has_a_label(whole_world: World, who: str):
    bare = [
        f"{row.name}: {name}"
        for row, _, page in pages_with_forms(whole_world, who)
        for box, name in page.boxes
        if box not in page.labelled
    ]
    assert not bare, "\n".join(bare)


@pytest.mark.parametrize("who", STAFF)
def test_every_page_of_the_sidebar_opens_for_those_who_see_it(whole_world: World, who: str):
    user, client = whole_world.people[who], whole_world.client(who)
    shown = [item for item in menu._registry.values() if item.is_visible_to(user)]
    closed = [item.title for item in shown if visit(client, "get", reverse(item.url_name)).outcome != 200]
    assert not closed


@pytest.mark.parametrize("who", CAST)
def test_every_entry_of_the_navigation_opens_for_those_who_see_it(whole_world: World, who: str, rf):
    request = rf.get("/")
    client = whole_world.client(who)
    request.user = client.get("/").wsgi_request.user
    closed = [
        link.url
        for link in navigation.links_for(request)
        if visit(client, "get", link.url).outcome not in (200, "away")
    ]
    assert not closed
