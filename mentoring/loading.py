"""The mentoring part of a programme's file: [[themes]] and [matching]."""

from typing import Any

from cohorts.loading import Keeper
from cohorts.models import Programme
from mentoring.models import MatchingWeights, Theme


def load_mentoring(programme: Programme, data: dict[str, Any], keep: Keeper) -> None:
    """Themes in the order of the file, and the matching weights where the file has them."""
    for order, theme in enumerate(data.get("themes", [])):
        keep.row(Theme, {"programme": programme, "key": theme["key"]}, {"name": theme["name"], "order": order})
    if "matching" in data:
        keep.row(MatchingWeights, {"programme": programme}, data["matching"])
