"""One door for everybody: an address, a code, and for newcomers a name."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from steppingup.accounts import lockout
from steppingup.accounts.models import User
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/sign-in/"
CODE = "/account/sign-in/code/"


def ask(client, email, **more):
    return client.post(SIGN_IN, {"email": email, **more})


def code_in(mail) -> str:
    return re.search(r"^[A-Z]{4}-[A-Z]{4}$", mail.body, re.M).group()


def plain(response) -> str:
    """The page without what differs each time: the CSRF token and the address itself."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return re.sub(r"[\w.]+@example\.org", "ADDRESS", text)


def test_somebody_new_starts_with_an_address_a_code_and_a_name(client, mailbox):
    response = ask(client, "New.Person@Example.org", next="/privacy/")
    assert response.headers["Location"] == f"{CODE}?next=%2Fprivacy%2F"
    assert not User.objects.exists()
    response = client.post(CODE, {"code": code_in(mailbox()[0]), "next": "/privacy/"})
    assert response.headers["Location"] == "/account/name/?next=%2Fprivacy%2F"
    user = User.objects.get()
    assert user.email == "new.person@example.org"
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified
    response = client.post("/account/name/", {"full_name": "Ada Lovelace", "next": "/privacy/"})
    assert response.headers["Location"] == "/privacy/"
    assert "Ada Lovelace" in client.get("/account/").content.decode()


def test_somebody_known_goes_straight_on(client, mailbox):
    user = UserFactory(email="ada@example.org")
    ask(client, "ADA@example.org", next="/privacy/")
    response = client.post(CODE, {"code": code_in(mailbox()[0]), "next": "/privacy/"})
    assert response.headers["Location"] == "/privacy/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_nobody_learns_whether_an_address_has_an_account(client, mailbox):
    UserFactory(email="known@example.org")
    ask(client, "warming.up@example.org")  # addresses of content types and the like are looked up once
    answers, work = [], []
    for email in ("known@example.org", "unknown@example.org"):
        client.cookies.clear()
        with CaptureQueriesContext(connection) as queries:
            first = ask(client, email)
        work.append(len(queries))  # now: what comes next empties the log
        page = client.get(CODE)
        wrong = client.post(CODE, {"code": "WRONG"})
        answers.append((first.status_code, first.headers["Location"], plain(page), plain(wrong), mailbox()[-1].subject))
    assert answers[0] == answers[1]
    assert min(work) > 0
    assert abs(work[0] - work[1]) <= 2, "the same work is done for both"
    assert [mail.to for mail in mailbox()[1:]] == [["known@example.org"], ["unknown@example.org"]]


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site_after_signing_in(client, mailbox, address):
    UserFactory(email="ada@example.org")
    ask(client, "ada@example.org", next=address)
    response = client.post(CODE, {"code": code_in(mailbox()[0]), "next": address})
    assert response.headers["Location"] == "/"
    assert "elsewhere" not in client.get(f"/account/name/?next={address}").content.decode()


def test_a_code_has_three_tries(client, mailbox):
    ask(client, "ada@example.org")
    for _ in range(3):
        client.post(CODE, {"code": "WRONG"})
    client.post(CODE, {"code": code_in(mailbox()[0])})
    assert not User.objects.exists()


def test_nothing_typed_is_no_try_and_the_third_wrong_code_leads_back_to_where_one_was_going(client, mailbox):
    ask(client, "ada@example.org", next="/applications/")
    for code in ("", " ", "WRONG", "", "WRONG"):
        assert client.post(CODE, {"code": code, "next": "/applications/"}).status_code == 200
    response = client.post(CODE, {"code": "WRONG", "next": "/applications/"}, follow=True)
    assert response.redirect_chain == [(f"{SIGN_IN}?next=%2Fapplications%2F", 302)]
    page = response.content.decode()
    assert "That was the third wrong code" in page
    assert '<input type="hidden" name="next" value="/applications/">' in page


def test_a_code_may_be_typed_without_its_dash_and_in_small_letters(client, mailbox):
    ask(client, "ada@example.org")
    code = code_in(mailbox()[0])
    assert client.post(CODE, {"code": f" {code.replace('-', ' ').lower()} "}).status_code == 302


def test_a_code_works_for_ten_minutes(client, mailbox, time_machine_at):
    ask(client, "ada@example.org")
    code = code_in(mailbox()[0])
    with time_machine_at(minutes=11):
        response = client.post(CODE, {"code": code, "next": "/applications/"})
        assert response.headers["Location"] == f"{SIGN_IN}?next=%2Fapplications%2F"
    assert not User.objects.exists()


@pytest.mark.parametrize("known", [True, False])
def test_ten_wrong_codes_close_an_address_for_half_an_hour(client, mailbox, known):
    if known:
        UserFactory(email="ada@example.org")
    ask(client, "ada@example.org")
    for _ in range(lockout.WRONG_CODES):  # as if from many browsers
        lockout.note_wrong_code("Ada@example.org")
    client.post(CODE, {"code": code_in(mailbox()[0])})
    assert "_auth_user_id" not in client.session
    assert lockout.SENTENCE in ask(client, "ada@example.org").content.decode()
    assert len(mailbox()) == 1


def test_wrong_codes_in_several_browsers_add_up(client, mailbox):
    for browser in range(4):
        client.cookies.clear()
        # three codes a minute is the limit for one address, so the fourth browser asks later
        if browser < 3:
            ask(client, "ada@example.org")
            for _ in range(3):
                client.post(CODE, {"code": "WRONG"})
    lockout.note_wrong_code("ada@example.org")
    assert lockout.is_locked("ada@example.org")
    assert not lockout.is_locked("somebody.else@example.org")


def test_nobody_is_sent_more_than_three_codes_a_minute(client, mailbox):
    for _ in range(5):
        client.cookies.clear()
        response = ask(client, "ada@example.org")
    assert response.status_code == 200
    assert len(mailbox()) == 3


def test_another_code_can_be_asked_for_and_the_first_no_longer_works(client, mailbox):
    ask(client, "ada@example.org")
    client.post(CODE, {"action": "resend"})
    first, second = (code_in(mail) for mail in mailbox())
    assert first != second
    assert client.post(CODE, {"code": first}).status_code == 200
    assert client.post(CODE, {"code": second}).status_code == 302


def test_a_closed_account_cannot_be_opened_by_a_code(client, mailbox):
    UserFactory(email="gone@example.org", is_active=False)
    ask(client, "gone@example.org")
    response = client.post(CODE, {"code": code_in(mailbox()[0])}, follow=True)
    assert "This account is closed" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_password_is_optional_and_chosen_after_a_code(client, mailbox):
    UserFactory(email="ada@example.org", full_name="Ada")
    ask(client, "ada@example.org")
    client.post(CODE, {"code": code_in(mailbox()[0])})
    client.post("/account/password/", {"password": "three calm rivers"})
    client.post("/account/sign-out/")
    client.post("/account/sign-in/password/", {"login": "ada@example.org", "password": "three calm rivers"})
    assert "_auth_user_id" in client.session
    page = client.get("/account/password/").content.decode()
    assert "Current password" in page  # no code was entered in this session


def test_a_password_has_twelve_characters(client, mailbox):
    UserFactory(email="ada@example.org", full_name="Ada")
    ask(client, "ada@example.org")
    client.post(CODE, {"code": code_in(mailbox()[0])})
    assert "at least 12 characters" in client.post("/account/password/", {"password": "calm rivers"}).text
    assert client.post("/account/password/", {"password": "calm rivers 2"}).status_code == 302


def test_a_password_of_128_of_any_characters_signs_in(client, mailbox):
    UserFactory(email="ada@example.org", full_name="Ada")
    ask(client, "ada@example.org")
    client.post(CODE, {"code": code_in(mailbox()[0])})
    password = ("three calm rivers: ½ مرحبا 🦆 '\"<&" * 5)[:128].strip().ljust(128, "x")
    assert client.post("/account/password/", {"password": password}).status_code == 302
    client.post("/account/sign-out/")
    for given, is_in in ((password[:-1], False), (password, True)):
        client.post("/account/sign-in/password/", {"login": "ada@example.org", "password": given})
        assert ("_auth_user_id" in client.session) is is_in


def test_signing_out_leaves_no_session_behind(client):
    client.force_login(UserFactory())
    key = client.session.session_key
    assert Session.objects.filter(pk=key).exists()
    client.post("/account/sign-out/")
    assert not Session.objects.filter(pk=key).exists()


def test_signing_out_everywhere_ends_the_other_sessions():

    user = UserFactory()
    here, there = Client(), Client()
    here.force_login(user)
    there.force_login(user)
    here.post("/account/sign-out-everywhere/")
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 302


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_email",
        "account_change_password",
        "account_reset_password",
        "socialaccount_connections",
    ],
)
def test_pages_of_allauth_that_we_do_not_have_are_closed(client, name):
    client.force_login(UserFactory())
    assert client.get(reverse(name)).status_code == 404


@pytest.mark.parametrize("address", ["/account/", "/account/details/", "/account/password/", "/account/app/"])
def test_ones_own_account_is_for_the_person_who_is_signed_in(client, address):
    assert client.get(address).headers["Location"].startswith(SIGN_IN)


def test_an_employers_own_sign_in_is_offered_where_it_is_set_up(client, settings):
    assert "Or use your work account" not in client.get(SIGN_IN).content.decode()
    app = {"provider_id": "bristol", "name": "Bristol City Council", "client_id": "a", "secret": "b"}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [app | {"settings": {"server_url": "https://id.example"}}]}
    }
    page = client.get(f"{SIGN_IN}?next=/privacy/").content.decode()
    assert "Sign in with Bristol City Council" in page
    assert 'action="/account/employer/bristol/login/?next=/privacy/"' in page


def test_very_many_tries_get_a_page_that_says_to_wait(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    address = "/account/sign-in/password/"
    client.post(address, {"login": "ada@example.org", "password": "x"})
    response = client.post(address, {"login": "ada@example.org", "password": "x"})
    assert response.status_code == 429
    assert "Wait a minute, then try again." in response.text
