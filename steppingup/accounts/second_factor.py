"""Staff show who they are twice, by a code from an authenticator app or by a passkey: once a day for the admin, and again
before money, people and their roles, equality figures, and whatever leaves as a file."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from steppingup import clock
from steppingup.accounts.models import User

DEMONSTRATION_SESSION = "signed_in_by_demonstration_link"
#: For so long a second factor opens the admin, and lets somebody do what is `SENSITIVE` (ASVS 3.3.2 and 3.7.1).
LASTS, LASTS_FOR_SENSITIVE = timedelta(hours=12), timedelta(hours=1)
#: Whoever opened a page in time can still send what they have written on it.
TO_WRITE = timedelta(hours=1)
STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_staff_member(user: User) -> bool:
    """May open the admin, or holds a role today."""
    return user.is_active and (user.is_staff or bool(user.current_roles))


def has_set_up(user: User, *kinds: str) -> bool:
    """Has this person an authenticator of one of these kinds?"""
    return Authenticator.objects.filter(user=user, type__in=kinds).exists()


class SecondFactorWanted(Exception):
    """It was used too long ago for what is asked for. The middleware asks, and comes back."""


def used_second_factor(request: HttpRequest, lasts: timedelta = LASTS) -> bool:
    """Was a second factor used lately in this session (or is this a demonstration, signed in by its link)?"""
    if settings.DEMONSTRATION and request.session.get(DEMONSTRATION_SESSION):
        return True
    records = get_authentication_records(request, request.user)
    used = max((record.get("at", 0) for record in records if record.get("method") == "mfa"), default=0)
    writing = request.method not in ("GET", "HEAD") and TO_WRITE
    return clock.now().timestamp() - used <= (lasts + (writing or timedelta())).total_seconds()


def ask_again(request: HttpRequest) -> None:
    """Raises SecondFactorWanted for staff who used theirs over an hour ago. Others are asked for none."""
    if is_staff_member(cast("User", request.user)) and not used_second_factor(request, LASTS_FOR_SENSITIVE):
        raise SecondFactorWanted


def at_the_door(request: HttpRequest, wanted: str) -> HttpResponse | None:
    """Nothing for staff who have used a second factor; otherwise the page that asks for it, or for signing in.

    `wanted` is where they go afterwards. Raises Http404 for people who are no staff: they find nothing here."""
    if not request.user.is_authenticated:
        return redirect_to_login(wanted)
    if not is_staff_member(request.user):
        raise Http404
    return None if used_second_factor(request) else ask_for_it(request, request.user, wanted)


def ask_for_it(request: HttpRequest, user: User, wanted: str) -> HttpResponse:
    address = reverse("account_second_factor")
    if has_set_up(user, *STRONG):
        methods = get_adapter(request).get_reauthentication_methods(user)
        address = next(method["url"] for method in methods if method["id"].startswith("mfa_"))
    return HttpResponseRedirect(f"{address}?{urlencode({'next': wanted})}")


def sensitive_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of staff that is not in the admin: the same door, and the second factor again."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if answer := at_the_door(request, request.get_full_path()):
            return answer
        ask_again(request)
        return view(request, *args, **kwargs)

    return guarded


@receiver(authenticator_added)
def setting_up_counts_as_using(sender: Any, request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    """Whoever has just set up their first one has just shown that it works. A further one does not stand for the one
    that was there before, which this session has yet to see."""
    # Otherwise whoever took over a session could add a passkey of their own and be through the door.
    others = Authenticator.objects.filter(user=user, type__in=STRONG).exclude(pk=authenticator.pk)
    if authenticator.type in STRONG and request.user.is_authenticated and not others.exists():
        used = {"id": authenticator.pk, "type": authenticator.type, "reauthenticated": True}
        record_authentication(request, user, method="mfa", **used)
