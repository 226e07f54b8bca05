"""What can become of a message (docs/messages.md says what is guaranteed)."""

from datetime import timedelta

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class MessageStatus(models.TextChoices):
    QUEUED = "queued", "Waiting to be sent"
    SENDING = "sending", "Being sent"
    HANDING_OVER = "handing_over", "Being handed to the mail server"
    RETRY = "retry", "Will be tried again"
    SENT = "sent", "Sent"
    FAILED = "failed", "Could not be sent"
    UNCERTAIN = "uncertain", "May or may not have arrived"
    STOPPED = "stopped", "Stopped before it was sent"
    TO_POST = "to_post", "To be printed and posted"
    POSTED = "posted", "Posted"


class ReplyKind(models.TextChoices):
    """What somebody, or their mail server, has sent in answer to an email of ours."""

    REPLY = "reply", "Reply"
    AWAY = "away", "Automatic reply"
    FAILED = "failed", "Could not be delivered"


S = MessageStatus
DUE = (S.QUEUED, S.RETRY)
UNDERWAY = (S.SENDING, S.HANDING_OVER)
NEEDS_ATTENTION = (S.FAILED, S.UNCERTAIN)
GONE = (S.SENT, S.POSTED)
UNSENT = tuple(status for status in S if status not in GONE)

# After so long without news the process that had a message is taken for dead. Far longer than the mail server's
# time-outs (settings.EMAIL_TIMEOUT, for each step of the conversation) can add up to.
LEASE = timedelta(minutes=5)

# How long to wait after the first, second, … attempt that failed for the time being: two days in all, then it is given up.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 6 * 60, 8 * 60, 12 * 60, 16 * 60))

MESSAGE = Lifecycle(
    "message",
    MessageStatus,
    initial=S.QUEUED,
    noun="message",
    moves={
        "claim": move(DUE, S.SENDING, "Send it"),
        "hand over": move(S.SENDING, S.HANDING_OVER, "Hand it over"),
        "record as sent": move([S.HANDING_OVER, S.UNCERTAIN], S.SENT, "Record it as sent"),
        "put off": move(UNDERWAY, S.RETRY, "Put it off"),
        "give up": move([*DUE, *UNDERWAY], S.FAILED, "Give it up"),
        "lose sight": move(S.HANDING_OVER, S.UNCERTAIN, "Lose track of it"),
        "come back": move([S.SENT, S.UNCERTAIN], S.FAILED, "Record that it came back"),
        "come back by post": move(S.POSTED, S.TO_POST, "Record that the post brought it back"),
        "stop": move((*DUE, S.TO_POST, S.FAILED), S.STOPPED, "Stop it"),
        "set aside": move(S.QUEUED, S.TO_POST, "Set it aside for the post"),
        "record as posted": move(S.TO_POST, S.POSTED, "Record it as posted"),
        "send again": move(NEEDS_ATTENTION, S.QUEUED, "Send it again"),
    },
)
