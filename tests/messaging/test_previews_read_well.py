"""Whoever edits the text of an email reads it with samples, as a letter: every placeholder of every kind has one."""

import re

import pytest

from steppingup.messaging import kinds
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.actions.sending import preview_text
from steppingup.messaging.rendering import PRIVATE_CODE, PRIVATE_LINK

KINDS = kinds.all_kinds()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_placeholder_but_a_link_has_a_sample(kind):
    samples = kind.sample()
    wanting = [name for name in kind.placeholders if not samples[name].strip() or samples[name].startswith("[")]
    assert not wanting, f"{kind.key}: nothing to show for {', '.join(wanting)}."
    assert all(samples[name].startswith("http") for name in kind.placeholders if kind.is_link(name))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_no_preview_of_a_default_text_has_a_stand_in_in_it(kind):
    """What is between brackets would be what a placeholder stands for, not words of the letter."""
    shown = preview_text(kind, kinds.default_text(kind), None)
    for words in (shown.subject, shown.text):
        assert not re.search(r"\[[^\]]*\]", words), words
        for what in kind.placeholders.values():
            assert f"[{what}]" not in words


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_no_preview_of_a_default_text_has_a_gap(kind):
    """An empty sample leaves an empty paragraph, two spaces or a lonely full stop."""
    text = kinds.default_text(kind)
    shown = preview_text(kind, text, None)
    assert not re.search(r"\S  +\S| [.,;:?!](\s|$)|[.?!]\.(\s|$)|\*\*\s*\*\*|“”", f"{shown.subject}\n{shown.text}")
    assert "<p></p>" not in shown.html


def test_a_preview_greets_whoever_reads_it_not_whom_it_is_about():
    asked = kinds.get("funding.asked")
    shown = preview_text(asked, kinds.default_text(asked), None).text
    assert shown.startswith("Dear Jo Harris,\n\nAmara Okafor of Harbour Housing would like to apply")
    offered = kinds.get("applications.offered")
    assert preview_text(offered, kinds.default_text(offered), None).text.startswith("Dear Amara Okafor,")


def test_a_sample_of_a_code_is_shown_and_a_link_that_lets_in_is_not():
    code, link = kinds.get("account.login_code"), kinds.get("account.confirm_link")
    assert "K7PW4Q" in preview_text(code, kinds.default_text(code), None).text
    assert PRIVATE_LINK in preview_text(link, kinds.default_text(link), None).text


def test_with_a_message_that_was_sent_nothing_private_is_shown(db, send_news, news):
    message = send_news(to="sam@example.org", thing="a place")
    shown = preview_text(news, kinds.default_text(news), message)
    assert "a place" in shown.text
    assert PRIVATE_LINK in shown.text
    assert "s3cret" not in shown.text + shown.html
    code = kinds.get("account.login_code")
    message = send(Notice(code, "sam@example.org", None, secrets={"code": "QQ77RR"}))
    shown = preview_text(code, kinds.default_text(code), message)
    assert PRIVATE_CODE in shown.text
    assert "QQ77RR" not in shown.text + shown.html
