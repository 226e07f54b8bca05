"""From a text with `{{ placeholders }}` to a subject, plain text and HTML.

Values never pass through Markdown. The text is parsed with a harmless word in the place of each placeholder, and the
values, escaped, are put in afterwards: whatever somebody typed as their name cannot become a link, a heading or HTML.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from textwrap import indent
from typing import Any

from django.template.loader import render_to_string
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from steppingup.formats import english
from steppingup.messaging.kinds import MessageKind, Text

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
PRIVATE_LINK = "(private link)"
PRIVATE_CODE = "(private code)"
PRIVATE_WORDS = "(private message)"

_markdown = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True)
class Rendered:
    """A message as it is read."""

    subject: str
    text: str
    html: str


def names_in(text: str) -> list[str]:
    """The placeholders that a text uses, in order, each once."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def _problem(kind: MessageKind, text: str) -> list[str]:
    allowed = ", ".join(f"{{{{ {name} }}}}" for name in sorted(kind.allowed))
    unknown = [name for name in names_in(text) if name not in kind.allowed]
    sentences = [f"“{{{{ {name} }}}}” is not available in this message. You can use: {allowed}." for name in unknown]
    rest = PLACEHOLDER.sub("", text)
    if "{{" in rest or "}}" in rest or "{%" in rest:
        sentences.append(f"There is a stray bracket. Write placeholders as one of these: {allowed}.")
    return sentences


def problems(kind: MessageKind, text: Text) -> dict[str, list[str]]:
    """Sentences about placeholders that cannot be used, by field; empty when the text is fit to be saved."""
    fields = {"subject": text.subject, "body": text.body, "button_label": text.button_label}
    found = {name: _problem(kind, value) for name, value in fields.items()}
    if text.button_label and not kind.button_placeholder:
        found["button_label"].append("This message has no link for a button to lead to. Leave the label empty.")
    secret = kind.secret_placeholders
    for name in names_in(text.subject):
        if name in secret:
            found["subject"].append(f"“{{{{ {name} }}}}” is private, so it cannot be used in the subject.")
    return {name: sentences for name, sentences in found.items() if sentences}


def in_words(value: Any) -> str:
    """A value as it stands in an email: dates and times as on pages, lists a line each."""
    if value is None:
        return ""
    if isinstance(value, date):
        return english.when(value) if isinstance(value, datetime) else english.day_date(value)
    if isinstance(value, (list, tuple)):
        return "\n".join(in_words(item) for item in value)
    return "".join(c for c in str(value).replace("\r\n", "\n").strip() if c in "\n\t" or c.isprintable())


def is_link(value: str) -> bool:
    return value.startswith(("https://", "http://", "mailto:")) and not re.search(r"\s", value)


def one_line(value: str) -> str:
    """No line break survives: a subject cannot smuggle a header into the email."""
    return " ".join(value.split())


def mask(value: str) -> str:
    if is_link(value):
        return PRIVATE_LINK
    return PRIVATE_WORDS if re.search(r"\s", value) else PRIVATE_CODE


def _fill(text: str, values: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


class _Page:
    """One rendering of a body: the Markdown once, and the values put into its HTML and its plain text."""

    def __init__(self, body: str, values: Mapping[str, str]) -> None:
        self.values = values
        stem = f"zq{secrets.token_hex(6)}x"  # nobody can have typed it, and Markdown leaves it alone
        self.words: dict[str, str] = {}

        def stand_in(found: re.Match[str]) -> str:
            word = f"{stem}{len(self.words)}z"
            self.words[word] = found[1]
            return word

        self.tokens = _markdown.parse(PLACEHOLDER.sub(stand_in, body))
        self.word = re.compile(rf"{stem}\d+z")

    def value(self, word: str) -> str:
        return self.values.get(self.words[word], "")

    def _html_value(self, word: str) -> str:
        value, name = self.value(word), self.words[word]
        if is_link(value) and (name == "link" or name.endswith("_link")):
            return f'<a href="{escape(value)}">{escape(value)}</a>'
        return escape(value).replace("\n", "<br>\n")

    def _href(self, raw: str) -> str:
        """Where a link of the text leads. One made of values leads nowhere unless it is an address of the web or email."""
        if not self.word.search(raw):
            return raw
        full = self._put_in(raw)
        return full if is_link(full) else ""

    def html(self) -> str:
        for token in (child for one in self.tokens for child in one.children or [] if child.type == "link_open"):
            token.attrSet("href", self._href(str(token.attrGet("href") or "")))
            if title := token.attrGet("title"):
                token.attrSet("title", self.word.sub("", str(title)))
        markup = _markdown.renderer.render(self.tokens, _markdown.options, {})
        return self.word.sub(lambda found: self._html_value(found[0]), markup)

    def text(self) -> str:
        """The same words for a reader without HTML."""
        return re.sub(r"\n{3,}", "\n\n", self._block(SyntaxTreeNode(self.tokens))).strip() + "\n"

    def _block(self, node: SyntaxTreeNode) -> str:
        if node.type == "inline":
            return self._inline(node.children)
        if node.type in ("fence", "code_block"):
            return self._put_in(node.content.rstrip())
        parts = [self._block(child) for child in node.children]
        if node.type == "blockquote":
            return indent("\n\n".join(parts), "> ")
        if node.type in ("bullet_list", "ordered_list"):
            first = int(node.attrs.get("start", 1))
            marks = ["- " if node.type == "bullet_list" else f"{first + at}. " for at in range(len(parts))]
            return "\n".join(
                mark + indent(part, " " * len(mark))[len(mark) :] for mark, part in zip(marks, parts, strict=True)
            )
        return ("\n" if node.type == "list_item" else "\n\n").join(parts)

    def _put_in(self, text: str) -> str:
        return self.word.sub(lambda found: self.value(found[0]), text)

    def _inline(self, nodes: Sequence[SyntaxTreeNode]) -> str:
        out = ""
        for node in nodes:
            if node.type in ("softbreak", "hardbreak"):
                out += " " if node.type == "softbreak" else "\n"
            elif node.type == "link":
                words, href = self._inline(node.children), self._href(str(node.attrs.get("href") or ""))
                shown = not href or words.strip() in (href, href.removeprefix("mailto:"))
                out += words if shown else f"{words} ({href})"
            else:
                out += self._inline(node.children) or self._put_in(node.content)
        return out


def render(
    kind: MessageKind, text: Text, values: Mapping[str, str], *, provider: Any = None, hidden: Sequence[str] = ()
) -> Rendered:
    """Put the values into the text.

    `values` are words already (`in_words`). Those named in `hidden` are masked, for what is stored and shown.
    `provider` gives the email its name, colour and footer."""
    values = {name: mask(value) if name in hidden else value for name, value in values.items()}
    body = _Page(text.body, values)
    subject = one_line(_fill(text.subject, {name: one_line(value) for name, value in values.items()}))[:300]
    plain = body.text()
    label = one_line(_fill(text.button_label, values))
    link = values.get(kind.button_placeholder or "", "") if label else ""
    if link:
        plain += f"\n{label}: {link}\n"
    site = values.get("site_name", "")
    sender = provider.name if provider else site
    footer = getattr(provider, "footer", "")
    plain += (
        f"\n-- \n{sender}\n" + (f"{site}\n" if sender != site else "") + (f"\n{in_words(footer)}\n" if footer else "")
    )
    html = render_to_string(
        "messaging/email.html",
        {
            "subject": subject,
            "body": body.html(),
            "button_label": label if link else "",
            "button_link": link if is_link(link) else "",
            "button_words": link,
            "sender": sender,
            "site_name": site,
            "site_link": values.get("site_link", ""),
            "footer": footer,
            "colour": (getattr(provider, "brand_colour", "") or "#0b5c63"),
        },
    )
    # An ordinary string: a page that shows it in an attribute must escape it.
    return Rendered(subject, plain, "".join([html]))
