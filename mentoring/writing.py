"""The mentoring part of a programme's file: [[themes]] and [matching]."""

from collections.abc import Sequence

from cohorts.models import Cohort, Programme
from cohorts.programme_files.writing import Tables, said
from mentoring.models import MatchingWeights, Theme


def write_mentoring(of: Programme, cohorts: Sequence[Cohort], data: Tables) -> None:
    """Add the themes in their order, and the matching weights where they are not the usual ones."""
    themes = Theme.objects.filter(programme=of).order_by("order", "pk")
    data["themes"] = [{"key": one.key, "name": one.name} for one in themes]
    if weights := MatchingWeights.objects.filter(programme=of).first():
        data["matching"] = said(weights)
