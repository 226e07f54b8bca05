"""Sending a message once more, when it failed or nobody knows whether it arrived."""

from django.db import transaction
from django.utils import timezone

from steppingup.accounts.actors import Actor, require
from steppingup.accounts.roles import Permission
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions.sending import tell_workers
from steppingup.messaging.models import Message
from steppingup.messaging.states import MESSAGE


@transaction.atomic
def send_again(*, message: Message, by: Actor) -> Message:
    """Put a message that failed, or whose arrival is uncertain, back into the outbox, with the same Message-ID.

    Raises NotAllowed without the permission; NotPossible when it was sent, is on its way, or its private link is gone."""
    require(by, Permission.SEE_MESSAGES, message.provider_id)
    now = timezone.now()
    MESSAGE.check(message, "send again")
    if message.expires_at and message.expires_at <= now:
        raise NotPossible("This message was only of use for a short time, which has passed. Ask for a new one.")
    if message.sealed is None and message.secrets_forgotten:
        raise NotPossible(
            "The private link in this message is no longer kept. Send a new one from the page it is about."
        )
    MESSAGE.move(message, "send again", attempts=0, next_attempt_at=now, last_error="", claim=None, claimed_at=None)
    tell_workers(message)
    return message
