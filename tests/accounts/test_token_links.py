"""Links for people without an account: one purpose, one object, a time, and nothing given away."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from steppingup import clock
from steppingup.accounts.actions.token_links import issue_link, remove_old_links
from steppingup.accounts.links import LinkGone, link_or_404, token_view
from steppingup.accounts.models import TokenLink, hash_token
from tests.factories.accounts import OrganisationFactory

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


def issue(purpose="support", target=None, **more):
    target = target or OrganisationFactory()
    return issue_link(purpose=purpose, target=target, email="manager@example.org", days=14, **more), target


@token_view("support")
def page(request, link):
    return redirect("/done/") if request.method == "POST" else HttpResponse(f"for {link.target}")


def open_page(raw, method="get"):
    return page(getattr(RequestFactory(), method)("/"), token=raw)


def test_a_link_opens_its_one_object_and_its_secret_is_stored_nowhere():
    raw, target = issue()
    assert link_or_404("support", raw).target == target
    assert not TokenLink.objects.filter(token_hash__contains=raw[:10]).exists()
    assert TokenLink.objects.get().token_hash == hash_token(raw)


def test_a_link_serves_one_purpose_only():
    raw, _ = issue()
    with pytest.raises(LinkGone):
        link_or_404("certificate", raw)


def test_a_newer_link_takes_the_place_of_the_older_one():
    old, target = issue()
    new, _ = issue(target=target)
    with pytest.raises(LinkGone):
        link_or_404("support", old)
    assert link_or_404("support", new)


def test_a_link_to_something_else_is_not_touched():
    first, _ = issue()
    issue()
    assert link_or_404("support", first)


def test_unknown_withdrawn_and_misdirected_links_look_the_same():
    raw, target = issue()
    TokenLink.revoke_all(purpose="support", target=target)
    orphan, gone = issue()
    gone.delete()
    pages = [open_page(raw), open_page("no-such-link"), open_page(orphan)]
    assert {answer.status_code for answer in pages} == {404}
    assert len({answer.content for answer in pages}) == 1
    assert "This link does not work" in pages[0].content.decode()


#: Also around the nights on which the clocks change, when a day has 23 hours or 25.
MOMENTS = st.one_of(
    st.timedeltas(timedelta(0), timedelta(days=1800)).map(datetime(2026, 1, 1, tzinfo=UTC).__add__),
    *(
        st.timedeltas(timedelta(hours=-26), timedelta(hours=26)).map(change.__add__)
        for change in (datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC))
    ),
)


@given(moment=MOMENTS, days=st.integers(0, 400))
def test_a_link_works_until_the_end_of_the_day_that_emails_name(moment, days):
    with time_machine.travel(moment, tick=False):
        link, _ = TokenLink.issue(purpose="support", target=OrganisationFactory.build(pk=1), email="", days=days)
        last = clock.today() + timedelta(days=days)
    local = datetime(last.year, last.month, last.day, 23, 59, tzinfo=LONDON)
    with time_machine.travel(local, tick=False):
        assert TokenLink.objects.usable().filter(pk=link.pk).exists()
    with time_machine.travel(local.astimezone(UTC) + timedelta(minutes=1), tick=False):
        assert not TokenLink.objects.usable().filter(pk=link.pk).exists()


def test_an_expired_link_says_what_to_do(time_machine_at):
    raw, _ = issue()
    with time_machine_at(days=16):
        answer = open_page(raw)
    assert answer.status_code == 410
    assert "Ask the person who sent it to you for a new one" in answer.content.decode()


def test_looking_writes_nothing_and_acting_is_noted(django_assert_num_queries):
    raw, _ = issue()
    open_page(raw)
    assert TokenLink.objects.get().last_used_at is None
    open_page(raw, "post")
    assert TokenLink.objects.get().last_used_at is not None


@pytest.mark.parametrize("raw", [None, "no-such-link"])
def test_pages_behind_links_are_discreet(raw):
    answer = open_page(raw or issue()[0])
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]


def test_links_are_removed_a_year_after_they_expired(time_machine_at):
    issue()
    with time_machine_at(days=14 + 364):
        assert remove_old_links() == 0
    with time_machine_at(days=14 + 367):
        assert remove_old_links() == 1
