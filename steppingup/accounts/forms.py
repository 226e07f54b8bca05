"""Forms for signing in and for one's own account."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, ReauthenticateForm, RequestLoginCodeForm
from django import forms
from django.contrib.auth import password_validation

from steppingup.accounts import lockout
from steppingup.accounts.models import User


class SignInForm(RequestLoginCodeForm):
    """“What is your email address?”, for people with and without an account alike."""

    field_order = ["email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        email.label = "Email address"
        email.widget.attrs.pop("placeholder", None)
        email.widget.attrs.update({"autocomplete": "email", "spellcheck": "false"})
        email.error_messages["required"] = "Enter your email address."
        email.error_messages["invalid"] = "Enter an email address in the correct format, like name@example.org."

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if lockout.is_locked(email):
            raise forms.ValidationError(lockout.SENTENCE)
        return super().clean_email().lower()


class CodeForm(ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = "Code from the email"
        code.widget.attrs.pop("placeholder", None)
        code.widget.attrs.update(
            {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "characters"}
        )
        code.error_messages["required"] = "Enter the code we sent you."


class PasswordSignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        self.fields["login"].label = "Email address"
        self.fields["password"].help_text = ""
        self.fields["login"].error_messages["required"] = "Enter your email address."
        self.fields["password"].error_messages["required"] = "Enter your password."
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class PasswordAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields["password"]
        password.help_text = ""  # a forgotten one is changed under “Your account”, after signing in by a code
        password.error_messages["required"] = "Enter your password."
        password.widget.attrs.pop("placeholder", None)


class NameForm(forms.Form):
    full_name = forms.CharField(
        label="Full name",
        max_length=150,
        help_text="As you would like it to appear here and on your certificate. You can change it later.",
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter your full name."},
    )


class DetailsForm(NameForm):
    phone = forms.CharField(
        label="Telephone",
        max_length=30,
        required=False,
        help_text="Optional. For messages on the day, such as a change of room.",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    job_title = forms.CharField(
        label="Job title",
        max_length=150,
        required=False,
        help_text="Optional.",
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )

    field_order = ["full_name", "job_title", "phone"]

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"].strip()
        if phone and (sum(c.isdigit() for c in phone) < 7 or not set(phone) <= set("0123456789 +()-.x")):
            raise forms.ValidationError("Enter a telephone number, like 0117 496 0123 or +44 808 157 0192.")
        return phone


class AddressForm(forms.Form):
    email = forms.EmailField(
        label="New email address",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Enter your new email address.",
            "invalid": "Enter an email address in the correct format, like name@example.org.",
        },
    )


class PasswordForm(forms.Form):
    """Choose a password. The current one is asked for unless the person has just shown who they are by a code."""

    current = forms.CharField(
        label="Current password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your current password."},
    )
    password = forms.CharField(
        label="New password",
        help_text="At least 8 characters, and not a commonly used password. Three random words work well.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter a new password."},
    )

    def __init__(self, *args: Any, user: User, ask_current: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not ask_current:
            del self.fields["current"]

    def clean_current(self) -> str:
        current = self.cleaned_data["current"]
        if not self.user.check_password(current):
            raise forms.ValidationError(
                "The password is not right. Enter it again, or sign out and sign in with a code."
            )
        return current

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        password_validation.validate_password(password, self.user)
        return password
