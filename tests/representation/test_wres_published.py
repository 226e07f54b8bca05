"""What trusts have published of the race equality standard is what we work out from the same numbers, as precisely as they say it (C1)."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from representation.measuring.shares import Share, gap, points_in_words, relative_likelihood, rounded

PUBLISHED = json.loads((Path(__file__).parent / "wres.json").read_text())
pytestmark = pytest.mark.requirement("C1")


def places(said: str) -> int:
    """How many decimals a report gives."""
    return len(said.partition(".")[2])


def rate(percent: str) -> Share:
    return Share(int(Decimal(percent) * 100), 10_000)


@pytest.mark.parametrize("table", PUBLISHED["workforce"], ids=lambda one: one["source"])
def test_shares_of_the_workforce(table):
    groups = table["groups"].values()
    assert sum(one["number"] for one in groups) == table["of"]
    for one in groups:
        share = Share(one["number"], table["of"])
        assert rounded(share.percent, places(one["percent"])) == Decimal(one["percent"])


@pytest.mark.parametrize("figure", PUBLISHED["likelihoods"], ids=lambda one: one["source"])
def test_relative_likelihoods(figure):
    found = relative_likelihood(rate(figure["one"]), rate(figure["other"]))
    assert found is not None
    assert rounded(found.ratio, places(figure["published"])) == Decimal(figure["published"])


@pytest.mark.parametrize("figure", PUBLISHED["boards"], ids=lambda one: one["source"])
def test_the_board_beside_the_workforce(figure):
    assert points_in_words(gap(Decimal(figure["board"]), Decimal(figure["workforce"]))) == figure["points"]
