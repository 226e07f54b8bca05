"""Who may act: on Voluntary Heads of Service."""

from typing import Any

from representation.models import HeadsScheme
from tests.factories import heads as make
from tests.sweeps.may import EQUALITY, Row
from tests.sweeps.world import World

HEADS = "representation.actions.heads"


def scheme(w: World, **more: Any) -> dict[str, Any]:
    return {"scheme": HeadsScheme.objects.for_steps().get(pk=w.heads_scheme.pk), **more}


def to_tie(w: World) -> dict[str, Any]:
    """An assignment inside the council, which is at no team yet."""
    one = make.assignment(make.cohort_inside(w.provider), w.provider)
    return scheme(w, team=w.management_team, placement=one)


OF_HEADS = [
    Row(f"{HEADS}.tie_to_team", EQUALITY, to_tie),
    Row(f"{HEADS}.untie_from_team", EQUALITY, lambda w: scheme(w, tie=w.team_tie)),
]
