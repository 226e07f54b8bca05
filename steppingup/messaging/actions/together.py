"""Writing many messages at once: the same words to everybody of a cohort."""

from collections.abc import Sequence

from django.db import transaction

from steppingup.history.together import in_one_transaction
from steppingup.messaging import scopes
from steppingup.messaging.actions.sending import (
    hand_on,
    held_back,
    let_go_what_waits,
    list_on_pages,
    stays_unsaid,
    write,
)
from steppingup.messaging.models import Message, MessageTemplate
from steppingup.messaging.notices import Notice
from steppingup.messaging.states import MessageStatus
from steppingup.runtime.broker import nudge


@in_one_transaction()
def send_together(notices: Sequence[Notice]) -> list[Message]:
    """Write all of these into the outbox, in the caller's transaction, as `send` writes one: a few statements however many there are,
    and one word to the workers.

    Raises what `send` raises."""
    templates: dict[tuple[str, tuple[tuple[int, int], ...]], MessageTemplate] = {}
    written = []
    for notice in notices:
        key = (notice.kind.key, tuple(map(scopes.key, notice.around)))
        if key not in templates:
            templates[key] = MessageTemplate.objects.nearest(notice.kind.key, notice.around)
        message = write(notice, templates[key])
        if not stays_unsaid(notice, message):
            written.append((message, notice))
    waiting = set(
        held_back().filter(to_email__in={one.to_email for one, _ in written}).values_list("to_email", flat=True)
    )
    for message, notice in written:
        if message.to_email in waiting:
            let_go_what_waits(notice, message.to_email)
    messages = Message.objects.bulk_create([message for message, _ in written])
    list_on_pages(written)
    for message in messages:
        hand_on(message)
    if any(message.status == MessageStatus.QUEUED for message in messages):
        transaction.on_commit(_tell_workers, robust=True)
    return messages


def _tell_workers() -> None:
    nudge("messaging.deliver_due")
