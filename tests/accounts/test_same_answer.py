"""Whoever has no account yet, an account, two addresses, a second factor or a closed account: each public door answers the same
bytes after the same work. The work is counted in statements and letters, as milliseconds say nothing on a busy machine."""

import re
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import get_hasher
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.actions import interest
from cohorts.models import Programme
from steppingup.accounts.actions.addresses import ask_for_address
from steppingup.messaging.models import Message
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ProgrammeFactory, PublishedCohortFactory

pytestmark = pytest.mark.django_db

SIGN_IN, PASSWORD = "/account/sign-in/", "/account/sign-in/password/"
#: Whose address it is, in addresses of one length.
WHO = ("nobody0", "known00", "second0", "closed0", "staff00", "nameles", "asked00")


@pytest.fixture
def programme():
    """With something to wait for, and everybody whose address is tried."""
    programme = ProgrammeFactory(slug="stepping-up")
    PublishedCohortFactory(programme=programme)
    known = UserFactory(email="known00@example.org")
    known.set_password("a long enough passphrase")
    known.save()
    EmailAddress.objects.create(user=known, email="second0@example.org", verified=True)
    UserFactory(email="closed0@example.org", is_active=False)
    UserFactory(email="nameles@example.org", full_name="")
    staff(provider=programme.provider, email="staff00@example.org")
    ask_for_address(by=UserFactory(), email="asked00@example.org")
    interest.register_interest(programme=programme, email="asked00@example.org", name="Ada")
    return programme


def by_code(client: Client, address: str) -> list[Any]:
    return [client.post(SIGN_IN, {"email": address}), client.get("/account/sign-in/code/")]


def by_a_wrong_code(client: Client, address: str) -> list[Any]:
    return [*by_code(client, address), client.post("/account/sign-in/code/", {"code": "WRONG-CODE"})]


def by_password(client: Client, address: str) -> list[Any]:
    return [client.post(PASSWORD, {"login": address, "password": "not the right one"})]


def with_interest(client: Client, address: str) -> list[Any]:
    page = f"/programmes/{Programme.objects.get().path}/interest/"
    return [client.post(page, {"email": address, "name": "Ada"}), client.get(f"{page}sent/")]


def by_another_address(client: Client, address: str) -> list[Any]:
    client.force_login(UserFactory(email="mover00@example.org", full_name="Ada Osei"))
    return [client.post("/account/address/", {"email": address}), client.get("/account/address/")]


DOORS: dict[str, Callable[[Client, str], list[Any]]] = {
    door.__name__: door for door in (by_code, by_a_wrong_code, by_password, with_interest, by_another_address)
}


def plain(answer: Any) -> tuple[Any, ...]:
    """Everything that leaves the site, but tokens and the address itself."""
    text = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", answer.content.decode())
    text = re.sub(r"[\w.]+@example\.org", "ADDRESS", text)
    headers = {name: re.sub(r"nonce-[^']*", "", value) for name, value in answer.headers.items() if name != "Expires"}
    return answer.status_code, headers, text, sorted(answer.cookies)


def tried(door: str, who: str) -> tuple[list[Any], tuple[int, int], int]:
    """What is answered; how many letters were written and passwords worked out; how many statements were made."""
    client, before, hasher = Client(), Message.objects.count(), type(get_hasher())
    with transaction.atomic():
        with (
            CaptureQueriesContext(connection) as asked,
            patch.object(hasher, "encode", autospec=True, side_effect=hasher.encode) as worked_out,
        ):
            answers = DOORS[door](client, f"{who}@example.org")
        letters = Message.objects.count() - before
        transaction.set_rollback(True)
    return [plain(answer) for answer in answers], (letters, worked_out.call_count), len(asked)


#: The person of a letter is listed with it, where there is one.
MOST_APART = 2


@pytest.mark.parametrize("door", DOORS)
def test_every_door_answers_the_same_after_the_same_work(programme, door):
    tried(door, "warming")  # content types and the like are looked up once
    answers, work, statements = tried(door, WHO[0])
    for who in WHO[1:]:
        found = tried(door, who)
        assert found[:2] == (answers, work), who
        assert abs(found[2] - statements) <= MOST_APART, who
    assert (work[0], bool(work[1])) == ((0, True) if door == "by_password" else (1, False))
