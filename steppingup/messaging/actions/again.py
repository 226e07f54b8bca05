"""Sending a message once more, when it failed or nobody knows whether it arrived; stopping one that has not left."""

from django.db.models import Q

from steppingup import clock
from steppingup.accounts.actors import Actor
from steppingup.accounts.roles import SitePermission
from steppingup.formats.english import when
from steppingup.history.lifecycle import NotPossible
from steppingup.history.previews import write_down
from steppingup.messaging.actions.sending import tell_workers
from steppingup.messaging.models import Message
from steppingup.messaging.states import DUE, MESSAGE, MessageStatus
from steppingup.steps.step import StepForm, Waiting, Weight, step
from steppingup.steps.waiting import wait_for


def _still_of_use(message: Message) -> None:
    MESSAGE.check(message, "send again")
    if message.expires_at and message.expires_at <= clock.now():
        raise NotPossible(
            "This message was only useful for a short time, which has passed. Ask for a new one.", "expired"
        )
    if message.sealed is None and message.secrets_forgotten:
        raise NotPossible(
            "The private link in this message is no longer kept. Send a new one from the page it is about.", "no_link"
        )


class AgainForm(StepForm):
    """Nothing is asked. What was written since to the same person about the same is said: it may be what holds now."""

    def warnings(self, subject: Message) -> list[str]:
        later = later_letter(subject)
        if later is None:
            return []
        return [
            f"A later email about the same has left: “{later.subject}”, on {when(later.created_at)}. Check that what this one "
            "says is still so."
        ]


def later_letter(message: Message) -> Message | None:
    """The last that was written since to the same person about the same record, and has not been kept from leaving."""
    if message.object_id is None:
        return None
    whom = Q(to=message.to_id) if message.to_id else Q(to=None, to_email=message.to_email)
    about = {"content_type": message.content_type_id, "object_id": message.object_id}
    since = Message.objects.left().exclude(status__in=(*DUE, MessageStatus.FAILED))
    return since.filter(whom, **about, pk__gt=message.pk).order_by("-pk").first()


def _what_became_of_it(message: Message) -> str:
    to = message.to_name or message.to_email
    if message.status == MessageStatus.UNCERTAIN:
        return f"We do not know whether {to} got this. If they did not, send it again."
    return f"This message did not reach {to}. Once the problem is solved, send it again."


@step(
    Message,
    "Send again",
    past="Sent again",
    meaning=_what_became_of_it,
    permission=SitePermission.SEE_MESSAGES,
    lifecycle=MESSAGE,
    moves=("send again",),
    policy=_still_of_use,
    explains=True,
    form=AgainForm,
    bulk=True,
    final="An email cannot be recalled once it has been sent.",
    waiting=Waiting(
        lambda rows: rows.filter(status=MessageStatus.FAILED), "email could not be sent", "emails could not be sent", 10
    ),
)
def send_again(*, message: Message, by: Actor) -> Message:
    """Put a message that failed, or whose arrival is uncertain, back into the outbox, with the same Message-ID. It goes to the
    address that the person has by now.

    Raises NotAllowed without the permission; NotPossible when it was sent, is on its way, or its private link is gone."""
    MESSAGE.move(
        message, "send again", attempts=0, next_attempt_at=clock.now(), last_error="", claim=None, claimed_at=None
    )
    write_down(message)
    tell_workers(message)
    return message


def _what_stopping_means(message: Message) -> str:
    left = "It could not be sent." if message.status == MessageStatus.FAILED else "It has not left yet."
    return f"{left} Stop it, and it is never sent. What it was written about stays as it is."


@step(
    Message,
    "Stop",
    past="Stopped",
    meaning=_what_stopping_means,
    permission=SitePermission.SEE_MESSAGES,
    lifecycle=MESSAGE,
    moves=("stop",),
    bulk=True,
    weight=Weight.DANGER,
)
def stop(*, message: Message, by: Actor) -> Message:
    """Keep an email that has not left, or could not be sent, from leaving. Raises NotPossible once it is on its way."""
    return MESSAGE.move(message, "stop", last_error=f"Stopped by {by}.")


@step(
    Message,
    "Mark as posted",
    past="Posted",
    meaning="Print the letter and post it first. From then on the person counts as told.",
    permission=SitePermission.SEE_MESSAGES,
    lifecycle=MESSAGE,
    moves=("record as posted",),
    bulk=True,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.to_post(), "letter is to be printed and posted", "letters are to be printed and posted", 15
    ),
)
def mark_as_posted(*, message: Message, by: Actor) -> Message:
    """A letter to somebody without an email address was printed and posted. Raises NotPossible for any other message."""
    return MESSAGE.move(message, "record as posted", sent_at=clock.now())


wait_for(
    Message,
    "uncertain",
    Waiting(
        lambda rows: rows.filter(status=MessageStatus.UNCERTAIN),
        "email may not have arrived",
        "emails may not have arrived",
        20,
    ),
)
