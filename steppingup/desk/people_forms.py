"""Forms behind the admin pages of people, organisations and roles."""

from typing import Any, ClassVar, cast

from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminURLInputWidget, UnfoldBooleanSwitchWidget

from steppingup.accounts.actions.roles import require_no_contest, roles_to_give
from steppingup.accounts.actors import OwnRecord
from steppingup.accounts.directory import known_as, too_near
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.roles import ROLES, SitePermission, role_choices
from steppingup.files.actions.files import count_upload
from steppingup.files.rules import LOGO, check
from steppingup.formats.date_fields import DayInput
from steppingup.formats.sameness import same_person
from steppingup.steps.step import StepForm

#: What follows from giving a role, below the field (design rule 10).
TOLD = "They will get an email saying what the role is for and how to sign in."


class OrganisationForm(forms.ModelForm):
    """`by` is set by the admin."""

    by: ClassVar[User | None] = None

    is_another = forms.BooleanField(
        label="It is another organisation", required=False, widget=UnfoldBooleanSwitchWidget
    )
    website = forms.URLField(required=False, assume_scheme="https", widget=UnfoldAdminURLInputWidget)

    class Meta:
        model = Organisation
        fields = (
            *("name", "slug", "kind", "sector", "parent", "website", "pledged_on", "is_levy_payer"),
            *("is_provider", "brand_colour", "logo", "footer", "sender_name", "reply_to", "privacy"),
        )
        labels = {"slug": "Short name"}
        help_texts = {
            "slug": "Small letters, numbers and hyphens. Used in web addresses on this site: for a provider, in those of all its "
            "programmes. Links to them, also in emails that were sent, stop working when you change it."
        }

    def clean(self) -> dict[str, Any]:
        """A new name that is nearly one of the directory is asked about: the same employer twice would be two."""
        data = super().clean() or self.cleaned_data
        is_new = not self.instance.pk and not data.get("is_another") and not known_as(data.get("name") or "")
        if is_new and (sentence := too_near(data.get("name") or "")):
            self.add_error("name", f"{sentence} If yours is another organisation, say so below.")
        return data

    def clean_sender_name(self) -> str:
        """A name that looks like an address would be taken for the one that an email comes from."""
        name = self.cleaned_data["sender_name"]
        if "@" in name:
            raise forms.ValidationError("Enter a name, such as that of your organisation, and not an address.")
        return str(name)

    def clean_logo(self) -> Any:
        logo = self.cleaned_data["logo"]
        if isinstance(logo, UploadedFile):
            count_upload(self.by)
            checked = check(upload=logo, rule=LOGO)
            return ContentFile(checked.content, checked.name)  # not what was sent, but what was made of it
        return logo

    def clean_parent(self) -> Organisation | None:
        parent = self.cleaned_data["parent"]
        if parent and parent == self.instance:
            raise forms.ValidationError("An organisation cannot be part of itself.")
        if parent and self.instance.pk and self.instance in parent.chain():
            raise forms.ValidationError(
                f"{parent} is itself part of {self.instance}. Choose another organisation, or none."
            )
        return parent


def offer_roles(form: forms.BaseForm, by: User) -> None:
    """The roles that this person may give, and where. Most coordinators work for one provider: it need not be chosen."""
    providers = Organisation.objects.providers_of(by, SitePermission.MANAGE_PEOPLE)
    may_give = {role for one in providers for role in roles_to_give(by, one)}
    role = cast("forms.ChoiceField", form.fields["role"])
    role.choices = [("", "Choose"), *((value, label) for value, label in role_choices() if value in may_give)]
    provider = cast("forms.ModelChoiceField", form.fields["provider"])
    provider.queryset = providers
    if len(providers) == 1:
        provider.initial = providers[0].pk


def check_role(by: User, role: str, provider: Organisation) -> None:
    """Raises ValidationError unless `by` may give this role there."""
    try:
        require_no_contest(by, provider)
    except OwnRecord as sentence:
        raise forms.ValidationError(str(sentence), code="own") from None
    if role not in roles_to_give(by, provider):
        raise forms.ValidationError(
            f"You cannot make somebody {ROLES[role].name.label.lower()} at {provider}. Ask the people who run this site to do it.",
            code="role",
        )


class PersonForm(forms.ModelForm):
    """`by` is set by the admin. A new person is given a role at the same time, so that they belong somewhere."""

    by: ClassVar[User]
    there: User | None = None  # who has the address already

    role = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget, help_text=TOLD)
    provider = forms.ModelChoiceField(Organisation.objects.none(), required=False, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = User
        fields = ("full_name", "email", "phone", "postal_address", "job_title", "organisation")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (
            self.instance.is_by_post and "email" in self.fields
        ):  # what stands for no address is nothing to read or to keep
            self.fields["email"].required, self.initial["email"] = False, ""
            self.fields[
                "email"
            ].help_text = "They have none: letters are printed and posted. Enter one once they have it."
        if self.instance.pk:
            self.fields.pop("role", None)
            self.fields.pop("provider", None)
            return
        offer_roles(self, self.by)
        self.fields["role"].required = self.fields["provider"].required = not self.by.is_superuser

    def clean_email(self) -> str:
        """Whoever may see the account with this address is told of it. Nobody else is: the role goes to whoever reads that
        mailbox, as it would to somebody new."""
        email = self.cleaned_data["email"]
        if not email and self.instance.is_by_post:
            return self.instance.email
        found = User.objects.with_address(email)
        self.there = found if found and found.pk != self.instance.pk else None
        if self.there and User.objects.visible_to(self.by).filter(pk=self.there.pk).exists():
            typed = self.cleaned_data.get("full_name") or "nobody"
            named = (
                ""
                if same_person(self.there.full_name, typed)
                else f" It is called {self.there}, and you typed “{typed}”."
            )
            raise forms.ValidationError(
                f"Somebody already has an account with this address.{named} Give that person the role on their page, or enter "
                "another address if this is somebody else."
            )
        return email

    @property
    def not_asked(self) -> set[str]:
        """An account that this person does not see is no mistake of theirs, and they do not learn of it."""
        return {"email"} if self.there and not self.errors.get("email") else set()

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | self.not_asked  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        role, provider = data.get("role"), data.get("provider")
        if role and provider:
            check_role(self.by, role, provider)
        elif (role or provider) and not self.errors:
            raise forms.ValidationError("Choose both a role and the provider at which it is held, or neither.")
        return data


class RoleForm(StepForm):
    """Which role, where, and until when."""

    role = forms.ChoiceField(error_messages={"required": "Choose a role."})
    provider = forms.ModelChoiceField(
        Organisation.objects.none(), empty_label="Choose", error_messages={"required": "Choose a provider."}
    )
    until = DayInput(
        required=False, help_text="The last day on which the role is held. Leave it empty while no end is set."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_roles(self, self.by)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("role") and data.get("provider"):
            check_role(self.by, data["role"], data["provider"])
        return data
