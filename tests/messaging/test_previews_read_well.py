"""Whoever edits the text of an email reads it with samples, as a letter: every placeholder of every kind has one."""

import re

import pytest

from steppingup.messaging import kinds
from steppingup.messaging.actions.sending import preview_text

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
