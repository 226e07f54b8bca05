"""Delivering what is in the outbox. Any number of processes may do so at the same time, and any of them may be killed.

Every step is committed before the next: claimed → (conversation with the mail server) → handing over → (the data) → sent.
What a process that died left behind is sorted out by `release_lost`. docs/messages.md says what follows from that.
"""

import logging
import random
import re
import time
import uuid
from contextlib import closing
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q, QuerySet

from steppingup import clock
from steppingup.accounts.naming import is_own_address
from steppingup.formats.by_post import is_by_post
from steppingup.messaging.models import Message
from steppingup.messaging.states import BACK_OFF, DUE, LEASE, MESSAGE, UNSENT, MessageStatus
from steppingup.messaging.transport import NoConnection, NotDelivered, Post, Refused, Unclear

logger = logging.getLogger(__name__)

METHOD = re.compile(r"^METHOD:(\w+)\s*$", re.M)
ROUND = 50.0  # seconds after which a round ends; the next one goes on
KEEP_SECRETS = timedelta(days=30)  # of messages that could not be sent
NOBODY_KNOWS = (
    "The connection was lost before the mail server confirmed this message, so it may or may not have arrived. It will "
    "not be sent again automatically. Ask the person, or press “Send again”."
)
TOO_LATE = "It could not be sent in time, and is no longer useful."


class ClaimLost(Exception):
    """Another process has this message now."""


def deliver_due() -> int:
    """Deliver whatever is due, for about ROUND seconds at most. Returns how many were sent."""
    release_lost()
    give_up_late()
    forget_old_secrets()
    until, sent = time.monotonic() + ROUND, 0
    with closing(Post()) as post:
        while time.monotonic() < until:
            message = _claim()
            if message is None:
                break
            try:
                sent += _deliver(message, post)
            except NoConnection:
                break  # what is still queued waits for the next round, and no attempt is counted against it
    return sent


def deliver_one(pk: int) -> bool:
    """Deliver this message if it is still due. Says whether it was sent now."""
    message = _claim(pk)
    if message is None:
        return False
    with closing(Post()) as post:
        try:
            return _deliver(message, post)
        except NoConnection:
            return False


@transaction.atomic
def _claim(pk: int | None = None) -> Message | None:
    """Take one due message that no other process is taking."""
    due = Message.objects.due(clock.now()).filter(to__died_on=None)
    if pk is not None:
        due = due.filter(pk=pk)
    # Skipping what others lock lets any number of deliverers work side by side.
    message = due.select_for_update(skip_locked=True, of=("self",)).first()
    if message is None:
        return None
    values = {"claim": uuid.uuid4(), "claimed_at": clock.now(), "attempts": message.attempts + 1}
    return MESSAGE.move(message, "claim", to_email=address_by_now(message), **values)


def address_by_now(message: Message) -> str:
    """Whoever has another address since it was written reads it there: the old one may be somebody else's, or nobody's. What is
    about signing in stays with the address that it was written for; so does what was written to a second one of theirs, as
    whoever typed that does not learn the first."""
    to = message.to
    if to is None or message.kind.startswith("account.") or is_by_post(to.email):
        return message.to_email
    return message.to_email if is_own_address(to, message.to_email) else to.email


@transaction.atomic
def _step(message: Message, step: str, **values: object) -> None:
    """Move a message along, as long as it is still ours. Raises ClaimLost."""
    # Under the lock nobody can take the message over between this look and the move.
    if Message.objects.select_for_update().get(pk=message.pk).claim != message.claim:
        raise ClaimLost
    MESSAGE.move(message, step, **values)


def _deliver(message: Message, post: Post) -> bool:
    """One attempt. Says whether it was sent; raises NoConnection when there is no mail server to try."""
    try:
        post.hand_over(email_of(message), lambda: _step(message, "hand over", claimed_at=clock.now()))
        _step(message, "record as sent", sent_at=clock.now(), sealed=None, last_error="", next_attempt_at=None)
        return True
    except ClaimLost:
        logger.warning("Message %s was taken over by another process.", message.uuid)
    except Unclear as problem:
        logger.error("Message %s may or may not have arrived: %s", message.uuid, problem)
        _settle(message, "lose sight", last_error=NOBODY_KNOWS)
    except Refused as problem:
        _settle(message, "give up", last_error=problem.words)
    except NotDelivered as problem:
        _put_off(message, problem.words)
        if isinstance(problem, NoConnection):
            raise
    except Exception as problem:  # a fault of ours must not stop the messages behind this one
        logger.exception("Message %s could not be sent.", message.uuid)
        if message.status == MessageStatus.HANDING_OVER:
            _settle(message, "lose sight", last_error=NOBODY_KNOWS)
        else:
            _put_off(message, f"Something went wrong on the site ({type(problem).__name__}).")
    return False


def _settle(message: Message, step: str, **values: object) -> None:
    try:
        _step(message, step, **values)
    except ClaimLost:
        logger.warning("Message %s was taken over by another process.", message.uuid)


def _put_off(message: Message, words: str) -> None:
    """Try again after the next interval; after the last one, give up."""
    if message.attempts > len(BACK_OFF):
        _settle(message, "give up", last_error=f"{words} We tried {message.attempts} times.")
        return
    _settle(message, "put off", last_error=words, next_attempt_at=next_attempt(message.attempts, clock.now()))


def next_attempt(attempts: int, now: datetime) -> datetime:
    """When to try again after so many attempts: the interval, give or take a tenth, so that they do not come in step."""
    return now + BACK_OFF[attempts - 1] * random.uniform(0.9, 1.1)


def _plain(typed: str) -> str:
    """What somebody typed is never read as an encoded word: as one it could hold a line break, and no mail server takes that."""
    return typed.replace("=?", "= ?")


def sender_of(message: Message) -> str:
    """The provider’s name, where it has said under which its emails come, before the address of the site: mail servers turn
    away an address of somebody else’s domain (DMARC)."""
    name = _plain(message.provider.sender_name) if message.provider else ""
    return formataddr((name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])) if name else settings.DEFAULT_FROM_EMAIL


def _own_address(message: Message) -> str:
    """The address of the mailbox that the site reads, for this email alone; nothing where it reads none."""
    account = settings.REPLIES
    if account is None or message.provider is None or message.kind.startswith("account."):
        return ""
    return account.address_for(message.uuid.hex)


def answers_go_to(message: Message) -> list[str]:
    """To the people whom it names, and to the mailbox that the site reads."""
    return [address for address in (message.reply_to, _own_address(message)) if address]


def email_of(message: Message) -> EmailMultiAlternatives:
    """The email as it goes out, private links and all."""
    whole = message.whole
    email = EmailMultiAlternatives(
        subject=_plain(whole["subject"]),
        body=whole["text"],
        from_email=sender_of(message),
        to=[message.to_email],
        reply_to=answers_go_to(message) or None,
        headers={"Message-ID": message.message_id_header, "Auto-Submitted": "auto-generated"},
    )
    if own := _own_address(message):
        email.envelope_from = own  # type: ignore[attr-defined]  # what cannot be delivered comes back there
    email.attach_alternative(whole["html"], "text/html")
    if message.calendar:
        _put_into_calendar(email, message.calendar)
    for attached in message.attachments.select_related("file") if message.pk else ():
        with attached.file.file.open("rb") as content:
            email.attach(attached.file.name, content.read(), attached.file.content_type)
    return email


def _put_into_calendar(email: EmailMultiAlternatives, calendar: str) -> None:
    """As a part that programs which know calendars read by themselves (RFC 6047), and as a file for all others."""
    found = METHOD.search(calendar)
    method = found.group(1) if found else "PUBLISH"
    email.attach_alternative(calendar, f"text/calendar; method={method}")
    email.attach("event.ics", calendar.encode(), "application/ics")


def release_lost() -> int:
    """Sort out what processes that were killed left behind. Returns how many messages those were.

    Killed before handing over: it is tried again. Killed afterwards: nobody knows, and it is not sent again by itself."""
    stale = Message.objects.filter(
        status__in=[MessageStatus.SENDING, MessageStatus.HANDING_OVER], claimed_at__lt=clock.now() - LEASE
    )
    return sum(_release(stale.filter(pk=pk)) for pk in stale.values_list("pk", flat=True))


# A transaction for each: what was settled stays settled when a later one cannot be.
@transaction.atomic
def _release(one: QuerySet[Message]) -> bool:
    message = one.select_for_update(skip_locked=True).first()
    if message is None:  # another process is settling it, or it was not lost after all
        return False
    if message.status == MessageStatus.HANDING_OVER:
        MESSAGE.move(message, "lose sight", last_error=NOBODY_KNOWS)
    else:
        words = "The process sending it stopped."
        MESSAGE.move(message, "put off", last_error=words, claim=None, next_attempt_at=clock.now())
    return True


def give_up_late() -> int:
    """Give up what is of no use any more, such as a sign-in code that has expired, or whatever was on its way to somebody who has died."""
    of_no_use = Q(expires_at__lte=clock.now()) | Q(to__died_on__isnull=False)
    late = Message.objects.filter(of_no_use, status__in=DUE)
    with transaction.atomic():
        # What a deliverer has just claimed is passed over: it is on its way.
        found = list(late.select_for_update(skip_locked=True, of=("self",)))
        for message in found:
            secret = message.sealed is not None
            MESSAGE.move(message, "give up", last_error=TOO_LATE, sealed=None, secrets_forgotten=secret)
    return len(found)


def forget_old_secrets() -> int:
    """Private links of messages that could not be sent are kept for 30 days, so that they can be sent again."""
    old = Message.objects.filter(status__in=UNSENT, created_at__lt=clock.now() - KEEP_SECRETS)
    return old.exclude(sealed=None).update(sealed=None, secrets_forgotten=True)
