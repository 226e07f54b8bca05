"""The forms of a page as a browser finds them: where they go, and what they hold."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs

TEXT_LIKE = (
    "text",
    "email",
    "tel",
    "url",
    "number",
    "search",
    "password",
    "date",
    "time",
    "datetime-local",
    "textarea",
)
CHOSEN = ("select", "radio", "checkbox")


@dataclass
class Found:
    """A form that is posted. `fields`: name → (kind, what stands in it)."""

    action: str
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)
    several: dict[str, list[str]] = field(default_factory=dict)  # what is chosen in lists that take more than one

    def as_a_browser(self, **changed: str) -> dict[str, Any]:
        """What a browser sends when these boxes were changed; an empty one is one that is not ticked."""
        sent = self.as_it_is() | self.several | changed
        return {
            name: value for name, value in sent.items() if value != "" or self.fields.get(name, ("",))[0] != "checkbox"
        }

    def as_it_is(self) -> dict[str, str]:
        """What a browser would send if nothing was changed."""
        kept = {
            name: value for name, (kind, value) in self.fields.items() if kind not in ("checkbox", "radio") or value
        }
        # A browser sends lines that end in two characters, and leaves out the first of a box.
        return {
            name: value.replace("\r\n", "\n").removeprefix("\n").replace("\n", "\r\n") for name, value in kept.items()
        }

    def filled(self, text: str, choice: str | None) -> dict[str, str]:
        """Every box with `text`, every choice with `choice` (None leaves it), hidden fields as they are."""
        data = {}
        for name, (kind, value) in self.fields.items():
            if kind in TEXT_LIKE:
                data[name] = text
            elif kind in CHOSEN:
                data[name] = value if choice is None else choice
            elif kind == "hidden":
                data[name] = value
        return data


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Found] = []
        self.labelled: set[str] = set()
        self.boxes: list[tuple[str, str]] = []  # (id, name) of what somebody fills in
        self.asked: set[str] = set()  # what links and searches of this page ask it for
        self._form: Found | None = None
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Found(given.get("action", "")) if given.get("method", "").lower() == "post" else None
            if self._form:
                self.forms.append(self._form)
        elif tag == "a" and given.get("href", "").startswith("?"):
            self.asked.update(parse_qs(given["href"][1:]))
        elif tag == "label":
            self.labelled.add(given.get("for", ""))
        elif tag in ("input", "textarea", "select"):
            self._field(tag, given)
        elif tag == "option" and self._select and self._form and "selected" in given:
            if self._select in self._form.several:
                self._form.several[self._select].append(given.get("value", ""))
            self._form.fields[self._select] = ("select", given.get("value", ""))

    def _field(self, tag: str, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text").lower() if tag == "input" else tag, given.get("name", "")
        self._select = name if tag == "select" else ""
        self._textarea = name if tag == "textarea" and self._form else ""
        if not self._form and name:
            self.asked.add(name)
        if not self._form or not name or kind in ("submit", "button", "file"):
            return
        if tag == "select" and "multiple" in given:
            self._form.several[name] = []
        if kind in ("radio", "checkbox") and "checked" not in given:
            self._form.fields.setdefault(name, (kind, ""))
        else:
            self._form.fields[name] = (kind, given.get("value", "on" if kind == "checkbox" else ""))
        if kind != "hidden" and not given.get("aria-label") and not given.get("aria-labelledby"):
            self.boxes.append((given.get("id", ""), name))

    def handle_data(self, data: str) -> None:
        if self._textarea and self._form:
            kind, value = self._form.fields[self._textarea]
            self._form.fields[self._textarea] = (kind, value + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""
        if tag == "form":
            self._form = None


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader
