"""Every page there is, drawn once: each address of the table of access, for the first person who gets it, and every page of a step
that a link on one of these leads to. They come from the world of the sweeps."""

import re
from collections.abc import Iterator

from django.urls import Resolver404, resolve

from tests.sweeps.test_access import ROWS
from tests.sweeps.visits import visit
from tests.sweeps.world import World

STEP = re.compile(r'href="(/[^"#?]*/step/[^"#?]+)"')
#: Who is asked in this order: whoever has most on a page comes first, and a page that all see is seen as a visitor.
ORDER = ("visitor", "superuser")

#: What a page is called, its address and its text.
Drawn = tuple[str, str, str]


def pages_of(world: World) -> Iterator[Drawn]:
    steps: dict[str, tuple[str, str]] = {}
    for row in ROWS:
        people = sorted((who for who, got in row.who.items() if got == 200), key=lambda who: (who not in ORDER, who))
        for who in people[:1]:
            address = row.at(world)
            text = page_at(world, who, address)
            if text:
                yield row.name, address, text
                for step in STEP.findall(text):
                    steps.setdefault(kind_of(step), (who, step))
    for kind, (who, address) in steps.items():
        if text := page_at(world, who, address):
            yield kind, address, text


def page_at(world: World, who: str, address: str) -> str:
    response = visit(world.client(who), "get", address).response
    if response.status_code != 200 or "text/html" not in response.headers.get("Content-Type", ""):
        return ""
    text: str = response.content.decode()
    return text if "<html" in text else ""


def kind_of(address: str) -> str:
    """One page of each step, whichever its record."""
    try:
        found = resolve(address)
    except Resolver404:
        return address
    return f"{found.view_name} {found.kwargs.get('name', '') or re.sub(r'[0-9]+', '', address)}"
