"""What staff do for a person who cannot sign in: each a button on the person's page."""

from django.db import transaction

from steppingup.accounts import lockout
from steppingup.accounts.actions.people import end_lock_out, has_second_factors, remove_second_factors
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.desk.steps import AdminStep
from steppingup.messaging.actions import MessagePreview, preview, send_as
from steppingup.messaging.messages import NOTICE

REMOVED = {
    "title": "Set up your authenticator app or passkey again",
    "details": "You could not sign in with your authenticator app or passkey, so they were removed from your account. "
    "Your recovery codes no longer work either, and you are signed out everywhere. Sign in with a code that we email "
    "to you, then set up an app or a passkey again.\n\nIf you did not ask for this, write to your coordinator at once.",
}


@transaction.atomic
def _remove(*, user: User, by: User) -> User:
    remove_second_factors(user=user, by=by)
    send_as(kind=NOTICE.key, to=user, about=user, context=REMOVED)
    return user


def _told_of_removing(user: User) -> list[MessagePreview]:
    return [preview(kind=NOTICE.key, to=user, context=REMOVED)]


STEPS: tuple[AdminStep, ...] = (
    AdminStep(
        *("second-factor", "Remove the second factor", _remove, "user", Permission.MANAGE_PEOPLE),
        possible=has_second_factors,
        told=_told_of_removing,
        text="For somebody who has lost their telephone and their recovery codes. First make sure that it is really "
        "they who ask: speak with them. They then sign in with a code by email and set up a new one.",
        done="The second factor was removed.",
    ),
    AdminStep(
        *("let-in", "Let them sign in again", end_lock_out, "user", Permission.MANAGE_PEOPLE),
        possible=lambda user: lockout.is_locked(user.email),
        text=f"After too many wrong codes nobody can sign in with this address for {lockout.MINUTES} minutes. "
        "If it was a slip, they may try again at once.",
        done="They may ask for a new code now.",
    ),
)
