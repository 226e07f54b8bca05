"""What the equality lead keeps on the desk. The modules register themselves where they are imported."""

from representation.desk import (
    commitments,
    counts,
    groups,
    heads,
    leads,
    meetings,
    outcomes,
    papers,
    plans,
    pool,
    published,
    readings,
    recruitment,
    releases,
    targets,
    units,
)

__all__ = [
    "commitments",
    "counts",
    "groups",
    "heads",
    "leads",
    "meetings",
    "papers",
    "outcomes",
    "plans",
    "pool",
    "published",
    "readings",
    "recruitment",
    "releases",
    "targets",
    "units",
]
