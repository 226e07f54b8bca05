"""Writing a message into the outbox, and showing what one would say."""

import uuid
from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.db.models import Q

from steppingup import clock
from steppingup.accounts.models import User
from steppingup.formats.by_post import is_by_post
from steppingup.history.lifecycle import NotPossible
from steppingup.history.patience import waits
from steppingup.history.previews import note, write_down
from steppingup.history.silence import is_silent
from steppingup.history.together import in_one_transaction
from steppingup.messaging import scopes
from steppingup.messaging.kinds import MessageKind, Text
from steppingup.messaging.models import Attachment, Message, MessageSubject, MessageTemplate
from steppingup.messaging.notices import Notice
from steppingup.messaging.rendering import Rendered, in_words, is_link, mask, one_line, render
from steppingup.messaging.states import MESSAGE, MessageStatus
from steppingup.runtime.broker import nudge

#: Whom previews greet, unless the kind says who reads it.
SOMEBODY = "Amara Okafor"


def _values(kind: MessageKind, email: str, name: str, given: Mapping[str, Any]) -> dict[str, str]:
    """Every placeholder with its words. Raises ValueError when the caller forgot one or gave one that is not declared."""
    wrong = set(kind.placeholders) ^ set(given)
    if wrong:
        missing, extra = sorted(set(kind.placeholders) - set(given)), sorted(set(given) - set(kind.placeholders))
        raise ValueError(f"{kind.key}: missing placeholders {missing}, unknown placeholders {extra}.")
    common = {
        "greeting": f"Dear {name}" if name else "Hello",
        "name": name or email,
        "site_name": settings.SITE_NAME,
        "site_link": settings.SITE_URL,
    }
    return {**common, **{key: in_words(value) for key, value in given.items()}}


def preview_text(kind: MessageKind, text: Text, message: Message | None) -> Rendered:
    """A text that is being edited, with the values of a message that was really sent, or with samples."""
    samples = kind.sample()
    hidden = {name: samples[name] for name in kind.secret_placeholders}
    given = {**samples, **(message.context if message else {})}
    given = {key: value for key, value in given.items() if key in kind.placeholders}
    email, name = (message.to_email, message.to_name) if message else ("", kind.samples.get("name", SOMEBODY))
    secrets = {name: mask(sample) if message or is_link(sample) else sample for name, sample in hidden.items()}
    values = {**_values(kind, email, name, given), **secrets}
    return render(kind, text, values, provider=message.provider if message else None)


def _message_id(key: uuid.UUID) -> str:
    """The same for every attempt, so that a receiver who gets two copies can drop one."""
    host = urlsplit(settings.SITE_URL).hostname or parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{key}@{host or 'localhost'}>"


def _require_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise NotPossible(f"“{email}” is not an email address, so the message cannot be sent.", "address") from None


def _require_secrets(kind: MessageKind, values: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
    """A secret that is declared as an ordinary placeholder would be kept for ever, in plain words."""
    declared = set(kind.secret_placeholders)
    wrong = set(secrets) - declared | set(values) & declared
    if wrong:
        raise ValueError(f"{kind.key}: secrets and secret placeholders differ: {sorted(wrong)}.")


def stays_unsaid(notice: Notice, message: Message) -> bool:
    """Nothing is written to somebody who has died, and inside a silence to nobody: whoever takes the step reads whom they would tell."""
    who = message.to_name or message.to_email
    if isinstance(notice.to, User) and notice.to.died_on:
        note(f"{who} has died, so nothing is written to them.")
        return True
    if is_silent():
        note(
            f"We do not write to {who} ({notice.kind.told[:1].lower()}{notice.kind.told[1:]}). Tell them yourself, when it is time."
        )
        return True
    return False


@in_one_transaction()
def send(notice: Notice) -> Message:
    """Write a notice into the outbox, in the caller's transaction. It goes out soon after that is committed. What stays unsaid
    (`stays_unsaid`) comes back as it would have been, and is not kept.

    Raises NotPossible when the address cannot be one; ValueError when placeholders are missing or not declared."""
    message = write(notice, MessageTemplate.objects.nearest(notice.kind.key, notice.around))
    if stays_unsaid(notice, message):
        return message
    let_go_what_waits(notice, message.to_email)
    message.next_attempt_at = clock.now() + waits()  # after what was let go
    message.save(force_insert=True)
    list_on_pages([(message, notice)])
    hand_on(message)
    if message.status == MessageStatus.QUEUED:
        tell_workers(message)
    return message


def write(notice: Notice, template: MessageTemplate) -> Message:
    """The row of a notice, not saved yet, in the words of the template or of its own. Raises what `send` raises."""
    kind, provider = notice.kind, notice.whose
    known, secrets = notice.work_out(), notice.secrets() if callable(notice.secrets) else notice.secrets
    user = notice.to if isinstance(notice.to, User) else None
    email = one_line(str(notice.to)) if user is None else notice.email or user.email
    name = one_line(notice.called or notice.name or (user.full_name if user else ""))
    _require_address(email)
    _require_secrets(kind, known, secrets)
    values = _values(kind, email, "" if notice.called else name, {**known, **secrets})
    text = notice.text or template.text
    shown = render(kind, text, values, provider=provider, hidden=tuple(secrets))
    # What lets somebody in is for whoever clicks on it: a letter on paper passes through too many hands.
    whole = render(kind, text, values, provider=provider) if secrets and not is_by_post(email) else None
    key = uuid.uuid4()
    return Message(
        uuid=key,
        kind=kind.key,
        template=template if template.pk else None,
        provider=provider,
        cohort=scopes.limit_of(notice.around),
        to=user,
        to_email=email,
        to_name=name[:200],
        reply_to=notice.answered_by,
        about=notice.about,
        subject=shown.subject,
        text=shown.text,
        html=shown.html,
        context={name: in_words(value) for name, value in known.items()},
        calendar=notice.calendar,
        sealed=whole and {"subject": whole.subject, "text": whole.text, "html": whole.html},
        expires_at=notice.expires_at,
        next_attempt_at=clock.now() + waits(),
        message_id_header=_message_id(key),
    )


def hand_on(message: Message) -> None:
    """What is to be known of a row that was written, and what becomes of one that no mail server can take."""
    write_down(message)
    if is_by_post(message.to_email):
        MESSAGE.move(message, "set aside")
        who = message.to_name or "One of them"
        note(f"{who} has no email address: print and post the letter “{message.subject}” afterwards.")


def held_back() -> Any:
    """What was written and waits for a while before it leaves."""
    waiting = (MessageStatus.QUEUED, MessageStatus.TO_POST)
    return Message.objects.filter(status__in=waiting, next_attempt_at__gt=clock.now())


def let_go_what_waits(notice: Notice, email: str) -> None:
    """What was written before to the same address about the same record leaves first, also where it was to wait: read after the
    later one, it would say what is no longer so."""
    # People, and what many records have in common, are no matter that a letter is about.
    general = tuple(notice.around)
    records = [
        one for one in (notice.about, *notice.related) if one and not isinstance(one, User) and one not in general
    ]
    if waits() or not records:  # this one waits too, and longer
        return
    held = held_back().filter(to_email=email)
    same = Q(pk__in=[])
    for record in records:
        same |= _is(record)
    if notice.about in records:
        same |= Q(pk__in=MessageSubject.objects.filter(_is(notice.about), message__in=held).values("message"))
    for message in held.filter(same).order_by("pk"):
        Message.objects.filter(pk=message.pk).update(next_attempt_at=clock.now())
        if message.status == MessageStatus.QUEUED:
            tell_workers(message)


def _is(record: models.Model) -> Q:
    return Q(content_type=ContentType.objects.get_for_model(record), object_id=record.pk)


def tell_workers(message: Message) -> None:
    """When the transaction is through, ask a worker to deliver it now rather than at the next round."""
    # Not a partial: Django writes the name of what failed into the log, and a partial has none.
    transaction.on_commit(lambda: nudge("messaging.deliver", message.pk), robust=True)


def list_on_pages(written: Sequence[tuple[Message, Notice]]) -> None:
    """Each message on the pages of what it is about, with the files that go with it."""
    subjects, files = [], []
    for message, notice in written:
        objects = [one for one in (notice.about, *notice.related) if one is not None]
        rows = {(ContentType.objects.get_for_model(one).pk, one.pk) for one in objects}
        subjects += [MessageSubject(message=message, content_type_id=kind, object_id=pk) for kind, pk in sorted(rows)]
        files += [Attachment(message=message, file=file) for file in notice.files]
    MessageSubject.objects.bulk_create(subjects)
    if files:
        Attachment.objects.bulk_create(files)
