"""A provider's one colour: what follows from it, and whether people can read it."""

import re

WHITE, INK = "#ffffff", "#102a2c"
DEFAULT = "#0b5c63"
ENOUGH = 4.5  # WCAG 2.2, 1.4.3: text of normal size


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The WCAG contrast between two colours such as “#0b5c63”, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with a share (0 to 1) of the other."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def is_readable(colour: str) -> bool:
    """Can it carry white text, and be text on white?"""
    return bool(re.fullmatch(r"#[0-9a-fA-F]{6}", colour)) and contrast(colour, WHITE) >= ENOUGH


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
