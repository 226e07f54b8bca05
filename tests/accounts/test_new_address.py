"""A person moves their account to another address, which they show to be theirs."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from steppingup.accounts.actions.addresses import NEW_ADDRESS, change_address
from steppingup.accounts.actions.people import choose_password
from steppingup.accounts.models import TokenLink, User
from steppingup.history.lifecycle import NotPossible
from tests.accounts.test_sign_in import SIGN_IN, code_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PAGE, NEW = "/account/address/", "ada.new@example.org"


@pytest.fixture
def signed_in(client, mailbox):
    """Somebody who has just signed in by a code."""
    user = UserFactory(email="ada@example.org", full_name="Ada Lin")
    client.post(SIGN_IN, {"email": user.email})
    client.post("/account/sign-in/code/", {"code": code_in(mailbox()[-1])})
    return user


def link_in(mail) -> str:
    return re.search(r"https?://[^/\s]+(/account/address/\S+/)", mail.body).group(1)


def test_the_address_changes_when_the_link_is_followed_and_not_before(client, mailbox, signed_in):
    client.post(PAGE, {"email": NEW.upper()})
    mail = mailbox()[-1]
    assert mail.to == [NEW]
    link = link_in(mail)
    assert NEW in client.get(link).text
    User.objects.update(session_epoch=7)
    signed_in.refresh_from_db()
    assert signed_in.email == "ada@example.org"
    client.post(link)
    signed_in.refresh_from_db()
    assert (signed_in.email, signed_in.session_epoch) == (NEW, 8)
    assert mailbox()[-1].to == ["ada@example.org"]
    assert client.get("/account/").status_code == 302
    assert client.post(link).status_code == 404


def test_an_address_that_somebody_else_has_is_not_given_and_not_given_away(client, mailbox, signed_in):
    UserFactory(email=NEW)
    assert client.post(PAGE, {"email": NEW}).status_code == 302
    response = client.post(link_in(mailbox()[-1]), follow=True)
    assert "There is already an account with this address" in response.text
    assert User.objects.filter(email="ada@example.org").exists()


def test_one_s_own_address_and_nonsense_get_a_sentence(client, mailbox, signed_in):
    assert "You already sign in with" in client.post(PAGE, {"email": "ada@example.org"}).text
    assert "in the correct format" in client.post(PAGE, {"email": "nonsense"}).text
    assert not TokenLink.objects.filter(purpose=NEW_ADDRESS).exists()


def test_a_stranger_cannot_ask(client):
    assert client.get(PAGE).headers["Location"].startswith(reverse("account_login"))


def test_when_staff_mend_an_address_nothing_of_whoever_had_the_old_one_lets_them_in(client, mailbox, signed_in):
    """Somebody signed up with a mistyped address, and its owner has made themselves at home."""
    client.post(PAGE, {"email": "stranger@example.org"})
    link = link_in(mailbox()[-1])
    choose_password(by=signed_in, password="three calm rivers")
    Authenticator.objects.create(user=signed_in, type=Authenticator.Type.TOTP, data={"secret": "x"})
    superuser = UserFactory(is_staff=True, is_superuser=True)
    change_address(user=signed_in, email="ada.right@example.org", by=superuser)
    assert client.post(link).status_code == 404
    signed_in.refresh_from_db()
    assert signed_in.email == "ada.right@example.org"
    assert not signed_in.has_usable_password()
    assert not Authenticator.objects.filter(user=signed_in).exists()


def test_an_address_that_is_taken_meanwhile_gets_a_sentence_from_the_action(signed_in):
    UserFactory(email=NEW)
    with pytest.raises(NotPossible, match="already has an account with this address"):
        change_address(user=signed_in, email=NEW, by=UserFactory(is_staff=True, is_superuser=True))


def test_a_few_links_an_hour_are_enough(client, mailbox, signed_in):
    pages = [client.post(PAGE, {"email": f"new{number}@example.org"}, follow=True).text for number in range(7)]
    assert "too many links" in pages[-1]
    assert len([mail for mail in mailbox() if mail.to[0].startswith("new")]) == 5


def test_an_address_that_is_taken_in_the_same_moment_gets_its_sentence_from_the_database(signed_in, monkeypatch):
    other = UserFactory(email="taken@example.org")
    monkeypatch.setattr(type(User.objects), "with_address", lambda manager, email: None)
    with pytest.raises(NotPossible, match="already has an account with this address"):
        change_address(user=signed_in, email=other.email, by=UserFactory(is_staff=True, is_superuser=True))
