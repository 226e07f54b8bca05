"""On a participant's own assignment: at which management team they are (R7)."""

from typing import Any

from django.db.models import Q

from cohorts.models import Placement
from representation.models import TeamTie


def of_assignment(*, subject: Placement, viewer: Any) -> dict[str, Any] | None:
    """The team, and what its council calls them; nothing for assignments that are at none."""
    by_offer = Q(opportunity=subject.opportunity_id, opportunity__isnull=False)
    ties = TeamTie.objects.filter(Q(placement=subject) | by_offer).select_related("team__scheme__organisation")
    tie = ties.order_by("placement", "pk").first()
    return {"team": tie.team, "scheme": tie.team.scheme} if tie else None
