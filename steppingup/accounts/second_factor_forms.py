"""allauth's forms for second factors, in our words. What proves a factor has passed the library's own check before a
form is valid, whatever was sent."""

import json
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.validators import MaxLengthValidator
from fido2.webauthn import AuthenticationResponse

from steppingup.accounts.adapters import MFAAdapter
from steppingup.accounts.authenticators import App, as_stored, check_key, refusing
from steppingup.accounts.forms import InOurWords
from steppingup.accounts.models import User
from steppingup.accounts.second_factor import has_set_up

LONGEST_ANSWER = 20_000  # characters
LONGEST_NAME = (100, "Choose a name of at most 100 characters.")


class PlainCode(InOurWords):
    """A code field."""

    words = {"code": ("Code from the app, or a recovery code", "Enter the code.", {"spellcheck": "false"})}
    longest = {"code": (50, MFAAdapter.error_messages["incorrect_code"])}


class AppForm(PlainCode, ActivateTOTPForm):
    words = {"code": ("Code that the app shows", "Enter the code.", {"spellcheck": "false"})}

    def clean_code(self) -> str:
        """The code is used by this: it opens nothing a second time."""
        code = super().clean_code()
        if not App(Authenticator(user=self.user))._mark_code_used(code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeOfTheirs(PlainCode):
    """Asks for what this person has: a code from an app, or a passkey, only if they have set one up."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_app = has_set_up(self.user, Authenticator.Type.TOTP)
        self.has_passkey = has_set_up(self.user, Authenticator.Type.WEBAUTHN)
        if not self.has_app:
            self.fields["code"].label = "Recovery code"


class SecondStepForm(CodeOfTheirs, AuthenticateForm):
    """The second step of signing in, by a code."""


class AgainForm(CodeOfTheirs, ReauthenticateForm):
    """The same for whoever is signed in and shows once more who they are."""


class PasskeyAnswer(forms.CharField):
    """What a browser answers when it is asked for a passkey: one object in JSON, which is never written back."""

    def __init__(self, sentence: str) -> None:
        errors = {"required": sentence, "null_characters_not_allowed": sentence}
        super().__init__(widget=forms.HiddenInput, error_messages=errors)
        self.validators = [MaxLengthValidator(LONGEST_ANSWER, sentence)]

    def clean(self, value: Any) -> dict[str, Any]:
        text = super().clean(value)
        with refusing():
            answer = json.loads(text)
            if not isinstance(answer, dict):
                raise TypeError
        return answer

    def bound_data(self, data: Any, initial: Any) -> None:
        return None


class PasskeyForm(InOurWords, AddWebAuthnForm):
    words = {
        "name": ("Name for this passkey", "", {}),
        "passwordless": ("Let me sign in with this passkey alone, without a code by email", "", {}),
    }
    hints = {"name": "Optional. Helps you tell it apart from others, such as “Work laptop”."}
    longest = {"name": LONGEST_NAME}
    credential = PasskeyAnswer("Your browser did not create a passkey. Try again.")

    def clean(self) -> dict[str, Any]:
        """The library asks nothing of an answer that is false in Python (0, {}): here each is checked, or is none."""
        given = self.cleaned_data
        if "credential" in given and not self.errors:
            with refusing():
                checked = auth.complete_registration(given["credential"])
                check_key(checked)
                if given["passwordless"] and not checked.is_user_verified():
                    raise ValueError
                given["credential"] = as_stored(given["credential"])
        return given


class RenamePasskeyForm(InOurWords, EditWebAuthnForm):
    words = {"name": ("Name for this passkey", "Enter a name.", {})}
    longest = {"name": LONGEST_NAME}


class AnswerByPasskey(AuthenticateWebAuthnForm):
    """The second step, by a passkey."""

    credential = PasskeyAnswer("No passkey was used. Try again, or choose another way.")

    def clean_credential(self) -> Authenticator:
        with refusing():
            return super().clean_credential()


class AgainByPasskey(AnswerByPasskey, ReauthenticateWebAuthnForm):
    """The same for whoever is signed in."""


class SignInByPasskey(AnswerByPasskey, LoginWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        """A passkey alone is two factors only if it was opened by a finger, a face or a PIN. (The library asks for
        that when it begins; but the answer may be to a question of the second step, which does not.)"""
        with refusing():
            answer = AuthenticationResponse.from_dict(self.cleaned_data["credential"])
            if not answer.response.authenticator_data.is_user_verified():
                raise ValueError
        return super().clean_credential()
