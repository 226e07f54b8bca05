"""What staff hear of an email or a letter that did not arrive, and no mail server tells us: they write it down by hand."""

from typing import Any

from django import forms

from steppingup.accounts.actors import Actor
from steppingup.accounts.roles import SitePermission
from steppingup.formats.by_post import is_by_post
from steppingup.history.lifecycle import refuse_if, required
from steppingup.messaging.actions.incoming import record_as_not_sent
from steppingup.messaging.models import Message
from steppingup.messaging.states import MESSAGE, MessageStatus
from steppingup.steps.step import StepForm, step

HAVE_LEFT = (MessageStatus.SENT, MessageStatus.UNCERTAIN, MessageStatus.POSTED)
NO_WHY = "Write how you know that it did not arrive."


def _require_gone(message: Message) -> None:
    refuse_if(message.status not in HAVE_LEFT, "This has not left, so it cannot have come back.", "not_sent")
    refuse_if(
        message.kind.startswith("account."),
        "Emails about signing in are of use for a short time only. They can ask for another one.",
        "signing_in",
    )


def _what_it_means(message: Message, **_: Any) -> str:
    if is_by_post(message.to_email):
        return "They count as not told. The letter waits to be printed and posted again: put their postal address right first."
    return (
        "They count as not told. It stands among the emails that could not be sent, until you send it again or stop it."
    )


class NotArrivedForm(StepForm):
    why = forms.CharField(
        label="How do you know?",
        help_text="Such as “Rang: the address has a typing mistake” or “Came back: not known at this address”.",
        max_length=300,
        error_messages={"required": NO_WHY},
    )


@step(
    Message,
    "Note that it did not arrive",
    name="note_failure",
    past="Did not arrive",
    meaning=_what_it_means,
    permission=SitePermission.SEE_MESSAGES,
    policy=_require_gone,
    form=NotArrivedForm,
    final="What was written down of an email stays. Send it again, or mark it as posted again.",
)
def note_failure(*, message: Message, why: str, by: Actor) -> Message:
    """It did not reach whom it was for. Raises NotPossible for what has not left, and without a reason."""
    found = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    _require_gone(found)
    said = f"{by} noted that it did not arrive: {required(why, NO_WHY, 'why')}"
    if is_by_post(message.to_email):
        return MESSAGE.move(message, "come back by post", sent_at=None, last_error=said)
    record_as_not_sent(message, said)
    return message
