"""Staff show who they are twice: by a code from an authenticator app or by a passkey, once in each session."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest

from steppingup.accounts.models import User

DEMONSTRATION_SESSION = "signed_in_by_demonstration_link"
STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_staff_member(user: User) -> bool:
    """May open the admin, or holds a role today."""
    return user.is_active and (user.is_staff or bool(user.current_roles))


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=STRONG).exists()


def has_app(user: User) -> bool:
    """Has an authenticator app, so that a code of six digits may be asked for."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def used_second_factor(request: HttpRequest) -> bool:
    """Was a second factor used in this session (or is this a demonstration, signed in by its link)?"""
    if settings.DEMONSTRATION and request.session.get(DEMONSTRATION_SESSION):
        return True
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


@receiver(authenticator_added)
def setting_up_counts_as_using(sender: Any, request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    """Whoever has just set one up has just shown that it works."""
    if authenticator.type in STRONG and request.user.is_authenticated:
        used = {"id": authenticator.pk, "type": authenticator.type, "reauthenticated": True}
        record_authentication(request, user, method="mfa", **used)
