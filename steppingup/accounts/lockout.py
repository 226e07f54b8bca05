"""Too many wrong codes for one address close it for a while, from wherever they were entered: the same for addresses with
and without an account."""

from steppingup.accounts import attempts
from steppingup.formats.sameness import mailbox

WRONG_CODES = 10
MINUTES = 30
SENTENCE = f"There were too many wrong codes for this address. Wait {MINUTES} minutes, then ask for a new code."
WHAT = "wrong code"


def note_wrong_code(email: str) -> None:
    attempts.count(WHAT, mailbox(email), minutes=MINUTES, renew=True)


def is_locked(email: str) -> bool:
    return attempts.counted(WHAT, mailbox(email)) >= WRONG_CODES


def forgive(email: str) -> None:
    """The right code was entered: the wrong ones were slips."""
    attempts.forget(WHAT, mailbox(email))
