"""{% load days %}: pictures of how many days are done."""

from decimal import Decimal
from typing import Any

from django import template

from steppingup.formats import english
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
def days_steps(
    done: Decimal,
    total: Decimal,
    planned: Decimal = Decimal(0),
    title: str = "",
    least: Decimal | None = None,
    noun: str = "day",
) -> dict[str, Any]:
    """{% days_steps done total planned title least noun %}: rising steps, filled as far as days are done: “8 of 6–10 days”."""
    of = english.ranged(total if least is None else least, total, noun)
    return steps_of(done, total, planned) | {"title": title, "of": of}


@register.inclusion_tag("cohorts/days_ring.html")
def days_ring(
    done: Decimal, total: Decimal, planned: Decimal = Decimal(0), least: Decimal | None = None
) -> dict[str, Any]:
    """{% days_ring done total planned least %}: a ring, filled as far as days are done."""
    low = total if least is None else least
    words = {"of": english.ranged(low, total), "of_figures": english.figures(low, total)}
    return pictures.ring(done, total, planned) | words
