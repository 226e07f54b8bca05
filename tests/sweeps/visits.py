"""One visit: what came back, and what was written to the database meanwhile."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy, deepcopy
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template.backends.django import Template as Page
from django.template.base import Template
from django.test import Client
from django.urls import reverse
from django.utils.safestring import SafeString

from steppingup.accounts.models import User
from steppingup.site import navigation

#: What a visit may write at any time: who is signed in, and how often something was tried.
HARMLESS = ("django_session", "cache_entries", "accounts_attempts")
WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)

SIGN_IN = "sign in"  # sent to the sign-in page
AWAY = "away"  # sent to another page


@dataclass
class Visit:
    response: HttpResponse
    written: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> int | str:
        """The status, or for a redirect where it leads: to the sign-in page or away."""
        if self.response.status_code not in (301, 302, 303, 308):
            return self.response.status_code
        return SIGN_IN if urlsplit(self.response["Location"]).path == reverse("account_login") else AWAY


@contextmanager
def writes_noted() -> Iterator[list[str]]:
    """The tables that were written to, but for sessions and caches."""
    written: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        found = WRITES.match(str(sql))
        if found and found[1] not in HARMLESS:
            written.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield written


@contextmanager
def unread() -> Iterator[None]:
    """Pages are answered, but not written out, nor is what stands around them looked up: half the time, where only the
    answer is asked for."""
    # A plain function: making a mock twice for each visit took a twentieth of all the time.
    with mock.patch.object(Template, "_render", _nothing), mock.patch.object(Page, "render", _nothing):
        yield


def _nothing(*_: Any, **__: Any) -> SafeString:
    return SafeString()


@contextmanager
def signed_in_before(clients: Mapping[str, Client], people: Mapping[str, User]) -> Iterator[None]:
    """Session, person and roles of these are read once, not anew at each of thousands of visits, of which that was a quarter;
    so is which entries stand at the top of their pages, which was a sixth: a question to six tables for each page.

    Each visit gets a copy, as what it does is undone. That Django finds out anew who asks is for other tests to show."""
    sessions, known, entries = {}, {}, {}
    for name in (name for name in people if name in clients):  # some have a role, and visit nothing
        person = people[name]
        key = clients[name].cookies[settings.SESSION_COOKIE_NAME].value
        afresh = User.objects.get(pk=person.pk)
        assert afresh.current_roles is not None  # they are remembered with it
        sessions[key], known[key] = SessionStore(key).load(), afresh
    load, get_user, shown_to = SessionStore.load, auth.get_user, navigation._visible_to

    def loaded(store: SessionStore) -> dict[str, Any]:
        return deepcopy(sessions[store.session_key]) if store.session_key in sessions else load(store)

    def asking(request: HttpRequest) -> Any:
        person = known.get(request.session.session_key)
        return copy(person) if person else get_user(request)

    def shown(person: Any) -> list[navigation.Entry]:
        if person.pk not in entries:
            entries[person.pk] = shown_to(person)
        return entries[person.pk]

    with (
        mock.patch.object(SessionStore, "load", loaded),
        mock.patch.object(auth, "get_user", asking),
        mock.patch.object(navigation, "_visible_to", shown),
    ):
        yield


def visit(client: Client, method: str, address: str, data: Any = None, **more: Any) -> Visit:
    """GET or POST. Whatever is written is undone; an error of ours is a 500, as it would be for the visitor."""
    cookies, client.raise_request_exception = client.cookies.output(header="").split("\r\n"), False
    try:
        with transaction.atomic(), writes_noted() as written:
            response = getattr(client, method)(address, data or {}, **more)
            if hasattr(response, "streaming_content"):
                response.streaming_content = [b"".join(response.streaming_content)]
            transaction.set_rollback(True)
    finally:
        client.cookies.clear()
        for cookie in cookies:
            client.cookies.load(cookie)
    return Visit(response, written)
