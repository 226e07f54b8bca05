"""Emails of the sign-in library (django-allauth) go through the outbox like all others. settings.ACCOUNT_ADAPTER names the class."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from allauth.account import app_settings
from django.conf import settings
from django.template.loader import render_to_string

from steppingup import clock
from steppingup.accounts import adapters
from steppingup.accounts.models import User
from steppingup.formats.sameness import same_address
from steppingup.messaging import messages as kinds
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.models import Message

# What allauth tells a person after a change of how they sign in; the words are in templates/*/email/.
NOTICES = frozenset(
    {
        *(f"account/email/{name}" for name in ("password_set", "email_changed")),
        *(f"mfa/email/totp_{name}" for name in ("activated", "deactivated")),
        *(f"mfa/email/webauthn_{name}" for name in ("added", "removed")),
        "mfa/email/recovery_codes_generated",
        *(f"socialaccount/email/account_{name}" for name in ("connected", "disconnected")),
    }
)


def _soon(seconds: int) -> datetime:
    return clock.now() + timedelta(seconds=seconds)


def _words(template_prefix: str, email: str, context: Mapping[str, Any]) -> dict[str, str]:
    """Subject and text as the library's own templates have them, without its greeting and signature."""
    values = {"email": email, "current_site": {"name": settings.SITE_NAME, "domain": settings.SITE_URL}, **context}
    return {
        "title": render_to_string(f"{template_prefix}_subject.txt", values).strip(),
        "details": render_to_string(f"{template_prefix}_message.txt", values, context.get("request")).strip(),
    }


def send_account_mail(template_prefix: str, email: str, context: Mapping[str, Any]) -> Message:
    """Put an email of the sign-in library into the outbox. Codes and links are secrets: wiped once it is sent.

    A code that cannot be delivered before it expires is not delivered at all."""
    name = template_prefix.rpartition("/")[2].removesuffix("_signup")
    user = User.objects.with_address(email)
    # To the address that was asked for, which need not be written as the account has it.
    to = user if user and same_address(user.email, email) else email
    about = partial(Notice, to=to, about=user, name=user.full_name if user else "")
    if name == "login_code":
        expires_at = _soon(app_settings.LOGIN_BY_CODE_TIMEOUT)
        notice = about(kinds.SIGN_IN_CODE, secrets={"code": context["code"]}, expires_at=expires_at)
    elif name == "email_confirmation" and context.get("code"):
        expires_at = _soon(app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT)
        notice = about(kinds.CONFIRM_CODE, secrets={"code": context["code"]}, expires_at=expires_at)
    elif name == "email_confirmation":
        notice = about(kinds.CONFIRM_LINK, secrets={"link": context["activate_url"]})
    elif template_prefix in NOTICES:
        notice = about(kinds.NOTICE, context=_words(template_prefix, email, context))
    else:  # of pages that this site does not have, or of a later version of the library
        words = _words(template_prefix, email, context)
        notice = about(kinds.OTHER, context={"title": words["title"]}, secrets={"details": words["details"]})
    return send(notice)


class AccountAdapter(adapters.AccountAdapter):
    """The sign-in library's hooks, with its mails in the outbox."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        send_account_mail(template_prefix, email, context)
