"""What is true of every address, whoever knocks: which methods it knows, what its answers say, and that no form is taken from another
site. And of every list: that what is chosen in it by nonsense chooses nothing."""

import random
from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.conf import settings
from django.contrib.admin import site
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse

from tests.site.test_headers import SAFE
from tests.sweeps.access_table import BY_LINK, ROWS
from tests.sweeps.visits import signed_in_before, unread, visit
from tests.sweeps.world import World

OTHER_METHODS = ("put", "delete", "patch", "options", "trace")
NO_NUMBERS = ("x", "1e5", "1,", "\x00", "²", "-", "9" * 30, "1.5", "=1+1", "None", "\r\n", "../1", "🦆")


@pytest.fixture(scope="module", autouse=True)
def _signed_in_before(whole_world: World) -> Iterator[None]:
    with signed_in_before(whole_world.clients, whole_world.people):
        yield


def test_every_address_knows_no_method_but_those_in_use_and_says_the_same_in_every_answer(whole_world: World):
    wrong, chance = [], random.Random(7)
    for row in ROWS:
        address = row.at(whole_world)
        for who, method in (
            (chance.choice(("superuser", "visitor")), chance.choice(OTHER_METHODS)),
            *([("superuser", "head")] if chance.random() < 0.3 else []),
        ):
            with unread():
                answer = visit(whole_world.client(who), method, address).response
            said = {name: answer.headers.get(name) for name in SAFE}
            if said != SAFE or "Content-Security-Policy" not in answer.headers:
                wrong.append(f"{method} {address}: {said}")
            # The door of the admin stands before that.
            if method != "head" and answer.status_code not in (302, 404, 405):
                wrong.append(f"{method} {address}: {answer.status_code}")
            if who == "superuser" and not {"no-store", "public"} & set(answer.headers["Cache-Control"].split(", ")):
                wrong.append(f"{method} {address} may be kept: {answer.headers['Cache-Control']}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_no_form_is_taken_from_another_site(whole_world: World):
    """Without the token that only a page of ours has, nobody writes anything, whoever they are."""
    taken, tried = [], 0
    for row in ROWS:
        who = next((who for who in ("superuser", "assessor", "applicant", "visitor") if row.may_post(who)), None)
        if who is None:
            continue
        client = Client(enforce_csrf_checks=True)
        client.cookies = deepcopy(whole_world.client(who).cookies)
        with unread():
            found = visit(client, "post", row.at(whole_world), {"filled": "yes"})
        tried += 1
        if found.response.status_code not in (403, 404, 405) or found.written:
            taken.append(f"{who}, {row.name}: {found.response.status_code}, {found.written}")
    assert tried > 100
    assert not taken, "\n" + "\n".join(taken)


def test_a_private_link_opens_one_thing_and_makes_no_session(whole_world: World):
    for row in BY_LINK:
        answer = visit(whole_world.client("visitor"), "get", row.at(whole_world)).response
        assert settings.SESSION_COOKIE_NAME not in answer.cookies, row.name


def test_what_is_no_number_chooses_nothing_in_any_list(whole_world: World):
    wrong, tried, chance = [], 0, random.Random(7)
    client = whole_world.client("superuser")
    for model in site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        page = visit(client, "get", address).response
        actions = (
            [name for name, _ in page.context_data["action_form"].fields["action"].choices if name]
            if page.context_data.get("action_form")
            else []
        )
        for name in actions[:2]:
            chosen = chance.sample(NO_NUMBERS, 3)
            with unread():
                answer = visit(
                    client, "post", address, {"action": name, ACTION_CHECKBOX_NAME: chosen, "index": "x"}
                ).response
            tried += 1
            if answer.status_code not in (200, 302):
                wrong.append(f"{address} {name} {chosen}: {answer.status_code} {(answer.exc_info or ('', ''))[1]!r}")
    assert tried > 20
    assert not wrong, "\n" + "\n".join(wrong)
