"""Each page that people reach leads on: from their first page, every link on every page that they come to opens."""

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse

from tests.sweeps.visits import signed_in_before, visit
from tests.sweeps.world import World

LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]+)"')
#: Signing out ends the walk; the admin has sweeps of its own.
ELSEWHERE = ("/account/", "/admin/", "/static/", "/media/")
#: Of one kind of page, so many are read for further links.
EACH = 3
WHO = ("visitor", "participant", "other_participant", "manager", "other_manager", "mentor", "other_mentor", "applicant")


def links(address: str, text: str) -> Iterator[str]:
    for href in LINK.findall(text):
        url = urlsplit(urljoin(address, unescape(href)))
        if not url.netloc and url.scheme == "" and url.path.startswith("/") and not url.path.startswith(ELSEWHERE):
            yield url.path + (f"?{url.query}" if url.query else "")


def kind_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return address


@pytest.mark.parametrize("who", WHO)
def test_every_link_on_the_way_from_the_first_page_opens(whole_world: World, who):
    client = whole_world.client(who)
    people = {} if who == "visitor" else {who: whole_world.people[who]}
    first = reverse("home")
    waiting, seen, read, broken = [(first, "")], {first}, Counter(), []
    with signed_in_before({who: client} if people else {}, people):
        while waiting:
            address, found_on = waiting.pop(0)
            if (kind := kind_of(address)) and read[kind] >= EACH:
                continue
            read[kind] += 1
            response = visit(client, "get", address).response
            if response.status_code >= 400:
                broken.append(f"{found_on} leads to {address}: {response.status_code}")
            if response.status_code in (301, 302, 303):
                further = [response["Location"]]
            elif "html" not in response.get("Content-Type", ""):
                further = []
            else:
                further = list(links(address, response.content.decode()))
            for link in further:
                if link.startswith("/") and not link.startswith(ELSEWHERE) and link not in seen:
                    seen.add(link)
                    waiting.append((link, address))
    assert not broken
    assert sum(read.values()) > 5
