"""A mailbox that is read by IMAP. Nothing in it is deleted or moved; what was kept of it is marked as read."""

import imaplib
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

#: Of what is larger only the beginning is fetched.
MOST_BYTES = 8_000_000
SECONDS = 20
HEADERS_ONLY = "It was larger than 8 MB, so only its beginning was read. The whole of it is in the mailbox"


@dataclass(frozen=True)
class Account:
    """What IMAP_URL says: imaps://user:password@host:993/INBOX?address=replies@example.org."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    address: str
    is_tls: bool

    @property
    def name(self) -> str:
        return f"{self.user}@{self.host}/{self.folder}"[:200]

    def address_for(self, key: str) -> str:
        """The address that answers to one email go to: replies+3f5a…@example.org."""
        local, _, domain = self.address.rpartition("@")
        return f"{local}+{key}@{domain}"


class NotRead(Exception):
    """The mailbox could not be read, in a sentence for whoever runs the site."""


PROBLEMS = (imaplib.IMAP4.error, OSError, socket.timeout, ValueError)


@contextmanager
def opened(account: Account) -> Iterator["Mailbox"]:
    """Signed in, with the folder chosen. Raises NotRead."""
    try:
        client: imaplib.IMAP4
        if account.is_tls:
            client = imaplib.IMAP4_SSL(account.host, account.port, timeout=SECONDS)
        else:
            client = imaplib.IMAP4(account.host, account.port, timeout=SECONDS)
    except PROBLEMS as problem:
        raise NotRead(f"The mailbox cannot be reached ({problem}).") from problem
    try:
        try:
            client.login(account.user, account.password)
            status, _ = client.select(f'"{account.folder}"')
        except PROBLEMS as problem:
            raise NotRead("The mailbox did not accept the name and password of IMAP_URL.") from problem
        if status != "OK":
            raise NotRead(f"The mailbox has no folder “{account.folder}”.")
        yield Mailbox(client)
    finally:
        with suppress(Exception):  # it was only to say goodbye
            client.logout()


class Mailbox:
    def __init__(self, client: imaplib.IMAP4) -> None:
        self.client = client

    @property
    def validity(self) -> int:
        """Numbers of emails mean the same as long as this is the same."""
        found = self.client.response("UIDVALIDITY")[1]
        return int(found[0]) if found and found[0] else 0

    def after(self, uid: int) -> list[int]:
        """The numbers of emails that came after this one, in their order."""
        status, found = self._uid("SEARCH", f"UID {uid + 1}:*")
        said = found[0] if status == "OK" and found else b""
        numbers = [int(one) for one in said.split()] if isinstance(said, bytes) else []
        # “*” is the last one, also where that is an earlier one.
        return sorted(number for number in numbers if number > uid)

    def fetch(self, uid: int) -> tuple[bytes, str]:
        """An email as it came, and why only its beginning, where it is too large."""
        _, sizes = self._uid("FETCH", str(uid), "(RFC822.SIZE)")
        found = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(one for one in sizes if isinstance(one, bytes)))
        large = found is not None and int(found[1]) > MOST_BYTES
        what = "(BODY.PEEK[HEADER])" if large else "(BODY.PEEK[])"
        _, rows = self._uid("FETCH", str(uid), what)
        content = next((row[1] for row in rows if isinstance(row, tuple) and len(row) > 1), b"")
        return bytes(content), HEADERS_ONLY if large else ""

    def mark_as_read(self, uid: int) -> None:
        self._uid("STORE", str(uid), "+FLAGS", r"(\Seen)")

    def _uid(self, *command: str) -> tuple[str, list[object]]:
        try:
            status, rows = self.client.uid(command[0], *command[1:])
        except PROBLEMS as problem:
            raise NotRead(f"The connection to the mailbox was lost ({problem}).") from problem
        return status, list(rows or [])
