"""The geometry of the site's few pictures. Templates draw them as inline SVG with their figures as text."""

import math
from decimal import Decimal
from typing import Any

RING_RADIUS = 52


def share_of(part: Decimal | float, total: Decimal | float) -> float:
    """Which part of the whole it is, from 0 to 1; nothing of nothing is 0."""
    return max(0.0, min(1.0, float(part or 0) / float(total))) if total else 0.0


def ring(done: Decimal, total: Decimal, planned: Decimal = Decimal(0)) -> dict[str, Any]:
    """Dash lengths (in SVG units) for a ring: done, and done with planned behind it."""
    around = 2 * math.pi * RING_RADIUS
    done_share = share_of(done, total)
    planned_share = share_of(Decimal(str(done or 0)) + Decimal(str(planned or 0)), total)
    return {
        "done": done,
        "planned": planned,
        "total": total,
        "radius": RING_RADIUS,
        "around": f"{around:.2f}",
        "done_length": f"{around * done_share:.2f}",
        "planned_length": f"{around * planned_share:.2f}",
    }
