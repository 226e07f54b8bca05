"""Attempts are counted as long as is promised, by all processes together, in the tables that production has."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from steppingup.accounts import attempts, lockout
from steppingup.accounts.models import Attempts
from steppingup.accounts.tasks import tidy
from steppingup.formats import sameness
from tests.accounts.test_sign_in import ask
from tests.racing import at_once

pytestmark = pytest.mark.django_db


def test_a_try_is_counted_until_the_time_after_the_first(time_machine_at):
    assert [attempts.count("x", "ada", minutes=60) for _ in range(3)] == [1, 2, 3]
    with time_machine_at(minutes=59):
        assert attempts.count("x", "ada", minutes=60) == 4
    with time_machine_at(minutes=61):
        assert attempts.counted("x", "ada") == 0
        assert attempts.count("x", "ada", minutes=60) == 1


@pytest.mark.parametrize("after", [5, 29])
def test_a_locked_address_stays_so_for_all_the_minutes_that_the_page_names(time_machine_at, after):
    for _ in range(lockout.WRONG_CODES - 1):
        lockout.note_wrong_code("ada@example.org")
    with time_machine_at(minutes=after):
        assert not lockout.is_locked("ada@example.org")
        lockout.note_wrong_code("ada@example.org")
    with time_machine_at(minutes=after + lockout.MINUTES - 1):
        assert lockout.is_locked("ada@example.org")
    with time_machine_at(minutes=after + lockout.MINUTES + 1):
        assert not lockout.is_locked("ada@example.org")


def test_what_is_tried_and_by_whom_is_counted_apart_and_names_nobody():
    for what, whom in (("code", "ada"), ("code", "ada"), ("code", "bola"), ("look", "ada")):
        attempts.count(what, whom, minutes=5)
    assert (attempts.counted("code", "ada"), attempts.counted("code", "bola"), attempts.counted("look", "ada")) == (
        2,
        1,
        1,
    )
    assert not any("ada" in key for key in Attempts.objects.values_list("key", flat=True))


def test_a_thousand_others_push_nobody_out():
    for _ in range(lockout.WRONG_CODES):
        lockout.note_wrong_code("ada@example.org")
    for number in range(1000):
        lockout.note_wrong_code(f"{number}@example.org")
        cache.set(f"other-{number}", "x", 3600)
    assert lockout.is_locked("ada@example.org")
    assert cache.get("other-0") == "x"


@pytest.mark.django_db(transaction=True)
def test_all_who_try_in_the_same_moment_are_counted():
    numbers = at_once([partial(attempts.count, "x", "ada", minutes=5)] * 12)
    assert sorted(numbers) == list(range(1, 13))


@pytest.mark.django_db(transaction=True)
def test_ten_browsers_at_once_get_three_codes(mailbox):
    answers = at_once([partial(ask, Client(), "ada@example.org") for _ in range(10)])
    assert Counter(answer.status_code for answer in answers) == {302: 3, 200: 7}
    assert len(mailbox()) == 3


VARIANTS = (
    r'"ada\.osei"@gmail.com',
    "ada.osei@gmail.com",
    "adaosei@gmail.com",
    "A.d.a.osei+work@GMAIL.com",
    "adaosei+2@googlemail.com ",
)


def test_the_spellings_of_one_mailbox_are_one():
    assert {sameness.mailbox(one) for one in VARIANTS} == {"adaosei@gmail.com"}
    assert sameness.mailbox("Ada.Osei+x@example.org") == "ada.osei@example.org"
    for address in VARIANTS * 3:
        lockout.note_wrong_code(address)
    assert lockout.is_locked("adaosei+another@gmail.com")
    assert not lockout.is_locked("ada.osei@example.org")


def test_a_mailbox_gets_no_more_codes_by_writing_its_address_otherwise(client, mailbox):
    for number in range(5):
        client.cookies.clear()
        ask(client, f"ada+{number}@example.org")
    assert len(mailbox()) == 3
    assert "You have asked for 3 codes already. Wait a minute, then ask again." in ask(client, "ada@example.org").text


@given(st.text(), st.text(min_size=1))
def test_any_text_is_some_mailbox(name, domain):
    assert sameness.mailbox(f"{name}@{domain}") == sameness.mailbox(sameness.mailbox(f"{name}@{domain}"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("192.0.2.7:5000", "192.0.2.7", True),  # as some proxies write it
        ("::ffff:192.0.2.7", "192.0.2.7", True),  # as a server writes it that listens to both kinds
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8", False),
    ],
)
def test_a_line_with_many_addresses_is_one(rf, one, other, same):
    found = [attempts.network(rf.get("/", REMOTE_ADDR=address)) for address in (one, other)]
    assert (found[0] == found[1]) is same


def test_at_night_what_no_longer_counts_goes(client):
    attempts.count("x", "old", minutes=5)
    attempts.count("x", "new", minutes=60 * 30)
    Attempts.objects.filter(number=1, until__lt=timezone.now() + timedelta(hours=1)).update(until=timezone.now())
    cache.set("old", "x", -1)
    tidy()
    assert Attempts.objects.count() == 1
    assert attempts.counted("x", "new") == 1


def test_the_tests_count_where_production_does():
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
