"""What lets somebody in, and what does not, leaves a line that names nobody and repeats nothing that was typed."""

import logging

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP

from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.security_log import WORDS
from steppingup.site.middleware import PlainAnswers
from tests.accounts.test_second_factor import SECRET, app_code
from tests.factories.accounts import UserFactory, staff
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, logger="steppingup.accounts.security_log")
    return lambda: [one.getMessage() for one in caplog.records if one.name == "steppingup.accounts.security_log"]


def test_signing_in_by_password_and_a_second_factor_and_out(client, lines):
    user = UserFactory(email="ada@example.org", full_name="Ada Osei")
    user.set_password("three calm rivers")
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    for password in ("wrong\nsigned in: user 1", "three calm rivers"):
        client.post("/account/sign-in/password/", {"login": user.email, "password": password})
    client.post("/account/sign-out/")
    said = lines()
    assert [line.partition(":")[0] for line in said] == ["wrong password", "signed in", "signed out"]
    assert said[1:] == [f"{what}: user {user.pk} from 127.0.0.1" for what in ("signed in", "signed out")]
    assert not [line for line in said if "ada" in line.lower() or "rivers" in line or "\n" in line]


def test_wrong_and_right_second_factors(client, lines):
    boss = staff()
    TOTP.activate(boss, SECRET)
    with_second_factor(client, boss)
    for code in ("000000", app_code()):
        client.post("/account/again/second-factor/", {"code": code})
    assert [line.partition(":")[0] for line in lines()] == ["wrong second factor", "second factor used"]


def test_whoever_may_not_is_noted(rf, lines):
    request = rf.get("/x/")
    request.user = UserFactory()
    PlainAnswers(lambda given: given).process_exception(request, NotAllowed("No."))
    assert lines() == [f"not allowed: user {request.user.pk} from 127.0.0.1"]


def test_every_line_begins_with_words_of_ours():
    assert len(set(WORDS.values())) == len(WORDS)
