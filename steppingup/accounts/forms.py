"""Forms for signing in and for one's own account."""

from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, ReauthenticateForm, RequestLoginCodeForm
from django import forms
from django.contrib.auth import password_validation
from django.core.validators import MaxLengthValidator

from steppingup.accounts import attempts, lockout
from steppingup.accounts.models import User
from steppingup.formats.fields import AddressInput, NameInput, TelephoneInput
from steppingup.formats.sameness import address, mailbox


class InOurWords(forms.Form):
    """A form of the sign-in library with our labels and sentences, and without its placeholders and hints."""

    #: Of a field, by name: the label, what is said when it is empty, and attributes of its box.
    words: ClassVar[Mapping[str, tuple[str, str, Mapping[str, str]]]]
    hints: ClassVar[Mapping[str, str]] = {}
    #: By name, how many characters it may have, and what is said of more.
    longest: ClassVar[Mapping[str, tuple[int, str]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, required, attributes) in self.words.items():
            field = self.fields[name]
            field.label, field.help_text = label, self.hints.get(name, "")
            field.error_messages["required"] = required
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.update(attributes)
        for name, (most, sentence) in self.longest.items():
            self.fields[name].validators.append(MaxLengthValidator(most, sentence))


#: So many codes in so many minutes for one mailbox, and how long to wait.
CODES_ASKED_FOR = ((3, 1, "a minute"), (10, 60, "an hour"))


class SignInForm(InOurWords, RequestLoginCodeForm):
    """“What is your email address?”, for people with and without an account alike."""

    field_order = ["email"]
    words = {"email": ("Email address", "Enter your email address.", {"autocomplete": "email", "spellcheck": "false"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        invalid = "Enter an email address in the right form, like name@example.org."
        self.fields["email"].error_messages["invalid"] = invalid

    def clean_email(self) -> str:
        email = self.cleaned_data["email"] = address(self.cleaned_data["email"])
        if lockout.is_locked(email):
            raise forms.ValidationError(lockout.SENTENCE)
        for most, minutes, wait in CODES_ASKED_FOR:
            if attempts.count(f"code in {minutes}", mailbox(email), minutes=minutes) > most:
                raise forms.ValidationError(f"You have asked for {most} codes already. Wait {wait}, then ask again.")
        return super().clean_email()


class CodeForm(InOurWords, ConfirmLoginCodeForm):
    box = {"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "characters"}
    words = {"code": ("Code from the email", "Enter the code that we sent you.", box)}


class PasswordSignInForm(InOurWords, LoginForm):
    words = {
        "login": ("Email address", "Enter your email address.", {}),
        "password": ("Password", "Enter your password.", {}),
    }

    def clean_login(self) -> str:
        return address(super().clean_login())


class PasswordAgainForm(InOurWords, ReauthenticateForm):
    """A forgotten one is changed under “Your account”, after signing in by a code."""

    words = {"password": ("Password", "Enter your password.", {})}


PASSWORD_HINT = "At least 12 characters, and not a commonly used password. Three random words work well."


class NameForm(forms.Form):
    full_name = NameInput(
        label="Full name",
        max_length=150,
        help_text="As you would like it to appear here and on your certificate. You can change it later.",
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter your full name."},
    )


class DetailsForm(NameForm):
    phone = TelephoneInput(
        label="Telephone",
        max_length=30,
        required=False,
        help_text="Optional. For messages on the day, such as a change of room.",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    job_title = NameInput(
        label="Job title",
        max_length=150,
        required=False,
        help_text="Optional.",
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )

    field_order = ["full_name", "job_title", "phone"]


class AddressForm(forms.Form):
    email = AddressInput(
        label="New email address",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Enter your new email address.",
            "invalid": "Enter an email address in the correct format, like name@example.org.",
        },
    )


class FirstForm(NameForm):
    """Of whoever looks after an empty site first."""

    email = AddressInput(
        label="Email address",
        help_text="You sign in with it.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Enter your email address.",
            "invalid": "Enter an email address in the correct format, like name@example.org.",
        },
    )
    password = forms.CharField(
        label="Password",
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter a password."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["full_name"].help_text = "As others here will see it."

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "password" in given:
            person = User(full_name=given.get("full_name", ""), email=given.get("email", ""))
            try:
                password_validation.validate_password(given["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return given


class PasswordForm(forms.Form):
    """Choose a password. The current one is asked for unless the person has just shown who they are by a code."""

    current = forms.CharField(
        label="Current password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your current password."},
    )
    password = forms.CharField(
        label="New password",
        help_text=PASSWORD_HINT,
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
