"""The mentoring part of a programme's file: [[themes]] and [matching]."""

from cohorts.models import Programme
from cohorts.programme_files.keeping import Keeper
from cohorts.programme_files.tables import Table
from mentoring.models import MatchingWeights, Theme


def load_mentoring(programme: Programme, data: Table, keep: Keeper) -> None:
    """Themes in the order of the file, and the matching weights where the file has them."""
    for order, theme in enumerate(data.get("themes", [])):
        with keep.reading(theme):
            keep.row(Theme, {"programme": programme, "key": theme["key"]}, {"name": theme["name"], "order": order})
    if "matching" in data:
        with keep.reading(data["matching"]):
            keep.row(MatchingWeights, {"programme": programme}, data["matching"])
