"""A provider's one colour: what follows from it, and whether people can read it."""

import re

from steppingup.accounts.colours import ENOUGH, channels, contrast_with_white

WHITE, INK = "#ffffff", "#102a2c"
DEFAULT = "#0b5c63"


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with a share (0 to 1) of the other."""
    pairs = zip(channels(colour), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def is_readable(colour: str) -> bool:
    """Can it carry white text, and be text on white?"""
    return bool(re.fullmatch(r"#[0-9a-fA-F]{6}", colour)) and contrast_with_white(colour) >= ENOUGH


def readable(colour: str) -> str:
    """The colour itself, or the nearest darker one that can be read on white."""
    for share in range(0, 100, 4):
        candidate = mix(colour, "#000000", share / 100)
        if is_readable(candidate):
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
