"""The succession pool in the world of the sweeps."""

from typing import Any

from representation.models import SuccessionDecision
from representation.pool_notices import VIEWER_LINK
from steppingup.accounts.models import TokenLink
from tests.factories import pool as make
from tests.factories.cohorts import day

CHOICE = {
    "decided_on": day(-1),
    "panel": "Hana Osei\nSam Marsh",
    "is_mixed": True,
    "mixed_how": "Of two departments.",
    "reasons": "The plan for the first year.",
}


def keep_a_pool(world: Any) -> None:
    """A post with somebody in its pool, who shows an assignment, and somebody who may see them; another about which they were asked."""
    things = world.things
    things.pool_post = make.post(things.provider, holder_chooses=True)
    things.pool_entry = make.reviewed(things.pool_post, things.enrolment)
    things.pool_evidence = make.shown(things.pool_entry, things.placement)
    things.pool_viewer = make.viewer(things.pool_post)
    _, raw = TokenLink.issue(purpose=VIEWER_LINK, target=things.pool_viewer, email="mel@example.org", days=9)
    things.pool_token = raw
    things.pool_asked = make.asked(make.post(things.provider, "Head of Housing"), things.enrolment)
    make.reviewed(make.post(things.provider, "Head of Estates"), things.enrolment, days=-3)  # it has lapsed
    SuccessionDecision.objects.create(post=things.pool_post, chosen="Ola Kent", holder_sat=False, **CHOICE)


def more_of_a_pool(world: Any, enrolment: Any) -> None:
    """As much again: another in the pool of the same post, and the same person in another pool."""
    number = enrolment.pk
    entry = make.reviewed(world.pool_post, enrolment)
    for placement in enrolment.placements.all():
        make.shown(entry, placement)
    other = make.post(world.provider, f"Post {number}")
    mine = make.reviewed(other, world.enrolment)
    make.shown(mine, world.placement)
    for post in (world.pool_post, other):
        make.viewer(post, f"Viewer {number}", f"viewer{number}@example.org")
        chosen = entry if post == world.pool_post else mine
        SuccessionDecision.objects.create(post=post, chosen="Ola Kent", entry=chosen, holder_sat=False, **CHOICE)
