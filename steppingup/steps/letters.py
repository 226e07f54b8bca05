"""What becomes of the letters of a step that is taken back: those that wait are stopped, those that left are put right."""

from collections.abc import Callable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from steppingup import clock
from steppingup.accounts.actors import Actor
from steppingup.accounts.models import TokenLink, User
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.history.previews import note
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.actions.again import later_letter
from steppingup.messaging.kinds import MessageKind, add_message_kind
from steppingup.messaging.models import Message
from steppingup.messaging.notices import name_of
from steppingup.messaging.states import DUE, MESSAGE, UNDERWAY, MessageStatus
from steppingup.steps.models import Taking
from steppingup.steps.restoring import Back, put_back, rows_of

SORRY = "It was our mistake, and we are sorry."
#: Nobody knows here what that is, so nothing is said about it.
AS_BEFORE = "Everything is as it was before we wrote: what was to be done then still is, and nothing else."

TAKEN_BACK = add_message_kind(
    MessageKind(
        "steps.taken_back",
        "What we wrote no longer holds",
        "Whoever was told",
        {
            "letters": "the subjects of what was written",
            "when": "when it was written",
            "sorry": "an apology, where the mistake was ours",
            "now": "what holds instead",
            "words": "what staff wish to add",
        },
        samples={
            "letters": "“Your application for Stepping Up”",
            "when": "Tuesday 3 December 2019, 10:42am",
            "sorry": SORRY,
            "now": AS_BEFORE,
            "words": "If you have a question, ring Priya Nair on 0117 496 0155.",
        },
    )
)
TAKEN_BACK_SINCE = "The step that wrote it was taken back."

_standing: dict[type[models.Model], Callable[[Any, Message], str]] = {}


def say_how_it_stands(model: type[models.Model], words: Callable[[Any, Message], str]) -> None:
    """What whoever was told about a record of the model reads now that it is as it was; nothing, for the usual words."""
    _standing[model] = words


def put_right(back: Back, words: str) -> None:
    """Stop what has not left, or could not be sent, and write once to everybody whom something has reached; never more than that.
    Nothing of it can be sent again."""
    told: dict[Any, list[Message]] = {}
    rows = Message.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in back.messages])
    for message in rows.order_by("to_email", "pk"):
        if message.status in (*DUE, MessageStatus.TO_POST):
            MESSAGE.move(message, "stop", last_error=TAKEN_BACK_SINCE)
            note(f"Not sent: “{message.subject}” to {name_of(message, back.by)}. It has not left yet.")
        elif message.status == MessageStatus.FAILED:
            MESSAGE.move(message, "stop", last_error=f"{message.last_error} {TAKEN_BACK_SINCE}".strip())
        elif message.status != MessageStatus.STOPPED:
            _end(message)
            if not _belongs_to_what_is_lost(message, back):
                told.setdefault(message.to_id or message.to_email, []).append(message)
    for messages in told.values():
        _write(messages, back, words)


def _end(message: Message) -> None:
    """It has reached somebody, or may have: after the letter that puts it right it must not come once more."""
    if message.status == MessageStatus.UNCERTAIN:
        words = f"We do not know whether it arrived. {TAKEN_BACK_SINCE}"
        MESSAGE.move(message, "record as sent", sent_at=clock.now(), sealed=None, last_error=words)
    elif message.status in UNDERWAY:
        Message.objects.filter(pk=message.pk).update(expires_at=clock.now())


def may_leave(message: Message, back: Back) -> None:
    """Asked where taking a step back lets an email leave after all. Raises NotPossible where the step that wrote it was taken
    back meanwhile, or something later about the same has reached its reader."""
    written_by_it = any(row.model is Message and row.key == message.pk and row.kind == "made" for row in back.rows)
    if written_by_it or message.status not in (*DUE, MessageStatus.TO_POST):
        return
    table = Message._meta.db_table
    written = {"changes__table": table, "changes__key": message.pk, "changes__before__isnull": True}
    refuse_if(
        Taking.objects.filter(**written).exclude(taken_back_at=None).exists(),
        "The step that wrote this email has been taken back since, so what it says no longer holds.",
        "taken_back",
    )
    later = later_letter(message)
    if later is not None:
        raise NotPossible(
            f"A later email about the same has left since: “{later.subject}”, on {english.when(later.created_at)}. "
            "What this one says may no longer be so: write to them yourself.",
            "later",
        )


def _belongs_to_what_is_lost(message: Message, back: Back) -> bool:
    return message.content_type is not None and message.content_type.app_label in back.without


def _write(messages: list[Message], back: Back, words: str) -> None:
    first = messages[0]
    ours = back.is_mistake and bool(back.taking.by and back.taking.by.is_staff and back.taking.by_id != first.to_id)
    told_as_staff = bool(first.to and first.to.is_staff)
    about: Any = first.about
    said = (
        _standing[type(one.about)](one.about, one) for one in messages if one.about and type(one.about) in _standing
    )
    stands = " ".join(dict.fromkeys(filter(None, said)))
    send(
        Notice(
            TAKEN_BACK,
            _recipient(first),
            about,
            {
                "letters": english.listed([f"“{message.subject}”" for message in messages]),
                "when": english.when(first.created_at),
                "sorry": SORRY if ours and not told_as_staff else "",
                "now": stands or AS_BEFORE,
                "words": words.strip(),
            },
            name=first.to_name,
            provider=first.provider,
            reply_to=first.reply_to,
        )
    )


def _recipient(message: Message) -> User | str:
    """The person at the address that we wrote to: they may have another by now, and then that is where they read."""
    return message.to or message.to_email


def bring_back(record: models.Model, *, by: Actor) -> bool:
    """Put back what the last step that changed this record did to the rows of its app, and to nothing else; whoever was
    told about these reads that it no longer holds. Says whether that could be done."""
    table, app = record._meta.db_table, record._meta.app_label
    of_record = Taking.objects.standing().filter(changes__table=table, changes__key=record.pk)
    taking = of_record.order_by("-pk").first()
    if taking is None:
        return False
    about = ContentType.objects.filter(app_label=app)
    told = set(
        Message.objects.filter(content_type__in=about, pk__in=_keys(taking, Message)).values_list("pk", flat=True)
    )
    rows = [
        row
        for row in rows_of(taking)
        if row.model._meta.app_label == app
        or (row.model is TokenLink and row.kind == "changed")
        or (row.model is Message and row.key in told)
    ]
    back = Back(taking, by, "", is_mistake=False, rows=rows)
    try:
        with transaction.atomic():
            put_back(back, rows)
            put_right(back, "")
    except NotPossible:
        return False
    return True


def _keys(taking: Taking, model: type[models.Model]) -> Any:
    return taking.changes.filter(table=model._meta.db_table).values("key")
