"""Kinds of message: what can be said, to whom, and which placeholders its text may use.

An app makes its kinds known as its notices are imported: `Kinds(…).add(…)`. The default text of the kind
`applications.received` is the file `templates/email/applications/received.md`: a line `Subject: …`, optionally a line
`Button: …`, an empty line, and a body in Markdown. Only `{{ placeholder }}` is replaced.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

# What every text may use, whatever its kind.
COMMON = {
    "greeting": "“Dear Amara Okafor”, or “Hello” where the name is not known",
    "name": "the name of the person who is told, or their address",
    "site_name": "the name of this site",
    "site_link": "the address of this site",
}


@dataclass(frozen=True)
class MessageKind:
    """Something that the site tells somebody.

    `told` says whom, in words for a page (“The applicant”). `placeholders` maps each name to what stands there.
    `secret_placeholders` are links or codes that let somebody in: they are kept encrypted, only until the message is
    sent. `button_placeholder` is the one whose link the button leads to. `samples` fill previews; “name” among them is whom a preview greets."""

    key: str
    title: str
    told: str
    placeholders: Mapping[str, str]
    secret_placeholders: frozenset[str] | set[str] = frozenset()
    button_placeholder: str | None = None
    samples: Mapping[str, str] = field(default_factory=dict)
    #: That there is such a message is for nobody’s eyes but its reader’s: no list has it.
    in_confidence: bool = False

    def __post_init__(self) -> None:
        unknown = set(self.secret_placeholders) - set(self.placeholders)
        if self.button_placeholder and self.button_placeholder not in {**COMMON, **self.placeholders}:
            unknown.add(self.button_placeholder)
        if unknown:
            raise ValueError(f"{self.key}: these are not among the placeholders: {', '.join(sorted(unknown))}.")

    @property
    def allowed(self) -> dict[str, str]:
        """Every placeholder that a text of this kind may use, with what it stands for."""
        return {**self.placeholders, **COMMON}

    @property
    def file(self) -> Path:
        app, _, name = self.key.partition(".")
        return Path(settings.BASE_DIR) / "templates" / "email" / app / f"{name}.md"

    def sample(self) -> dict[str, str]:
        """Something to show in a preview when no message of this kind has been sent yet: for a link, the site’s address."""
        values = {
            name: settings.SITE_URL if self.is_link(name) else f"[{what}]" for name, what in self.placeholders.items()
        }
        return {name: self.samples.get(name, values[name]) for name in self.placeholders}

    def is_link(self, name: str) -> bool:
        """Does an address stand there: the button’s, or another one?"""
        return name in ("link", self.button_placeholder) or name.endswith("_link")


_kinds: dict[str, MessageKind] = {}


def add_message_kind(kind: MessageKind) -> MessageKind:
    """Make a kind known. Registering the same kind twice is harmless; two kinds with one key are an error."""
    if _kinds.setdefault(kind.key, kind) != kind:
        raise ValueError(f"There is a kind of message “{kind.key}” already.")
    return kind


NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Told:
    """Whom several kinds of message tell, in words for a page, and where their button leads: `link`, in words too (“the page of
    the review”; empty: there is no button), with the placeholder `at`.

    `lets_in`: that link is their own and lets them in. `stops`: by another one, “stop_link”, they stop such emails. Both are secret.
    `called`: whom a preview greets, where that is not whom the letters are about."""

    whom: str
    link: str = ""
    lets_in: bool = False
    stops: bool = False
    at: str = "link"
    called: str = ""


@dataclass(frozen=True)
class Kinds:
    """Kinds of message of an app that share a table of placeholders: what each stands for, and a sample. `always` are in every kind."""

    app: str
    words: Mapping[str, tuple[str, str]]
    always: tuple[str, ...] = ()
    in_confidence: bool = False

    def add(
        self,
        key: str,
        title: str,
        told: Told,
        *names: str,
        link: bool = True,
        secret: tuple[str, ...] = (),
        own: Mapping[str, tuple[str, str]] = NOTHING,
        samples: Mapping[str, str] = NOTHING,
    ) -> MessageKind:
        """Make known a kind with the placeholders named, and with a button unless `link` is False. `secret`: which of those named
        are kept encrypted. `own`: placeholders that stand for something in this kind alone, or for something else than in the table.
        `samples`: what reads better in its preview than that of the table. Raises ValueError where a name is not in the table."""
        names = (*self.always, *names)
        words = {**self.words, **own}
        if unknown := [name for name in names if name not in words]:
            raise ValueError(f"{self.app}.{key}: nothing says what this stands for: {', '.join(unknown)}.")
        said = {name: words[name] for name in (*names, *own)}
        if unknown := [name for name in samples if name not in said]:
            raise ValueError(f"{self.app}.{key}: a sample of what is not in it: {', '.join(unknown)}.")
        leads = {told.at: told.link} if link and told.link else {}
        reader = {"name": told.called} if told.called else {}
        stop = {"stop_link": "the page on which they stop these emails, without an account"} if told.stops else {}
        return add_message_kind(
            MessageKind(
                f"{self.app}.{key}",
                title,
                told.whom,
                {name: what for name, (what, _) in said.items()} | leads | stop,
                {*secret, *stop, *(leads if told.lets_in else ())},
                told.at if leads else None,
                {name: sample for name, (_, sample) in said.items()} | dict(samples) | reader,
                self.in_confidence,
            )
        )


def get(key: str) -> MessageKind:
    """The kind with this key. Raises LookupError when no app has registered it."""
    try:
        return _kinds[key]
    except KeyError:
        raise LookupError(f"No app has registered the kind of message “{key}”.") from None


def find(key: str) -> MessageKind | None:
    """The kind with this key, or nothing: a row may be older than the code."""
    return _kinds.get(key)


def all_kinds() -> list[MessageKind]:
    return [_kinds[key] for key in sorted(_kinds)]


def in_confidence() -> list[str]:
    """The kinds of message that no list has."""
    return [kind.key for kind in _kinds.values() if kind.in_confidence]


def choices() -> list[tuple[str, str]]:
    return [(kind.key, kind.title) for kind in all_kinds()]


def title(key: str) -> str:
    kind = find(key)
    return kind.title if kind else key


@dataclass(frozen=True)
class Text:
    """What a template says: the three things that a coordinator edits."""

    subject: str
    body: str
    button_label: str = ""


@lru_cache(maxsize=256)
def _parse(path: Path, changed: float) -> Text:
    lines = path.read_text(encoding="utf-8").splitlines()
    heads: dict[str, str] = {}
    while lines and ":" in lines[0]:
        head, _, value = lines.pop(0).partition(":")
        heads[head.strip().lower()] = value.strip()
    if not heads.get("subject") or set(heads) - {"subject", "button"} or (lines and lines[0].strip()):
        raise ValueError(f"{path.name} must begin with “Subject: …”, perhaps “Button: …”, and an empty line.")
    return Text(heads["subject"], "\n".join(lines).strip() + "\n", heads.get("button", ""))


def default_text(kind: MessageKind) -> Text:
    """The text that comes with the code. Raises OSError or ValueError when the file is missing or malformed."""
    return _parse(kind.file, kind.file.stat().st_mtime)
