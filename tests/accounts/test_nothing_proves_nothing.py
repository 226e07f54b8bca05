"""Every kind of nothing, sent to every step of signing in and of setting up, stores nothing, counts for nothing and is
answered with a sentence. What is stored is asked for and shown, however odd it is."""

import json
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import Client
from fido2.cose import ES256, UnsupportedKey

from steppingup.accounts.models import User
from steppingup.accounts.second_factor import STRONG, has_set_up, used_second_factor
from tests.accounts.passkeys import FLAG, STATE, Passkey, question, set_up
from tests.accounts.test_second_factor import SECRET, app_code
from tests.accounts.test_sign_in import CODE, SIGN_IN, ask, code_in
from tests.factories.accounts import staff

pytestmark = pytest.mark.django_db

ADD, APP, PASSKEYS = "/account/passkeys/add/", "/account/app/", "/account/passkeys/"
SECOND, ALONE = "/account/sign-in/second-factor/", "/account/passkeys/sign-in/"
AGAIN, AGAIN_CODE, AGAIN_PASSKEY = (f"/account/again/{page}" for page in ("", "second-factor/", "passkey/"))
PASSWORD = "three words are good"
ANSWERED = ("There is a problem", "is not right", "Try again")

NOTHINGS = [
    *("", " ", "\t\r\n", "\0", "\x1b[2J", "0", "00", "-0", "0.0", "1", "000000", "null", "None", "false", "true", "NaN"),
    *('""', '"0"', "[]", "[0]", "[{}]", "{}", '{"": ""}', '{"id": null}', "{", "]", '{"a"', '"\\u0000"', '{"a": 1e999}'),
    *("0" * 30, "9" * 5000, "[" * 5000, '{"a":' * 3000, "a" * 100_000, "٠٠٠٠٠٠", "----", "\u202e123456", "é"),
]  # fmt: skip
WRONG = [None, 0, "", "AAAA", "é\0", [], {"a": "b"}]


@pytest.fixture
def user() -> User:
    """Staff, with no second factor yet."""
    return staff()


def choose_password(user: User) -> None:
    user.set_password(PASSWORD)
    user.save()


@pytest.fixture
def passkey(user) -> Passkey:
    """The person has a passkey, an app and recovery codes."""
    browser = Client()
    browser.force_login(user)
    made = set_up(browser)
    TOTP.activate(user, SECRET)
    return made


@pytest.fixture
def recovery_code(user, passkey) -> str:
    return RecoveryCodes.activate(user).generate_codes()[0]


@pytest.fixture
def inside(client, user) -> Client:
    """A session in which no factor was shown."""
    client.force_login(user)
    return client


def to_second_step(client: Client, user: User, mailbox: Callable) -> Client:
    ask(client, user.email, next="/admin/")
    client.post(CODE, {"code": code_in(mailbox()[-1]), "next": "/admin/"})
    client.get(SECOND)
    return client


@pytest.fixture
def at_second_step(client, user, passkey, mailbox) -> Client:
    return to_second_step(client, user, mailbox)


def begin_alone(client: Client) -> None:
    client.get(ALONE, headers={"X-Requested-With": "XMLHttpRequest"})


def facts(client: Client) -> tuple[list, list]:
    """What is stored, and what this session has shown."""
    stored = Authenticator.objects.order_by("pk").values_list("pk", "type", "data", "last_used_at")
    shown = client.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return list(stored), [(record["method"], record["at"]) for record in shown]


def owner(client: Client) -> User | AnonymousUser:
    """Whoever is signed in."""
    key = client.session.get(SESSION_KEY)
    return User.objects.get(pk=key) if key else AnonymousUser()


def refused(client: Client, path: str, data: dict[str, Any]) -> None:
    """The answer is a sentence; nothing is stored, and nothing counts, so the admin stays closed."""
    cache.clear()  # each try is looked at, none is one too many
    before = facts(client)
    response = client.post(path, data, follow=True)
    assert response.status_code == 200, (path, data)
    assert any(words in response.text for words in ANSWERED), (path, data)
    assert facts(client) == before, (path, data)
    assert not used_second_factor(SimpleNamespace(method="GET", session=client.session, user=owner(client))), (
        path,
        data,
    )


def nothing_refused(client: Client, path: str, field: str) -> None:
    for nothing in NOTHINGS:
        refused(client, path, {field: nothing})
    refused(client, path, {})
    refused(client, path, {"another field": "1"})


def refused_answers(client: Client, path: str, answers: Iterator[Any]) -> None:
    """All to the question that was asked: only what is wrong with them is wrong."""
    asked = client.session[STATE]
    for answer in answers:
        session = client.session
        session[STATE] = asked
        session.save()
        refused(client, path, {"credential": json.dumps(answer)})


def broken(answer: dict[str, Any]) -> Iterator[Any]:
    """The answer with each part that proves something left out, or something else in its place."""
    for name in ("rawId", "response"):
        yield {key: value for key, value in answer.items() if key != name}
        yield from ({**answer, name: value} for value in WRONG)
    for name in answer["response"]:
        yield from ({**answer, "response": {**answer["response"], name: value}} for value in WRONG)
    yield from ([answer], {"credential": answer}, {**answer, "id": "another"}, {**answer, "clientExtensionResults": 0})


def unlike(make: Callable[..., dict[str, Any]], client: Client, **more: Any) -> Iterator[Any]:
    """Whole answers, signed and all, that answer something else."""
    asked = question(client)
    yield make("A" * 43, **more)
    yield make("", **more)
    yield make(asked, host="another.example", **more)
    yield make(asked, kind="webauthn.other", **more)
    yield make(asked, flags=FLAG.UV | FLAG.AT if make.__name__ == "made" else FLAG.UV, **more)  # nobody was there


# -- setting up ------------------------------------------------------------------------------------


def test_nothing_makes_no_passkey(inside):
    inside.get(ADD)
    nothing_refused(inside, ADD, "credential")


def test_only_the_answer_that_the_browser_was_asked_for_makes_a_passkey(inside, user):
    inside.get(ADD)
    passkey = Passkey()
    answer = passkey.made(question(inside))
    refused_answers(inside, ADD, broken(answer))
    inside.get(ADD)
    refused_answers(inside, ADD, unlike(passkey.made, inside))
    refused_answers(inside, ADD, iter([passkey.used(question(inside)), passkey.made(question(inside), flags=FLAG.UP)]))
    refused(inside, ADD, {"credential": json.dumps(answer)})  # that question is long past


@pytest.mark.parametrize(
    "public",
    [
        UnsupportedKey({1: 2, 3: -7777, -1: 1, -2: b"\1" * 32, -3: b"\1" * 32}),
        ES256({1: 2, 3: -7, -1: 1, -2: b"\1" * 32, -3: b"\1" * 32}),  # on no curve
        ES256({1: 2, 3: -7, -1: 6}),
        ES256({1: 2, 3: -7}),
    ],
)
def test_a_passkey_that_could_never_sign_is_none(inside, public):
    inside.get(ADD)
    passkey = Passkey()
    passkey.public = public
    refused_answers(inside, ADD, iter([passkey.made(question(inside))]))


def test_a_passkey_without_a_finger_or_a_pin_does_not_sign_in_alone(inside):
    inside.get(ADD)
    answer = Passkey().made(question(inside), flags=FLAG.UP | FLAG.AT)
    refused(inside, ADD, {"credential": json.dumps(answer), "passwordless": "on"})


def test_what_else_is_sent_with_a_passkey_is_not_kept(inside, user):
    inside.get(ADD)
    odd = {"a\0": "\ud800", "credProps": {"rk": "\0"}, "much": [[[]]] * 100}
    answer = {**Passkey().made(question(inside)), "clientExtensionResults": odd, "more\0": "\0", "type": "odd"}
    assert inside.post(ADD, {"credential": json.dumps(answer), "name": "Mine"}).status_code == 302
    stored = Authenticator.objects.get(type="webauthn").data
    assert stored["credential"]["clientExtensionResults"] == {"credProps": {"rk": False}}
    assert set(stored["credential"]) <= {"id", "rawId", "type", "response", "clientExtensionResults"}
    assert inside.get("/admin/").status_code == 200


def test_the_answer_that_made_a_passkey_makes_no_second_one(inside, user):
    inside.get(ADD)
    data = {"credential": json.dumps(Passkey().made(question(inside)))}
    inside.post(ADD, data)
    inside.post(ADD, data)
    assert Authenticator.objects.filter(type="webauthn").count() == 1


def test_nothing_sets_up_no_app(inside):
    inside.get(APP)
    nothing_refused(inside, APP, "code")
    refused(inside, APP, {"code": app_code()})  # of another secret


def test_a_code_without_a_secret_sets_up_no_app(inside):
    refused(inside, APP, {"code": app_code()})  # the page was never opened


@pytest.mark.django_db(transaction=True)
def test_the_code_that_set_up_an_app_does_not_sign_in(inside, user, mailbox):
    inside.get(APP)
    code = app_code(inside.session["mfa.totp.secret"])
    inside.post(APP, {"code": code})
    assert Authenticator.objects.filter(type="totp").exists()
    other = Client()
    ask(other, user.email)
    other.post(CODE, {"code": code_in(mailbox()[-1])})
    assert "is not right" in other.post(SECOND, {"code": code}).text
    assert "_auth_user_id" not in other.session


# -- signing in ------------------------------------------------------------------------------------


def test_nothing_is_no_address(client):
    nothing_refused(client, SIGN_IN, "email")


def test_nothing_is_no_code_from_an_email(client, user, mailbox):
    for nothing in [nothing for nothing in NOTHINGS if nothing.strip()]:
        cache.clear()
        ask(client, user.email)
        refused(client, CODE, {"code": nothing})
    ask(client, user.email)
    for data in ({}, {"code": ""}, {"code": " "}, {"other": "x"}):
        refused(client, CODE, data)
    assert "_auth_user_id" not in client.session


def test_nothing_is_no_password(client, user):
    choose_password(user)
    for nothing in NOTHINGS:
        refused(client, "/account/sign-in/password/", {"login": user.email, "password": nothing})
    refused(client, "/account/sign-in/password/", {"login": "", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("field", ["code", "credential"])
def test_nothing_is_no_second_step(at_second_step, recovery_code, field):
    nothing_refused(at_second_step, SECOND, field)
    assert "_auth_user_id" not in at_second_step.session


def test_only_an_answer_to_the_question_is_a_second_step(at_second_step, passkey):
    refused_answers(at_second_step, SECOND, broken(passkey.used(question(at_second_step))))
    refused_answers(at_second_step, SECOND, unlike(passkey.used, at_second_step))
    asked = question(at_second_step)
    refused_answers(at_second_step, SECOND, iter([passkey.made(asked), Passkey().used(asked)]))
    assert "_auth_user_id" not in at_second_step.session


def test_nothing_signs_nobody_in_by_a_passkey(client, passkey):
    begin_alone(client)
    nothing_refused(client, ALONE, "credential")
    assert "_auth_user_id" not in client.session


def test_only_an_answer_to_the_question_signs_in_by_a_passkey(client, user, passkey):
    refused(client, ALONE, {"credential": json.dumps(passkey.used("A" * 43, user=user))})  # nobody asked
    begin_alone(client)
    refused_answers(client, ALONE, broken(passkey.used(question(client), user=user)))
    refused_answers(client, ALONE, unlike(passkey.used, client, user=user))
    asked = question(client)
    refused_answers(client, ALONE, iter([passkey.used(asked, user=staff()), Passkey().used(asked, user=user)]))
    assert "_auth_user_id" not in client.session


def test_the_question_of_a_second_step_signs_nobody_in_without_finger_or_pin(at_second_step, user, passkey):
    """Whoever found a security key asks on the way of their own account, and answers as its owner."""
    answer = passkey.used(question(at_second_step), user=user, flags=FLAG.UP)
    refused(at_second_step, ALONE, {"credential": json.dumps(answer)})
    assert "_auth_user_id" not in at_second_step.session


@pytest.mark.parametrize("kind", ["app", "recovery", "passkey"])
def test_what_was_shown_once_is_not_shown_again(user, passkey, recovery_code, mailbox, time_machine_at, kind):
    first, second = (to_second_step(Client(), user, mailbox) for _ in range(2))
    given = {
        "app": {"code": app_code()},
        "recovery": {"code": recovery_code},
        "passkey": {"credential": json.dumps(passkey.used(question(first)))},
    }[kind]
    assert first.post(SECOND, given).status_code == 302
    assert first.get("/admin/").status_code == 200
    with time_machine_at(seconds=31):
        before = facts(second)
        assert "is not right" in second.post(SECOND, given).text
        assert facts(second) == before


# -- showing it again ------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "field"), [(AGAIN_CODE, "code"), (AGAIN_PASSKEY, "credential")])
def test_nothing_shows_again_who_it_is(inside, passkey, recovery_code, path, field):
    inside.get(path)
    nothing_refused(inside, path, field)


def test_only_an_answer_to_the_question_shows_again_who_it_is(inside, passkey):
    inside.get(AGAIN_PASSKEY)
    refused_answers(inside, AGAIN_PASSKEY, broken(passkey.used(question(inside))))
    refused_answers(inside, AGAIN_PASSKEY, unlike(passkey.used, inside))
    answer = passkey.used(question(inside))
    inside.get(AGAIN_PASSKEY)
    refused(inside, AGAIN_PASSKEY, {"credential": json.dumps(answer)})  # it was to another question


def test_nothing_is_no_password_again(client, user):
    choose_password(user)
    client.force_login(user)
    nothing_refused(client, AGAIN, "password")


def test_a_password_alone_neither_removes_a_second_factor_nor_adds_one(client, user, passkey):
    """A session from before there was one: it has yet to see it."""
    choose_password(user)
    client.force_login(user)
    for page in (ADD, "/account/app/remove/", "/account/recovery-codes/new/", f"{PASSKEYS}1/remove/", AGAIN):
        assert client.get(page).headers["Location"].startswith(AGAIN_CODE), page
    before = facts(client)
    assert client.post(AGAIN, {"password": PASSWORD}).headers["Location"] == AGAIN_CODE
    assert facts(client) == before
    assert client.get("/admin/").status_code == 302


# -- another address -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/account/address/x/", "/account/address/0/", "/account/address/%00/"])
def test_nothing_takes_no_new_address(inside, user, path):
    assert inside.post(path).status_code in (404, 410)
    user.refresh_from_db()
    assert inside.get("/account/").status_code == 200


def test_nothing_confirms_no_address(inside):
    for action in ("verify", "change", "resend"):
        response = inside.post("/account/sign-in/address/", {"code": "", "action": action, "email": ""})
        assert response.status_code == 302


# -- what is stored already ------------------------------------------------------------------------

ODD = {
    "webauthn": [
        *(0, [], {"name": None, "credential": 0}, {"name": "x", "credential": {}}),
        {"name": "x", "credential": {"rawId": "AA", "response": {"clientDataJSON": "AA", "attestationObject": "AA"}}},
    ],
    "totp": [0, {}, {"secret": 0}, {"secret": "unreadable"}],
    "recovery_codes": [0, {}, {"seed": "unreadable", "used_mask": "x", "viewed_at": "x"}, {"migrated_codes": [0]}],
}


def just_shown(client: Client, user: User) -> Client:
    """In a session that has shown a second factor a moment ago."""
    client.force_login(user)
    session = client.session
    shown = {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [shown]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client


@pytest.mark.parametrize("kind", ODD)
def test_odd_stored_factors_are_asked_for_shown_and_removed(client, user, mailbox, kind):
    """They prove nothing, and no page falls over them; what is right beside them works."""
    browser = Client()
    browser.force_login(user)
    good = set_up(browser)
    Authenticator.objects.filter(type="recovery_codes").delete()
    stored = Authenticator.objects.create(user=user, type=kind, data={})
    mine = just_shown(Client(), user)
    pages = ["/account/", PASSKEYS, ADD, AGAIN_CODE, AGAIN_PASSKEY, APP, "/account/recovery-codes/new/"]
    pages += [f"{PASSKEYS}{stored.pk}/{page}/" for page in ("edit", "remove") if kind == "webauthn"]
    pages += ["/account/recovery-codes/"] * (kind == "recovery_codes") + ["/account/app/remove/"] * (kind == "totp")
    to_second_step(client, user, mailbox)
    for odd in ODD[kind]:
        Authenticator.objects.filter(pk=stored.pk).update(data=odd)
        for page in pages:
            assert mine.get(page).status_code in (200, 302), (page, odd)
        refused(client, SECOND, {"code": "000000"})
        refused(client, SECOND, {"credential": json.dumps(Passkey().used(question(client)))})
    assert has_set_up(user, *STRONG)
    client.post(SECOND, {"credential": json.dumps(good.used(question(client)))})
    assert client.get("/admin/").status_code == 200


def test_an_odd_passkey_can_be_renamed_and_removed(client, user):
    mine = just_shown(client, user)
    for odd in ODD["webauthn"]:
        stored = Authenticator.objects.create(user=user, type="webauthn", data=odd)
        assert mine.post(f"{PASSKEYS}{stored.pk}/edit/", {"name": "Old key"}).status_code == 302
        assert "Old key" in mine.get(PASSKEYS).text
        assert mine.post(f"{PASSKEYS}{stored.pk}/remove/").status_code == 302
    assert not Authenticator.objects.exists()


def test_an_app_that_cannot_be_read_still_closes_the_admin(client, user):
    """A wrong key for decrypting opens nothing to a code from the mailbox alone."""
    Authenticator.objects.create(user=user, type="totp", data={"secret": "unreadable"})
    client.force_login(user)
    assert client.get("/admin/").headers["Location"].startswith(AGAIN_CODE)


def test_passkeys_that_nobody_made_were_removed_with_what_they_opened(client, user):
    client.force_login(user)
    for passkey in ({"name": "x", "credential": 0}, 0):
        Authenticator.objects.create(user=user, type="webauthn", data=passkey)
    RecoveryCodes.activate(user)
    other = Client()
    other.force_login(staff())
    set_up(other)
    migration = import_module("steppingup.accounts.migrations.0003_passkeys_of_nothing")
    migration.remove_passkeys_of_nothing(apps, None)
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get("/account/").status_code == 302  # signed out
    assert other.get("/admin/").status_code == 200
