"""How late a session may still change without a word: the least notice of the programme, in days, and the reason that is said instead."""

from datetime import datetime

from django import forms
from django.utils import timezone

from cohorts.models import Session
from steppingup import clock
from steppingup.formats import english
from steppingup.history.lifecycle import refuse_if

MOST_SEATS = 2000
NO_SEATS = dict.fromkeys(
    ("invalid", "min_value", "max_value"), f"Enter a whole number from 1 to {MOST_SEATS}, or leave it empty."
)
LONGEST_REASON = 300


def why_field(changes: str) -> forms.CharField:
    """`changes`: “moves”, “is cancelled”."""
    return forms.CharField(
        label=f"Why it {changes}",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": f"Keep it to {LONGEST_REASON} characters. Everybody who is told reads it."},
    )


def why_help(session: Session) -> str:
    """Beside the question."""
    told = "Everybody who is told reads it."
    if not (least := session.cohort.programme.session_notice):
        return f"{told} You can leave it empty."
    return f"{told} You can leave it empty with {english.counted(least, 'day')} of notice or more; with less, it is needed."


def notice_of(session: Session, new: datetime | None = None) -> int:
    """How many days ahead people hear that a session changes: to the first of its moments that is still to come. `new` is when it is to
    begin. Below zero where all of them are over."""
    moments = [moment for moment in (session.starts_at, new) if moment and moment > clock.now()]
    if not moments:
        return -1
    return (timezone.localdate(min(moments)) - clock.today()).days


def is_short(session: Session, new: datetime | None = None) -> bool:
    """Is this later than the programme's least notice? Nobody plans by what is to be confirmed, and what is over changes nothing."""
    least = session.cohort.programme.session_notice
    return bool(least) and not session.to_be_confirmed and 0 <= notice_of(session, new) < (least or 0)


def require_notice(session: Session, new: datetime | None, reason: str) -> None:
    """Raises NotPossible without a reason at shorter notice than the programme's."""
    days = notice_of(session, new)
    when = "today" if days == 0 else f"{english.counted(days, 'day')} ahead"
    least = session.cohort.programme.session_notice or 0
    refuse_if(
        is_short(session, new) and not reason.strip(),
        f"That is {when}, and people are to have {english.counted(least, 'day')} of notice. Say why it cannot wait: everybody who is "
        "told reads it.",
        "short_notice",
        field="reason",
    )
