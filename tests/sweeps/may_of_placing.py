"""Who may act on opportunities."""

from typing import Any

from tests.factories.opportunities import SAID
from tests.sweeps.may import OF_COHORT, Row
from tests.sweeps.world import World

OPPORTUNITIES = "cohorts.actions.opportunities"


def asking(w: World) -> dict[str, Any]:
    return {"cohort": w.running, "organisation": w.partner.organisation, "name": "Jo", "email": "jo@example.org"}


PLACING = [
    Row(f"{OPPORTUNITIES}.ask_for_opportunities", OF_COHORT, asking),
    Row(f"{OPPORTUNITIES}.send_link", OF_COHORT, lambda w: {"invitation": w.offering}),
    Row(f"{OPPORTUNITIES}.end", OF_COHORT, lambda w: {"invitation": w.offering}),
    Row(
        f"{OPPORTUNITIES}.enter",
        OF_COHORT,
        lambda w: {"cohort": w.running, "host": w.partner.organisation, **SAID},
    ),
    Row(f"{OPPORTUNITIES}.change", OF_COHORT, lambda w: {"opportunity": w.opportunity, "title": "Another"}),
    Row(f"{OPPORTUNITIES}.open_it", OF_COHORT, lambda w: {"opportunity": w.opportunity}),
    Row(f"{OPPORTUNITIES}.withdraw", OF_COHORT, lambda w: {"opportunity": w.opportunity}),
    Row(f"{OPPORTUNITIES}.restore", OF_COHORT, lambda w: {"opportunity": w.opportunity}),
]
