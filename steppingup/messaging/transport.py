"""Handing one email to the mail server, step by step, so that it is known which step failed.

With SMTP the moment of no return is the end of the data: before it nothing was accepted, after it the server's answer
decides, and if the answer never comes, nobody knows.
"""

import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import sanitize_address

CRLF_DOT = re.compile(rb"(?m)^\.")


class NotDelivered(Exception):
    """It certainly did not go out. `words` is a sentence for a coordinator."""

    def __init__(self, words: str, technical: object = "") -> None:
        super().__init__(f"{words} {technical}".strip())
        self.words = str(self)


class TryLater(NotDelivered):
    """… but may do so later."""


class Refused(NotDelivered):
    """… and never will."""


class Unclear(Exception):
    """The mail server may have accepted it: the connection broke before it answered."""


class NoConnection(TryLater):
    """The mail server cannot be reached at all, so the next message need not be tried now either."""


def _answer(code: int, reply: bytes | str) -> str:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
    return f"It said: {code} {' '.join(words.split())}"[:300]


class Post:
    """A connection to the mail server for one or several messages; opened when first needed. `closing(Post())` ends it."""

    backend: Any = None

    def close(self) -> None:
        backend, self.backend = self.backend, None
        if backend is not None:
            with suppress(OSError, smtplib.SMTPException):  # it was only to say goodbye
                backend.close()

    def open(self) -> None:
        """Raises NoConnection."""
        if self.backend is not None:
            return
        backend = get_connection()
        try:
            backend.open()
        except smtplib.SMTPAuthenticationError as problem:
            raise NoConnection(
                "The mail server did not accept the site's name and password.",
                _answer(problem.smtp_code, problem.smtp_error),
            ) from problem
        except (OSError, smtplib.SMTPException) as problem:
            raise NoConnection("The mail server could not be reached.", f"({problem})") from problem
        self.backend = backend

    def hand_over(self, email: EmailMultiAlternatives, before_data: Callable[[], None]) -> None:
        """Deliver one email; `before_data` is called when the server is ready to take it.

        Raises TryLater, Refused or Unclear; whatever `before_data` raises stops the delivery."""
        self.open()
        smtp = getattr(self.backend, "connection", None)
        if not isinstance(smtp, smtplib.SMTP):  # a folder, a console, the tests' memory: they answer at once
            before_data()
            self.backend.send_messages([email])
            self.close()
            return
        try:
            self._envelope(smtp, email)
            before_data()
            self._data(smtp, email)
        except NotDelivered:
            self._forget(smtp)
            raise
        except BaseException:
            self.close()
            raise

    def _forget(self, smtp: smtplib.SMTP) -> None:
        """Leave the connection fit for the next message, or closed."""
        try:
            if smtp.sock is None or smtp.rset()[0] != 250:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _envelope(self, smtp: smtplib.SMTP, email: EmailMultiAlternatives) -> None:
        sender = sanitize_address(getattr(email, "envelope_from", "") or email.from_email, "utf-8")
        recipient = sanitize_address(email.to[0], "utf-8")
        try:
            smtp.ehlo_or_helo_if_needed()
            code, reply = smtp.mail(sender)
            if code != 250:  # a refusal of ourselves: no fault of the message
                raise TryLater(
                    "The mail server is not accepting mail from this site at the moment.", _answer(code, reply)
                )
            code, reply = smtp.rcpt(recipient)
        except (OSError, smtplib.SMTPException) as problem:
            raise TryLater("The connection to the mail server was lost.", f"({problem})") from problem
        if code not in (250, 251):
            said = _answer(code, reply)
            if 400 <= code < 500:
                raise TryLater("The mail server is not accepting mail for this address at the moment.", said)
            raise Refused(
                f"The mail server does not know the address {email.to[0]}, or does not accept mail for it.", said
            )

    def _data(self, smtp: smtplib.SMTP, email: EmailMultiAlternatives) -> None:
        letter: Any = email.message()  # Django's own class, which knows the line ends of SMTP
        content: bytes = CRLF_DOT.sub(b"..", letter.as_bytes(linesep="\r\n"))
        content += b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            smtp.putcmd("data")
            code, reply = smtp.getreply()
            if code == 354:
                smtp.send(content)
        except (OSError, smtplib.SMTPException) as problem:  # the end of the data was not sent
            smtp.close()
            raise TryLater("The connection to the mail server was lost.", f"({problem})") from problem
        if code == 354:
            try:
                code, reply = smtp.getreply()
            except (OSError, smtplib.SMTPException) as problem:
                raise Unclear(str(problem)) from problem
        if code == 250:
            return
        if 400 <= code < 500:
            raise TryLater("The mail server did not accept the message this time.", _answer(code, reply))
        raise Refused("The mail server did not accept the message.", _answer(code, reply))
