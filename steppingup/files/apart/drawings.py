"""SVG drawings: written anew from the shapes, colours and words that a logo is made of. Scripts, links and whatever loads
something are refused; what else a drawing program leaves in its files is left out."""

import base64
import re
from xml.etree import ElementTree

from steppingup.files.apart import pictures
from steppingup.files.apart.archives import parsed
from steppingup.files.apart.limits import Refused

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
DAMAGED = "This SVG drawing is damaged and cannot be opened. Save it again and upload the new file."
MORE = "This drawing contains more than a drawing. Save it as a PNG picture and upload that."
COMPLICATED = "This drawing is too complicated. Save it as a PNG picture and upload that."
#: A drawing may use a part of itself many times; unfolded it has at most so many parts.
MOST_PARTS = 5_000
DEEPEST = 60
MOST_PICTURES = 5

ELEMENTS = {
    *("svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline"),
    *(
        "polygon",
        "text",
        "tspan",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "mask",
        "image",
        "style",
        "switch",
    ),
}
ACTIVE = {
    *("script", "foreignobject", "iframe", "object", "embed", "audio", "video", "handler", "listener", "set", "a"),
    *("animate", "animatetransform", "animatemotion", "animatecolor", "discard", "feimage", "cursor", "font-face-uri"),
}
STYLES = {
    *("fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap", "opacity"),
    *("stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "stop-color", "stop-opacity"),
    *("color", "display", "visibility", "clip-path", "clip-rule", "mask", "font-family", "font-size", "font-weight"),
    *("font-style", "font-variant", "font-stretch", "letter-spacing", "word-spacing", "text-anchor", "text-decoration"),
    *(
        "dominant-baseline",
        "baseline-shift",
        "enable-background",
        "isolation",
        "mix-blend-mode",
        "paint-order",
        "overflow",
    ),
    *("shape-rendering", "text-rendering", "vector-effect"),
}
ATTRIBUTES = STYLES | {
    *(
        "id",
        "class",
        "d",
        "points",
        "x",
        "y",
        "x1",
        "x2",
        "y1",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "fx",
        "fy",
        "fr",
        "dx",
    ),
    *("dy", "width", "height", "viewBox", "preserveAspectRatio", "transform", "gradientTransform", "gradientUnits"),
    *("spreadMethod", "offset", "clipPathUnits", "maskUnits", "maskContentUnits", "pathLength", "version", "rotate"),
    *("textLength", "lengthAdjust"),
}
_FUNCTIONS = r"(?:matrix|translate|scale|rotate|skewX|skewY|rgba?|hsla?)\([\d\s.,%+eE-]*\)"
_OWN = r"url\(\s*['\"]?#[\w.-]+['\"]?\s*\)"
_VALUE = re.compile(rf"(?:[\w\s#.,%+'\"-]|{_FUNCTIONS}|{_OWN})*")
_REFERENCE = re.compile(r"url\(\s*['\"]?#([\w.-]+)")
#: Anything that a browser could take for an address, however it is written.
_ELSEWHERE = re.compile(
    r"[\\@]|//|[a-z]\s*:\s*//|javascript\s*:|data\s*:|expression|(?:url|src|image-set|image)\s*\((?!\s*['\"]?#)", re.I
)
_RULE = re.compile(r"([\w\s.,#*>-]+)\{([^{}]*)\}")


def clean(content: bytes) -> tuple[None, bytes]:
    """No pages, and the drawing."""
    try:
        text = content.decode("utf-8-sig")  # so that what is read here is what a browser reads
    except UnicodeDecodeError:
        raise Refused(DAMAGED) from None
    if "<?xml-stylesheet" in text.lower() or re.search(r"<!(DOCTYPE[^>]*\[|ENTITY)", text, re.IGNORECASE):
        raise Refused(MORE)
    root = parsed(re.sub(r"<!DOCTYPE[^>\[]*>", "", text, flags=re.IGNORECASE).encode(), "SVG drawing")
    if root.tag not in (f"{SVG}svg", "svg"):
        raise Refused(DAMAGED)
    drawing = _copy(root, 0, [0])
    if drawing is None:
        raise Refused(DAMAGED)
    _check_size(drawing)
    ElementTree.register_namespace("", SVG[1:-1])
    ElementTree.register_namespace("xlink", XLINK[1:-1])
    return None, ElementTree.tostring(drawing, encoding="utf-8", xml_declaration=True)


def _name(tag: object) -> str:
    """What an element is, if it is one of SVG's."""
    if not isinstance(tag, str):
        return ""
    return tag.removeprefix(SVG) if tag.startswith(SVG) or "}" not in tag else ""


def _copy(element: ElementTree.Element, depth: int, pictures_found: list[int]) -> ElementTree.Element | None:
    """The element with what may stand in it; nothing for what is left out. Raises Refused for what is active."""
    plain = str(element.tag).rpartition("}")[2].lower()
    if plain in ACTIVE:
        raise Refused(MORE)
    if depth > DEEPEST:
        raise Refused(COMPLICATED)
    name = _name(element.tag)
    made = ElementTree.Element(f"{SVG}{name}")
    _copy_attributes(element, made, name, pictures_found)
    inside = [one for child in element if (one := _copy(child, depth + 1, pictures_found)) is not None]
    if name not in ELEMENTS:
        return None
    made.extend(inside)
    if name == "style":
        made.text = _styles(element.text or "")
    elif name in ("title", "desc", "text", "tspan"):
        made.text, texts = element.text, list(element)
        for one in inside:
            one.tail = next((child.tail for child in texts if _name(child.tag) == _name(one.tag)), None)
            texts = texts[1:]
    return made


def _copy_attributes(
    element: ElementTree.Element, made: ElementTree.Element, name: str, pictures_found: list[int]
) -> None:
    for given, value in element.attrib.items():
        plain = given.rpartition("}")[2]
        if plain.lower().startswith("on"):
            raise Refused(MORE)
        if plain.lower() in ("href", "src"):
            if given in ("href", f"{XLINK}href") and value.strip().startswith("#"):
                made.set(f"{XLINK}href", value.strip())
            elif name == "image" and value.strip().startswith("data:image/"):
                pictures_found[0] += 1
                made.set(f"{XLINK}href", _picture(value, pictures_found[0]))
            else:
                raise Refused(MORE)
        elif plain == "style" and "}" not in given:
            made.set("style", _declarations(value))
        elif "}" in given:
            continue  # a drawing program's own
        elif _ELSEWHERE.search(value) and plain not in ("class", "id"):
            raise Refused(MORE)
        elif plain in ATTRIBUTES and _VALUE.fullmatch(value):
            made.set(plain, value)


def _picture(address: str, number: int) -> str:
    """A picture that stands in the drawing is a picture like any other."""
    if number > MOST_PICTURES:
        raise Refused(COMPLICATED)
    head, comma, data = address.strip().partition(",")
    kind = head.removeprefix("data:").removesuffix(";base64")
    if not comma or kind not in ("image/png", "image/jpeg", "image/jpg") or not head.endswith(";base64"):
        raise Refused(MORE)
    try:
        content = base64.b64decode("".join(data.split()), validate=True)
    except ValueError:
        raise Refused(DAMAGED) from None
    return f"data:{kind};base64,{base64.b64encode(pictures.clean(content)[1]).decode()}"


def _without_comments(text: str) -> str:
    kept, *rest = text.split("/*")
    return kept + "".join(one.partition("*/")[2] for one in rest)


def _declarations(text: str) -> str:
    if _ELSEWHERE.search(text):
        raise Refused(MORE)
    kept = []
    for one in _without_comments(text).split(";"):
        name, colon, value = one.partition(":")
        if colon and name.strip().lower() in STYLES and _VALUE.fullmatch(value):
            kept.append(f"{name.strip().lower()}:{value.strip()}")
    return ";".join(kept)


def _styles(text: str) -> str:
    """The rules of a stylesheet that say nothing but colours, lines and letters."""
    text = _without_comments(text)
    if _ELSEWHERE.search(text):
        raise Refused(MORE)
    return "\n".join(f"{chosen.strip()}{{{_declarations(said)}}}" for chosen, said in _RULE.findall(text))


def _check_size(drawing: ElementTree.Element) -> None:
    """Parts that use parts that use parts: a kilobyte can stand for a billion, or go round in a circle for ever."""
    by_id = {one.get("id"): one for one in drawing.iter() if one.get("id")}
    styled = {  # what a stylesheet refers to may be meant for every part
        target for one in drawing.iter(f"{SVG}style") for target in _REFERENCE.findall(one.text or "")
    }
    if styled and sum(1 for _ in drawing.iter()) * len(styled) > MOST_PARTS:
        raise Refused(COMPLICATED)
    sizes: dict[int, int] = {}
    under_way: set[int] = set()

    def size(element: ElementTree.Element, depth: int) -> int:
        key = id(element)
        if key in sizes:
            return sizes[key]
        if key in under_way or depth > 2 * DEEPEST:
            raise Refused(COMPLICATED)
        under_way.add(key)
        targets = [value[1:] for name, value in element.attrib.items() if name.endswith("href") and value[:1] == "#"]
        for value in element.attrib.values():
            targets += _REFERENCE.findall(value)
        parts = [*element, *(by_id[target] for target in targets if target in by_id)]
        total = 1 + sum(size(part, depth + 1) for part in parts)
        under_way.discard(key)
        if total > MOST_PARTS:
            raise Refused(COMPLICATED)
        sizes[key] = total
        return total

    size(drawing, 0)
    for target in styled & by_id.keys():
        if any(_REFERENCE.search(" ".join(one.attrib.values())) for one in by_id[target].iter()):
            raise Refused(COMPLICATED)
