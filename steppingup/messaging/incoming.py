"""What an email that has come in says: which of ours it answers, what kind it is, its words and what came with it.

Everything in it was written by somebody whom nobody has checked. Nothing here fails on what it may be; what cannot be read is left
out, with a sentence."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as Email
from email.utils import getaddresses, parseaddr
from html.parser import HTMLParser
from uuid import UUID

from steppingup.messaging.rendering import one_line
from steppingup.messaging.states import ReplyKind

MOST_CHARACTERS = 20_000
MOST_PARTS = 60
MOST_FILES = 5
#: Where the address stands to which it was sent.
ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To")
OUR_KEY = re.compile(r"\+([0-9a-f]{32})@", re.IGNORECASE)
OUR_ID = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE)
NO_WORDS = "(It has no text that we can show.)"


@dataclass(frozen=True)
class Part:
    """Something that came with it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Incoming:
    kind: ReplyKind
    answers: tuple[UUID, ...]
    key: str
    from_name: str
    from_email: str
    subject: str
    text: str
    files: tuple[Part, ...] = ()
    left_out: tuple[str, ...] = ()
    #: What a calendar answered, as it stands (iCalendar).
    calendar: str = ""
    #: Of one that could not be delivered: what the mail server says.
    why: str = ""


class _Text(HTMLParser):
    """The words of HTML: nothing of its styles and scripts, a line for each block."""

    BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("script", "style", "head"):
            self.hidden += 1
        if tag in self.BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "head"):
            self.hidden = max(0, self.hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def _words_of(html: str) -> str:
    reader = _Text()
    with suppress(Exception):  # whatever it is: what was read so far stands
        reader.feed(html)
        reader.close()
    return re.sub(r"\n\s*\n+", "\n\n", re.sub(r"[ \t\r\f\v]+", " ", "".join(reader.words)))


def _clean(text: str, most: int = MOST_CHARACTERS) -> str:
    """Without what a database or a page cannot have."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    kept = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c in "\n\t" or c.isprintable())
    return kept.strip()[:most]


def _header(email: Email, name: str) -> str:
    """A header as it reads, in one line; nothing where it cannot be read."""
    raw = email.get(name)
    if raw is None:
        return ""
    text = str(raw)
    with suppress(Exception):
        text = str(make_header(decode_header(text)))
    return one_line(_clean(text, 4000))


def _raw(email: Email, name: str) -> str:
    return " ".join(str(value) for value in email.get_all(name, []))[:20_000]


def _parts(email: Email) -> Iterator[Email]:
    """The parts that are no boxes for others; of one within it (a message that came back) not its own."""
    waiting, seen = [email], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        inside = part.get_payload()
        if part.is_multipart() and isinstance(inside, list) and part.get_content_maintype() == "multipart":
            waiting = [one for one in inside if isinstance(one, Email)] + waiting
        else:
            yield part


def _bytes(part: Email) -> bytes:
    found: object = None
    with suppress(Exception):
        found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _decoded(part: Email) -> str:
    content = _bytes(part)
    with suppress(LookupError, UnicodeError, TypeError, ValueError):
        return content.decode(str(part.get_content_charset() or "utf-8"))
    return content.decode("utf-8", "replace")


def _name_of(part: Email) -> str:
    name = ""
    with suppress(Exception):
        name = str(make_header(decode_header(str(part.get_filename() or ""))))
    return one_line(_clean(name, 150))


@dataclass
class _Read:
    plain: str = ""
    html: str = ""
    files: list[Part] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    calendar: str = ""


def _read(email: Email) -> _Read:
    """Its words and what came with it. Of several texts the first holds."""
    found = _Read()
    for part in _parts(email):
        kind, name = part.get_content_type(), _name_of(part)
        is_file = bool(name) or part.get_content_disposition() == "attachment"
        if kind == "text/calendar" and not found.calendar:
            found.calendar = _decoded(part)[:100_000]
        elif kind == "text/plain" and not is_file:
            found.plain = found.plain or _decoded(part)
        elif kind == "text/html" and not is_file:
            found.html = found.html or _decoded(part)
        elif is_file and len(found.files) < MOST_FILES:
            found.files.append(Part(name or "file", _bytes(part)))
        elif is_file:
            found.left_out.append(f"{name or 'A file'}: more than {MOST_FILES} files came with it")
    return found


def _is_automatic(email: Email) -> bool:
    """As whoever is out of office, or a machine, says of itself (RFC 3834), and as some say it otherwise."""
    said = _header(email, "Auto-Submitted").lower().partition(";")[0].strip()
    if said and said != "no":
        return True
    if _header(email, "Precedence").lower() in ("auto_reply", "bulk", "junk"):
        return True
    return any(email.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))


def _report(email: Email) -> tuple[bool, str]:
    """Of a report about a delivery (RFC 3464): has it failed for good, and in what words; nothing where it is none."""
    for part in _parts(email):
        if part.get_content_type() != "message/delivery-status":
            continue
        inside = part.get_payload()
        blocks = [one for one in inside if isinstance(one, Email)] if isinstance(inside, list) else []
        for block in blocks:
            action = _header(block, "Action").lower()
            said = _header(block, "Diagnostic-Code").partition(";")[2].strip() or _header(block, "Status")
            if action == "failed":
                return True, said[:500]
        return False, ""
    return False, ""


def _answers(email: Email) -> tuple[UUID, ...]:
    """The numbers of emails of ours that it names: in the address that it was sent to, before what it refers to, before what came back."""
    found = [UUID(one) for name in ADDRESSED for one in OUR_KEY.findall(_raw(email, name))]
    found += [
        UUID(one) for name in ("In-Reply-To", "References") for one in reversed(OUR_ID.findall(_raw(email, name)))
    ]
    for part in _parts(email):
        inside = part.get_payload()
        if (
            part.get_content_type() == "message/rfc822"
            and isinstance(inside, list)
            and inside
            and isinstance(inside[0], Email)
        ):
            found += [UUID(one) for one in OUR_ID.findall(_raw(inside[0], "Message-ID"))]
        elif part.get_content_type() == "text/rfc822-headers":
            found += [UUID(one) for one in OUR_ID.findall(_decoded(part)[:20_000])]
    return tuple(dict.fromkeys(found))


def read(raw: bytes, *, left_out: str = "") -> Incoming:
    """What an email says. `left_out`: why only its beginning was fetched."""
    email = message_from_bytes(raw)
    failed, why = _report(email)
    name, address = parseaddr(_header(email, "From"))
    written = _read(email)
    text = _clean(written.plain) or _clean(_words_of(written.html))
    key = _raw(email, "Message-ID").strip() or hashlib.sha256(raw).hexdigest()
    kind = (
        ReplyKind.FAILED if failed else ReplyKind.AWAY if _is_automatic(email) or _is_report(email) else ReplyKind.REPLY
    )
    return Incoming(
        kind=kind,
        answers=_answers(email),
        key=hashlib.sha256(key.encode("utf-8", "replace")).hexdigest(),
        from_name=_clean(name, 150),
        from_email=_address(address),
        subject=_header(email, "Subject")[:300],
        text=text or NO_WORDS,
        files=() if failed else tuple(written.files),
        left_out=tuple(filter(None, (left_out, *written.left_out))),
        why=why,
        calendar=written.calendar,
    )


def _is_report(email: Email) -> bool:
    return email.get_content_type() == "multipart/report"


def _address(text: str) -> str:
    found = [address for _, address in getaddresses([text]) if re.fullmatch(r"[^\s@<>]{1,64}@[^\s@<>]{1,180}", address)]
    return found[0] if found else ""
