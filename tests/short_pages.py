"""The pages of a place: the front page, of a participant or for their line manager, and the short ones that its menu leads to."""

import re

from django.test import Client

IN_MENU = re.compile(r'<a class="menu__link [^"]*" href="([^"]+)">')


def menu_of(front: str) -> list[str]:
    """The addresses that the menu of a front page leads to."""
    return IN_MENU.findall(front)


def whole(client: Client, address: str) -> str:
    """Everything that somebody reads there: the front page and all that its menu leads to."""
    front = client.get(address)
    assert front.status_code == 200, address
    found = [front.content.decode()]
    for page in menu_of(found[0]):
        shown = client.get(page)
        assert shown.status_code == 200, page
        found.append(shown.content.decode())
    return "\n".join(found)
