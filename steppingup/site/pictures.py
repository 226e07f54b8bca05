"""The geometry of the site's few pictures. Templates draw them as inline SVG with their figures as text."""

import math
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

RING_RADIUS = 52
STEP_COUNT = 10


def _share(part: Decimal | float, total: Decimal | float) -> float:
    return max(0.0, min(1.0, float(part or 0) / float(total))) if total else 0.0


def ring(done: Decimal, total: Decimal, planned: Decimal = Decimal(0)) -> dict[str, Any]:
    """Dash lengths (in SVG units) for a ring: done, and done with planned behind it."""
    around = 2 * math.pi * RING_RADIUS
    done_share = _share(done, total)
    planned_share = _share(Decimal(str(done or 0)) + Decimal(str(planned or 0)), total)
    return {
        "done": done,
        "planned": planned,
        "total": total,
        "radius": RING_RADIUS,
        "around": f"{around:.2f}",
        "done_length": f"{around * done_share:.2f}",
        "planned_length": f"{around * planned_share:.2f}",
    }


def steps(done: Decimal, total: Decimal, planned: Decimal = Decimal(0), count: int = STEP_COUNT) -> dict[str, Any]:
    """Rising steps from left to right. Each has a full height, and how much of its width is done or planned."""
    width, gap, base = 28, 4, 96
    done_steps = _share(done, total) * count
    planned_steps = _share(Decimal(str(done or 0)) + Decimal(str(planned or 0)), total) * count
    drawn = []
    for index in range(count):
        height = 14 + (base - 20) * (index + 1) / count
        drawn.append(
            {
                "x": index * (width + gap),
                "y": f"{base - height:.1f}",
                "width": width,
                "height": f"{height:.1f}",
                "done": f"{width * max(0.0, min(1.0, done_steps - index)):.1f}",
                "planned": f"{width * max(0.0, min(1.0, planned_steps - index)):.1f}",
            }
        )
    return {
        "done": done,
        "planned": planned,
        "total": total,
        "steps": drawn,
        "width": count * (width + gap) - gap,
        "height": base,
    }


def mark(css_class: str = "mark") -> SafeString:
    return render_to_string("components/mark.html", {"css_class": css_class})
