"""A provider's one colour: whether people can read white writing on it, which is checked when it is saved, and what follows
from it on the pages."""

import re

from django.core.exceptions import ValidationError

ENOUGH = 4.5  # WCAG 2.2, level AA, for ordinary text
WHITE, INK = "#ffffff", "#102a2c"


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, each from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast_with_white(colour: str) -> float:
    """The WCAG contrast ratio of a colour such as “#0b5c63” with white: from 1 (white) to 21 (black)."""
    parts = (channel / 255 for channel in channels(colour))
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def validate_brand_colour(colour: str) -> None:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValidationError("Enter a colour such as #0b5c63.")
    ratio = contrast_with_white(colour)
    if ratio < ENOUGH:
        # Rounded down: 4.49 must not read as 4.5.
        raise ValidationError(
            f"White text on this colour has a contrast of {int(ratio * 10) / 10} to 1. "
            f"It needs at least {ENOUGH} to 1 to be readable. Choose a darker colour."
        )


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with a share (0 to 1) of the other."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def readable(colour: str) -> str:
    """The colour itself, or the nearest darker one that can be read on white."""
    for share in range(0, 100, 4):
        candidate = mix(colour, "#000000", share / 100)
        if contrast_with_white(candidate) >= ENOUGH:
            return candidate
    return INK


def stylesheet(colour: str) -> str:
    """The custom properties that a provider's colour changes (see static/css/site.css)."""
    brand = readable(colour)
    return (
        f":root{{--brand:{brand};--brand-ink:{mix(brand, '#000000', 0.35)};--brand-strong:{mix(brand, '#000000', 0.15)};"
        f"--brand-soft:{mix(brand, WHITE, 0.9)};--brand-line:{mix(brand, WHITE, 0.65)};"
        f"--brand-mid:{mix(brand, WHITE, 0.45)}}}\n"
    )
