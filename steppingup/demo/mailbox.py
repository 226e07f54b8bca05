"""The emails that the demonstration has really delivered: into files, by Django's filebased backend."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

BETWEEN = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True)
class Letter:
    """One email as it arrived. `key` stands in its address."""

    key: str
    to: str
    sender: str
    subject: str
    when: datetime
    text: str
    html: str
    message_id: str

    def matches(self, words: str) -> bool:
        return words.lower() in f"{self.to} {self.subject}".lower()


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


@lru_cache(maxsize=5000)
def _read(path: Path, changed: float) -> tuple[Letter, ...]:
    letters = []
    for number, raw in enumerate(part for part in path.read_bytes().split(BETWEEN) if part.strip()):
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        letters.append(
            Letter(
                key=f"{path.stem}-{number}",
                to=str(message["To"] or ""),
                sender=str(message["From"] or ""),
                subject=str(message["Subject"] or ""),
                when=parsedate_to_datetime(str(message["Date"])),
                text=_part(message, "plain"),
                html=_part(message, "html"),
                message_id=str(message["Message-ID"] or ""),
            )
        )
    return tuple(letters)


def letters(words: str = "") -> list[Letter]:
    """Every email in the box, the newest first; with `words`, those whose address or subject holds them."""
    folder = Path(settings.MAILBOX_DIR)
    files = sorted(folder.glob("*.log"), reverse=True) if folder.is_dir() else []
    found = [letter for file in files for letter in _read(file, file.stat().st_mtime)]
    found.sort(key=lambda letter: letter.when, reverse=True)
    return [letter for letter in found if letter.matches(words)] if words else found


def letter(key: str) -> Letter | None:
    return next((found for found in letters() if found.key == key), None)
