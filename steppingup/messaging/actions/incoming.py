"""Reading the mailbox to which answers go, and keeping them with the emails that they answer."""

import logging
from collections.abc import Callable, Iterable
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from steppingup import clock
from steppingup.accounts.naming import is_own_address
from steppingup.files.actions.files import store
from steppingup.files.rules import FileRule
from steppingup.formats.sameness import same_address
from steppingup.messaging import incoming, kinds
from steppingup.messaging.incoming import Incoming, Part
from steppingup.messaging.mailbox import Account, Mailbox, NotRead, opened
from steppingup.messaging.models import MailboxPlace, Message, Reply, ReplyFile
from steppingup.messaging.states import MESSAGE, MessageStatus, ReplyKind

logger = logging.getLogger(__name__)

#: So many emails are read in a round; the next one goes on.
ROUND = 200
KEPT = FileRule(kinds=frozenset({"pdf", "docx", "png", "jpeg"}), max_bytes=5_000_000)
#: Whoever reads what calendars answer: what it says, and who wrote it. Each says whether it was for it.
calendar_answers: list[Callable[[str, str], bool]] = []
#: What a calendar says, in words, and the email that it is about, where the calendar alone tells that.
Asked = tuple[Message | None, str]
#: Whoever reads what calendars ask of staff; nothing where it is not for it.
calendar_questions: list[Callable[[str, str], Asked | None]] = []
CAME_BACK = "The mail server took it, and then said that it could not be delivered."


def account() -> Account | None:
    """The mailbox that is read; nothing where none is set up."""
    found: Account | None = settings.REPLIES
    return found


def read_mailbox() -> int:
    """Read what has come since the last time. Returns how many emails were kept. What answers none of ours is left as it is."""
    found = account()
    if found is None:
        return 0
    place, _ = MailboxPlace.objects.get_or_create(mailbox=found.name)
    try:
        with opened(found) as mailbox:
            kept = _read_new(place, mailbox)
        problem = ""
    except NotRead as why:
        kept, problem = 0, str(why)
        logger.warning("The mailbox of replies: %s", problem)
    MailboxPlace.objects.filter(pk=place.pk).update(read_at=clock.now(), last_problem=problem)
    return kept


def _read_new(place: MailboxPlace, mailbox: Mailbox) -> int:
    kept, validity = 0, mailbox.validity
    if place.validity != validity:  # another mailbox under the same name: read from its beginning
        MailboxPlace.objects.filter(pk=place.pk).update(validity=validity, last_uid=0)
        place.last_uid = 0
    for uid in mailbox.after(place.last_uid)[:ROUND]:
        raw, left_out = mailbox.fetch(uid)
        if _take(place, uid, raw, left_out):
            mailbox.mark_as_read(uid)
            kept += 1
    return kept


def _take(place: MailboxPlace, uid: int, raw: bytes, left_out: str) -> bool:
    """Keep one email, if it answers one of ours, and note that it was read: both, or neither. Another process that reads the same
    mailbox comes second."""
    with transaction.atomic():
        here = MailboxPlace.objects.select_for_update().get(pk=place.pk)
        if here.last_uid >= uid and here.validity:
            return False
        reply, was_read = None, False
        try:
            with transaction.atomic():
                given = incoming.read(raw, left_out=left_out)
                was_read = bool(given.calendar) and any(
                    reads(given.calendar, given.from_email) for reads in calendar_answers
                )
                reply = None if was_read and _is_wordless(given) else keep(given, _asked(given))
        except Exception:  # whatever it is, it does not keep those behind it from being read; it stays in the mailbox
            logger.exception("Email %s of the mailbox of replies cannot be read. It stays there.", uid)
        here.last_uid = uid
        here.save(update_fields=["last_uid"])
    return was_read or reply is not None


def _is_wordless(given: Incoming) -> bool:
    """What a calendar answered by itself, as somebody pressed a button: nobody waits for an answer to it."""
    return given.text == incoming.NO_WORDS and not given.files


def _asked(given: Incoming) -> Asked | None:
    if not given.calendar:
        return None
    return next(filter(None, (reads(given.calendar, given.from_email) for reads in calendar_questions)), None)


def keep(given: Incoming, asked: Asked | None = None) -> Reply | None:
    """Keep an answer with the email that it answers, once. Nothing where it answers none of ours, or is there already. `asked`: what a
    calendar says in it, and of which email."""
    message = _answered(given.answers) or (asked[0] if asked else None)
    if message is None or Reply.objects.filter(key=given.key).exists():
        return None
    reply = Reply.objects.create(
        message=message,
        provider=message.provider,
        person=message.to,
        kind=given.kind,
        from_name=given.from_name,
        from_email=given.from_email,
        is_from_them=_is_theirs(message, given.from_email),
        subject=given.subject,
        text=given.why or given.text if given.kind == ReplyKind.FAILED else _words(given, asked),
        key=given.key,
    )
    left_out = [*given.left_out, *_keep_files(reply, given.files)]
    if left_out:
        reply.left_out = "\n".join(left_out)
        reply.save(update_fields=["left_out"])
    if given.kind == ReplyKind.FAILED:
        come_back(message, given.why)
    return reply


def _words(given: Incoming, asked: Asked | None) -> str:
    """Theirs, after those for what their calendar asks; where they wrote none, what it answers."""
    if asked is None:
        return given.text
    message, said = asked
    if given.text == incoming.NO_WORDS:
        return said
    return f"{said}\n\n{given.text}" if message else given.text


def _answered(numbers: Iterable[UUID]) -> Message | None:
    """The first of these that is an email of ours which left, and is not about signing in."""
    keys = list(numbers)[:50]
    found = {one.uuid: one for one in Message.objects.filter(uuid__in=keys).select_related("to", "provider")}
    return next((found[key] for key in keys if key in found and not found[key].kind.startswith("account.")), None)


def _is_theirs(message: Message, address: str) -> bool:
    if not address:
        return False
    if same_address(address, message.to_email):
        return True
    return message.to is not None and is_own_address(message.to, address)


def _keep_files(reply: Reply, files: Iterable[Part]) -> list[str]:
    """Check what came with it like every upload. Returns what was not kept, and why."""
    left_out = []
    for part in files:
        if len(part.content) > KEPT.max_bytes:
            left_out.append(f"{part.name}: it is larger than 5 MB")
            continue
        try:
            with transaction.atomic():
                stored = store(upload=SimpleUploadedFile(part.name, part.content), rule=KEPT, by=None)
                ReplyFile.objects.create(reply=reply, file=stored)
        except ValidationError as why:
            left_out.append(f"{part.name}: {' '.join(why.messages)}")
    return left_out


def come_back(message: Message, why: str) -> None:
    """A mail server further on could not deliver it: it counts as not sent. What let its reader in is no longer kept."""
    if message.status not in (MessageStatus.SENT, MessageStatus.UNCERTAIN):
        return
    record_as_not_sent(message, f"{CAME_BACK} It said: {why}" if why else CAME_BACK)


def record_as_not_sent(message: Message, said: str) -> None:
    kind = kinds.find(message.kind)
    private = bool(kind and kind.secret_placeholders)
    MESSAGE.move(message, "come back", sent_at=None, last_error=said, secrets_forgotten=private)
