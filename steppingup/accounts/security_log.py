"""One line in the log for whatever lets somebody in, fails to, or changes how: who by their number, never an address, a code or a
password. What people then do is in the history, which the database keeps."""

import logging
from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import PermissionDenied
from django.dispatch import Signal, receiver
from django.http import HttpRequest

from steppingup.accounts import attempts

logger = logging.getLogger(__name__)

WORDS: dict[Signal, str] = {
    account.user_logged_in: "signed in",
    account.user_logged_out: "signed out",
    account.password_set: "password set",
    account.password_changed: "password changed",
    account.email_changed: "address changed",
    account.login_code_rejected: "wrong code from an email",
    user_login_failed: "wrong password",
    mfa.authenticator_added: "second factor added",
    mfa.authenticator_removed: "second factor removed",
    mfa.authenticator_reset: "recovery codes made anew",
    mfa.authenticator_used: "second factor used",
    mfa.authentication_failed: "wrong second factor",
}


def _where(request: HttpRequest | None) -> str:
    try:
        return attempts.network(request) if request is not None else "-"
    except (ValueError, PermissionDenied):  # it came from no line, as in a command
        return "-"


def note(what: str, *, request: HttpRequest | None, user: Any = None) -> None:
    """`what` is one of our own phrases, so that no line of the log can be made up by whoever is refused."""
    logger.info("%s: user %s from %s", what, getattr(user, "pk", None) or "-", _where(request))


@receiver([*WORDS])
def _note(sender: Any, signal: Signal, request: HttpRequest | None = None, user: Any = None, **_: Any) -> None:
    note(WORDS[signal], request=request, user=user)
