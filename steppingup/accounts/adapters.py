"""How allauth behaves here. `steppingup.messaging.adapter` adds that its mails go through the outbox."""

from ipaddress import ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from steppingup.accounts.models import User
from steppingup.accounts.second_factor import has_set_up
from steppingup.history.encryption import box


class AccountAdapter(DefaultAccountAdapter):
    """Sentences in our words; accounts begin with an emailed code, never with a sign-up form."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is closed. Write to us if you think that is a mistake.",
        "email_password_mismatch": "The email address or the password is not right. Check both, or ask for a code.",
        "enter_current_password": "Enter your current password.",
        "incorrect_code": "This code is not right. Check the latest email from us and enter the code again.",
        "incorrect_password": "The password is not right. Enter it again.",
        "too_many_login_attempts": "There were too many attempts. Wait a few minutes and try again.",
        "rate_limited": "That was very quick. Wait a minute and try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """A server that listens to both kinds of addresses writes the old ones as “::ffff:192.0.2.1”. Limits that hold for a
        household's new addresses together would take all of them for one household."""
        found = ip_address(super().get_client_ip(request))
        return str(getattr(found, "ipv4_mapped", None) or found)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """In our words; a passkey before recovery codes for whoever has no authenticator app. Who has set up a second
        factor is asked for it: a password alone neither removes one nor adds another."""
        methods = super().get_reauthentication_methods(user)
        methods = [method for method in methods if method["id"].startswith("mfa_")] or methods
        app = any(method["id"] == "mfa_reauthenticate" for method in methods) and has_set_up(
            user, Authenticator.Type.TOTP
        )
        words = {
            "reauthenticate": "Use your password",
            "mfa_reauthenticate": "Use a code from your app, or a recovery code" if app else "Use a recovery code",
            "mfa_reauthenticate:webauthn": "Use your passkey",
        }
        methods.sort(key=lambda method: not app and method["id"] == "mfa_reauthenticate")
        return [{**method, "description": words[method["id"]]} for method in methods]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        url = super().get_login_redirect_url(request)
        user = request.user
        if isinstance(user, User) and not user.full_name:
            return f"{reverse('account_name')}?next={url}"
        return url


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """People who come from their employer's own sign-in."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "email_taken": "There is already an account with this address. Sign in with a code, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return True

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        """An employer's word opens an existing account only within the employer's own domains."""
        return bool(self.is_email_verified(login.provider, email))

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        user = super().populate_user(request, sociallogin, data)
        parts = (data.get("first_name") or "", data.get("last_name") or "")
        user.full_name = (data.get("name") or " ".join(part for part in parts if part)).strip()[:150]
        return user


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are encrypted at rest."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is not right. Enter the one that the app shows now.",
    }

    def encrypt(self, text: str) -> str:
        return box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        return f"Passkey {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"
