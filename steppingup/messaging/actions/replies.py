"""What staff do with replies: note one that came by telephone or elsewhere, and mark those that are answered."""

import uuid
from typing import Any

from django import forms

from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, person
from steppingup.accounts.roles import SitePermission
from steppingup.history.lifecycle import refuse_if, required
from steppingup.messaging.models import Message, Reply
from steppingup.messaging.states import GONE, ReplyKind
from steppingup.steps.step import StepForm, Waiting, Weight, step

NO_TEXT = "Write what they answered."
LONGEST = 10_000


def _require_sent(message: Message) -> None:
    refuse_if(message.status not in GONE, "This has not left yet, so nobody can have answered it.", "not_sent")
    refuse_if(message.kind.startswith("account."), "Nobody answers emails about signing in.", "signing_in")


def _require_reader(by: Actor, reply: Reply) -> None:
    """Raises NotAllowed for whoever does not see it: it is about themselves, or somebody near to them."""
    if not Reply.objects.visible_to(by).filter(pk=reply.pk).exists():
        raise NotAllowed(f"{by} does not see this reply.")


class NoteReplyForm(StepForm):
    text = forms.CharField(
        label="What did they answer?",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": NO_TEXT},
    )
    to_answer = forms.BooleanField(label="We still have to answer", required=False)

    def values(self) -> dict[str, Any]:
        return self.cleaned_data


@step(
    Message,
    "Note a reply",
    name="note_reply",
    past="Reply noted",
    meaning="For what somebody answered by telephone, by post or to another address. It stands with the email and the person.",
    permission=SitePermission.SEE_MESSAGES,
    policy=_require_sent,
    form=NoteReplyForm,
)
def note_reply(*, message: Message, text: str, by: Actor, to_answer: bool = False) -> Reply:
    """Keep what somebody answered otherwise. Raises NotPossible without words, or where the email has not left."""
    done = {} if to_answer else {"answered_at": clock.now(), "answered_by": person(by)}
    return Reply.objects.create(
        message=message,
        provider=message.provider,
        person=message.to,
        from_name=message.to_name[:150],
        is_from_them=True,
        subject=message.subject,
        text=required(text, NO_TEXT, "text"),
        key=uuid.uuid4().hex,
        noted_by=person(by),
        **(done if done.get("answered_by") else {}),
    )


def _require_to_answer(reply: Reply) -> None:
    refuse_if(reply.kind != ReplyKind.REPLY, "Nobody waits for an answer to this.", "automatic")
    refuse_if(reply.answered_at, "This is answered already.", "state")


@step(
    Reply,
    "Mark as answered",
    name="mark_as_answered",
    past="Answered",
    meaning="It no longer stands on Today. Nobody is told by this.",
    permission=SitePermission.SEE_MESSAGES,
    guard=_require_reader,
    policy=_require_to_answer,
    done=lambda reply: reply.answered_at is not None,
    bulk=True,
    weight=Weight.STRONG,
    waiting=Waiting(lambda rows: rows.to_answer(), "reply is to be answered", "replies are to be answered", 12),
)
def mark_as_answered(*, reply: Reply, by: Actor) -> Reply:
    """It needs no answer any more. Raises NotPossible once it is so, and for an automatic reply."""
    found = Reply.objects.select_for_update(of=("self",)).get(pk=reply.pk)
    _require_to_answer(found)
    reply.answered_at, reply.answered_by = clock.now(), person(by)
    reply.save(update_fields=["answered_at", "answered_by"])
    return reply
