"""Second factors as they are stored. What cannot be read proves nothing, and hides nothing either: a person still sees
it among their own, is asked for it, and removes it."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any, cast

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.core.exceptions import ValidationError
from fido2.webauthn import AuthenticatorData, RegistrationResponse

#: What the libraries raise when they read what was not made by a browser, an app or us. They document none of it.
UNREADABLE = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, RuntimeError, struct.error),
    *(InvalidToken, InvalidSignature, UnsupportedAlgorithm),
)
#: A code of an app is right for this many seconds, and may be used once in them (allauth forgets it after a third).
CODE_SECONDS = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)


@contextmanager
def refusing() -> Iterator[None]:
    """Whatever the library cannot read or verify is refused as not right (ValidationError), never an error of ours."""
    try:
        yield
    except UNREADABLE as wrong:
        raise get_adapter().validation_error("incorrect_code") from wrong


def check_key(checked: AuthenticatorData) -> None:
    """Raises one of UNREADABLE unless the new passkey's public key can verify anything: a signature of nothing is
    false by every key that works."""
    if checked.credential_data is None:
        raise ValueError("There is no key in it.")
    with suppress(InvalidSignature):
        checked.credential_data.public_key.verify(b"", b"")


def as_stored(answer: dict[str, Any]) -> dict[str, Any]:
    """The browser's answer as the library writes it: nothing else that was sent along is kept."""
    resident = answer.get("clientExtensionResults", {}).get("credProps", {}).get("rk")
    return dict(RegistrationResponse.from_dict(answer)) | {
        "clientExtensionResults": {"credProps": {"rk": resident is True}}
    }


class Passkey(WebAuthn):
    @property
    def name(self) -> str:
        with suppress(*UNREADABLE):
            return str(self.instance.data["name"])
        return "Passkey without a name"

    @name.setter
    def name(self, name: str) -> None:
        data = self.instance.data
        self.instance.data = {**(data if isinstance(data, dict) else {}), "name": name}

    @property
    def authenticator_data(self) -> AuthenticatorData:
        with suppress(*UNREADABLE, ValidationError):
            return super().authenticator_data
        return cast(AuthenticatorData, SimpleNamespace(credential_data=NoKey()))


class NoKey:
    """The key of a passkey that cannot be read: false, so that no browser is asked for it; no answer matches it."""

    credential_id = None

    def __bool__(self) -> bool:
        return False


class App(TOTP):
    def validate_code(self, code: str) -> bool:
        with suppress(*UNREADABLE):
            return super().validate_code(code)
        return False

    def _mark_code_used(self, code: str) -> bool:
        return cache.add(self._get_used_cache_key(code), "y", timeout=CODE_SECONDS)


class Codes(RecoveryCodes):
    def validate_code(self, code: str) -> bool:
        with suppress(*UNREADABLE):
            return super().validate_code(code)
        return False

    def get_unused_codes(self) -> list[str]:
        with suppress(*UNREADABLE):
            return super().get_unused_codes()
        return []

    @property
    def did_view(self) -> bool:
        with suppress(*UNREADABLE):
            return super().did_view
        return True


KINDS: dict[str, type[Passkey] | type[App] | type[Codes]] = {
    Authenticator.Type.WEBAUTHN: Passkey,
    Authenticator.Type.TOTP: App,
    Authenticator.Type.RECOVERY_CODES: Codes,
}


def wrap(authenticator: Authenticator) -> Passkey | App | Codes:
    """In the place of `Authenticator.wrap`, for which the library has no setting (see `apps`)."""
    return KINDS[authenticator.type](authenticator)
