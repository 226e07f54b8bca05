"""allauth's forms for second factors, in our words."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms

from steppingup.accounts.models import User
from steppingup.accounts.second_factor import has_app, has_passkey


class PlainCode(forms.Form):
    """A code field with a label and without a placeholder."""

    code_label = "Code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = self.code_label
        code.widget.attrs.pop("placeholder", None)
        code.widget.attrs["spellcheck"] = "false"
        code.error_messages["required"] = "Enter the code."


class AppForm(PlainCode, ActivateTOTPForm):
    code_label = "Code that the app shows"


class CodeOfTheirs(PlainCode):
    """Asks for what this person has: a code from an app, or a passkey, only if they have set one up."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_app, self.has_passkey = has_app(self.user), has_passkey(self.user)
        if not self.has_app:
            self.fields["code"].label = "Recovery code"


class SecondStepForm(CodeOfTheirs, AuthenticateForm):
    code_label = "Code from the app, or a recovery code"


class AgainForm(CodeOfTheirs, ReauthenticateForm):
    code_label = "Code from the app, or a recovery code"


class PasskeyForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Name for this passkey"
        self.fields["credential"].error_messages["required"] = "Your browser did not make a passkey. Try again."
        self.fields["name"].help_text = "Optional. So that you can tell it from others: “Work laptop”."
        self.fields["passwordless"].label = "Let me sign in with this passkey alone, without a code by email"
        self.fields["passwordless"].help_text = ""


class RenamePasskeyForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Name for this passkey"
        self.fields["name"].error_messages["required"] = "Enter a name."
