"""“Your account”: details, password, second factors, signing out everywhere."""

import time
from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from steppingup.accounts.actions.addresses import MENDED, NEW_ADDRESS, ask_for_address, take_address
from steppingup.accounts.actions.people import choose_password, give_details, sign_out_everywhere
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.forms import AddressForm, DetailsForm, PasswordForm
from steppingup.accounts.links import token_view
from steppingup.accounts.models import TokenLink, User
from steppingup.accounts.requests import SignedInRequest
from steppingup.accounts.second_factor import is_staff_member
from steppingup.accounts.views.sign_in import safe_next
from steppingup.history.lifecycle import NotPossible

RECENTLY = 15 * 60  # seconds


def proved_recently(request: HttpRequest) -> bool:
    """Did the person enter an emailed code or use a second factor in the last quarter of an hour?"""
    records = get_authentication_records(request, request.user)
    return any(record["method"] in ("code", "mfa") and record["at"] > time.time() - RECENTLY for record in records)


@login_required
@never_cache
def home(request: SignedInRequest) -> HttpResponse:
    factors = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    kinds = {factor.type for factor in factors}
    context = {
        "authenticator_app": Authenticator.Type.TOTP in kinds,
        "passkeys": sum(factor.type == Authenticator.Type.WEBAUTHN for factor in factors),
        "recovery_codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "is_staff_member": is_staff_member(request.user),
        "roles": request.user.current_roles,
    }
    return render(request, "accounts/home.html", context)


@login_required
def details(request: SignedInRequest) -> HttpResponse:
    user = request.user
    initial = {"full_name": user.full_name, "phone": user.phone, "job_title": user.job_title}
    form = DetailsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        give_details(by=user, **form.cleaned_data)
        messages.success(request, "Your details have been saved.")
        return redirect("account_home")
    return render(request, "accounts/details.html", {"form": form})


@reauthentication_required
@never_cache
def address(request: SignedInRequest) -> HttpResponse:
    """Ask for another address: a link is mailed to it."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            if not ratelimit.consume(request, action="change_email", user=request.user):
                raise NotPossible("You have asked for too many links. Wait an hour and try again.", "too_often")
            with transaction.atomic():
                raw = ask_for_address(by=request.user, email=email)
                link = request.build_absolute_uri(reverse("account_address_confirm", args=[raw]))
                get_adapter(request).send_mail("account/email/email_confirmation", email, {"activate_url": link})
        except NotPossible as sentence:
            form.add_error("email", str(sentence))
        else:
            messages.success(request, f"We have sent a link to {email}. Follow it within a day.")
            return redirect("account_home")
    return render(request, "accounts/address.html", {"form": form})


def _take_address(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """The link of the email: one button, so that a mail scanner that opens links changes nothing."""
    if request.method == "POST":
        former = cast(User, link.target).email  # the link was issued for an account
        with transaction.atomic():
            user = take_address(by=LinkHolder(link))
            told = {"from_email": former, "to_email": user.email}
            get_adapter(request).send_notification_mail("account/email/email_changed", user, told, email=former)
        logout(request)
        messages.success(request, "Your address has changed. Sign in with the new one.")
        return redirect("account_login")
    return render(request, "accounts/address_confirm.html", {"link": link})


confirm_address = token_view(NEW_ADDRESS)(_take_address)
#: Of a link that staff had sent.
mended_address = token_view(MENDED)(_take_address)


@login_required
@never_cache
@sensitive_post_parameters("current", "password")
def password(request: SignedInRequest) -> HttpResponse:
    user = request.user
    ask_current = user.has_usable_password() and not proved_recently(request)
    form = PasswordForm(request.POST or None, user=user, ask_current=ask_current)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            choose_password(by=user, password=form.cleaned_data["password"])
            get_adapter(request).send_notification_mail("account/email/password_set", user)
        update_session_auth_hash(request, user)
        messages.success(request, "Your password has been saved. You can still sign in with a code whenever you like.")
        return redirect("account_home")
    return render(request, "accounts/password.html", {"form": form})


@login_required
@require_POST
def remove_password(request: SignedInRequest) -> HttpResponse:
    choose_password(by=request.user, password=None)
    update_session_auth_hash(request, request.user)
    messages.success(request, "Your password has been removed. From now on, sign in with a code that we email to you.")
    return redirect("account_home")


@login_required
def everywhere(request: SignedInRequest) -> HttpResponse:
    """Sign out on every device, after a page that says so."""
    if request.method == "POST":
        sign_out_everywhere(by=request.user)
        logout(request)
        messages.success(request, "You have been signed out everywhere.")
        return redirect("account_login")
    return render(request, "accounts/sign_out_everywhere.html")


@login_required
def second_factor(request: SignedInRequest) -> HttpResponse:
    """Staff without a second factor choose one here before the admin opens."""
    return render(request, "accounts/second_factor.html", {"next_url": safe_next(request)})
