"""{% load days %}: pictures of how many days are done."""

from decimal import Decimal
from typing import Any

from django import template

from steppingup.site import pictures
from steppingup.site.pictures import share_of

register = template.Library()
STEP_COUNT = 10


def steps_of(done: Decimal, total: Decimal, planned: Decimal = Decimal(0), count: int = STEP_COUNT) -> dict[str, Any]:
    """Rising steps from left to right. Each has a full height, and how much of its width is done or planned."""
    width, gap, base = 28, 4, 96
    done_steps = share_of(done, total) * count
    planned_steps = share_of(Decimal(str(done or 0)) + Decimal(str(planned or 0)), total) * count
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


@register.inclusion_tag("cohorts/days_steps.html")
def days_steps(done: Decimal, total: Decimal, planned: Decimal = Decimal(0), title: str = "") -> dict[str, Any]:
    """{% days_steps done total planned %}: rising steps, filled as far as days are done."""
    return steps_of(done, total, planned) | {"title": title}


@register.inclusion_tag("cohorts/days_ring.html")
def days_ring(done: Decimal, total: Decimal, planned: Decimal = Decimal(0)) -> dict[str, Any]:
    """{% days_ring done total planned %}: a ring, filled as far as days are done."""
    return pictures.ring(done, total, planned)
