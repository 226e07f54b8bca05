"""A line as a picture that stands alone: in a page, and in print, where no stylesheet reaches it."""

import base64
from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

INK, QUIET, WANTED, LEVEL = "#0b5c63", "#4a443d", "#a8461b", "#e4dfd6"


def svg(picture: Mapping[str, Any], label: str) -> SafeString:
    """What `series.line_picture` has measured out, drawn with its colours. `label` is read to whoever does not see it."""
    left, right = picture["left"], picture["right"]
    levels = format_html_join(
        "",
        '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="{}"/><text x="{}" y="{}" dy="4" text-anchor="end">{}%</text>',
        ((left, right, y, y, LEVEL, left - 8, y, value) for value, y in picture["levels"]),
    )
    years = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((x, picture["below"], year) for year, x in picture["years"]),
    )
    boxes = format_html_join(
        "",
        '<rect x="{}" y="{}" width="10" height="10" fill="#fff" stroke="{}" stroke-width="2"/>',
        ((aim["box"], aim["boxed"], WANTED) for aim in picture["aims"]),
    )
    marks = format_html_join(
        "",
        '<path d="M{x} {high}V{low}M{left} {high}H{right}M{left} {low}H{right}" fill="none" stroke="#0b5c63" stroke-width="1.5"/>'
        '<circle cx="{x}" cy="{y}" r="5" fill="#0b5c63"/>',
        picture["marks"],
    )
    line = '<polyline points="{}" fill="none" stroke="{}" stroke-width="2"{}/>'
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" aria-label="{}" font-family="sans-serif" font-size="15" '
        'fill="{}"><rect width="100%" height="100%" fill="#fff"/>{}{}{}{}{}{}</svg>',
        picture["width"],
        picture["height"],
        label,
        QUIET,
        levels,
        years,
        format_html(line, picture["aim"], WANTED, SafeString(' stroke-dasharray="6 4"')),
        boxes,
        format_html(line, picture["line"], INK, ""),
        marks,
    )


def address(drawn: str) -> str:
    """The picture within an address, for print."""
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"
