"""Scales on which people say where they see themselves: their answers, one on each line, from the least on."""

from django.core.exceptions import ValidationError

from steppingup.formats.sameness import fold

#: What a plan has until somebody writes its own.
FIVE_STEPS = "Not at all yet\nA little\nPartly\nMostly\nFully"
IN_THE_WAY = "Not at all\nA little\nSomewhat\nA lot\nCompletely"
FEWEST, MOST, LONGEST = 2, 10, 60


def labels_of(scale: str) -> list[str]:
    return [line.strip() for line in scale.splitlines() if line.strip()]


def require_scale(scale: str) -> None:
    """Raises ValidationError where these are no answers to choose one from."""
    labels = labels_of(scale)
    if not FEWEST <= len(labels) <= MOST:
        raise ValidationError(f"Enter {FEWEST} to {MOST} answers, each on a line of its own, from the least on.")
    if len({fold(one) for one in labels}) < len(labels):
        raise ValidationError("Two answers are the same. Give each its own words.")
    if any(len(one) > LONGEST for one in labels):
        raise ValidationError(f"Keep each answer to {LONGEST} characters.")
