"""What references begin with: as it is typed, and made from a name."""

import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from steppingup.formats.prefixes import PATTERN, PrefixInput, from_name, prefix


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Stepping Up", "SU"),
        ("Ready Now", "RN"),
        ("moving up", "MU"),
        ("Leaders of the Future", "LF"),
        ("Aspire", "ASP"),
        ("Women into Leadership 2027", "WL2"),
        ("Élan vital", "EV"),
        ("Step-up", "SU"),
        ("The", "THE"),
        ("A", "REF"),
        ("領導", "REF"),
        ("One two three four five six seven", "OTTFF"),
    ],
)
def test_a_name_gives_its_first_letters(name, made):
    assert from_name(name) == made


@given(st.text())
def test_any_name_at_all_gives_a_prefix(name):
    assert re.fullmatch(PATTERN, from_name(name))


@given(
    st.from_regex(PATTERN, fullmatch=True).map(str.strip),
    st.sampled_from([str, str.lower]),
    st.sampled_from(["", " ", "-", "–", ". "]),
)
def test_a_prefix_is_understood_however_it_is_typed(meant, case, behind):
    assert prefix(meant) == meant
    assert PrefixInput().clean(f" {case(meant)}{behind}") == meant


@pytest.mark.parametrize("typed", ["S", "LONGER", "S/U", "S-U", "領導", "S*", "£££", "S🌍U"])
def test_what_no_reference_can_begin_with_is_refused_in_one_sentence(typed):
    with pytest.raises(ValidationError) as refused:
        PrefixInput(required=False).clean(typed)
    assert refused.value.messages == ["Use two to five letters or digits without accents, like SU or NHS7."]
