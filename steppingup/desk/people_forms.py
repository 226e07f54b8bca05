"""Forms behind the admin pages of people, organisations and roles."""

from typing import Any, ClassVar, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminURLInputWidget

from steppingup.accounts.actions.roles import roles_to_give
from steppingup.accounts.actors import providers_with
from steppingup.accounts.models import Organisation, RoleAssignment, User
from steppingup.accounts.roles import Permission, RoleName
from steppingup.files.rules import LOGO, check

#: What follows from giving a role, below the field (design rule 10).
TOLD = "They get an email that says what the role is for and how to sign in."


class OrganisationForm(forms.ModelForm):
    website = forms.URLField(required=False, assume_scheme="https", widget=UnfoldAdminURLInputWidget)

    class Meta:
        model = Organisation
        fields = (
            *("name", "slug", "kind", "sector", "parent", "website", "pledged_on", "is_levy_payer"),
            *("is_provider", "brand_colour", "logo"),
        )
        labels = {"slug": "Short name"}
        help_texts = {"slug": "Small letters, digits and hyphens. It stands in addresses of this site."}

    def clean_logo(self) -> Any:
        logo = self.cleaned_data["logo"]
        if isinstance(logo, UploadedFile):
            logo.name = check(upload=logo, rule=LOGO).name
            logo.seek(0)
        return logo

    def clean_parent(self) -> Organisation | None:
        parent = self.cleaned_data["parent"]
        if parent and self.instance.pk and parent.pk == self.instance.pk:
            raise forms.ValidationError("An organisation cannot be part of itself.")
        return parent


def providers_of(by: User) -> Any:
    """The providers at which this person may give roles."""
    ids, found = providers_with(by, Permission.MANAGE_PEOPLE), Organisation.objects.filter(is_provider=True)
    return found if ids is None else found.filter(pk__in=ids)


def _choose_the_only_one(field: forms.Field) -> None:
    """Most coordinators work for one provider: it need not be chosen."""
    found = list(cast("forms.ModelChoiceField", field).queryset[:2])  # type: ignore[index]
    if len(found) == 1:
        field.initial = found[0].pk


def check_role(by: User, role: str, provider: Organisation) -> None:
    """Raises ValidationError unless `by` may give this role there."""
    if role not in roles_to_give(by, provider):
        label = RoleName(role).label.lower()
        raise forms.ValidationError(
            f"You cannot make somebody {label} at {provider}. Ask whoever runs this site to do it.", code="role"
        )


class PersonForm(forms.ModelForm):
    """`by` is set by the admin. A new person is given a role at the same time, so that they belong somewhere."""

    by: ClassVar[User]

    role = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget)
    provider = forms.ModelChoiceField(Organisation.objects.none(), required=False, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = User
        fields = ("full_name", "email", "phone", "job_title", "organisation", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "is_active" in self.fields:
            self.fields["is_active"].label = "May sign in"
            self.fields[
                "is_active"
            ].help_text = "Switched off, the account is closed. What the person did stays on record."
        if self.instance.pk:
            self.fields.pop("role", None)
            self.fields.pop("provider", None)
            return
        providers = providers_of(self.by)
        may_give = {role for provider in providers for role in roles_to_give(self.by, provider)}
        needed = not self.by.is_superuser
        role, provider = cast("forms.ChoiceField", self.fields["role"]), self.fields["provider"]
        role.choices = [("", "---------"), *((v, text) for v, text in RoleName.choices if v in may_give)]
        cast("forms.ModelChoiceField", provider).queryset = providers
        role.required = provider.required = needed
        role.help_text = TOLD
        _choose_the_only_one(provider)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Somebody has an account with this address already. Give that person the role.")
        return email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        role, provider = data.get("role"), data.get("provider")
        if role and provider:
            check_role(self.by, role, provider)
        elif (role or provider) and not self.errors:
            raise forms.ValidationError("Choose both a role and the provider at which it is held, or neither.")
        return data


class RoleForm(forms.ModelForm):
    by: ClassVar[User]

    class Meta:
        model = RoleAssignment
        fields = ("user", "role", "provider", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "provider" in self.fields:
            cast("forms.ModelChoiceField", self.fields["provider"]).queryset = providers_of(self.by)
            _choose_the_only_one(self.fields["provider"])
            self.fields["role"].help_text = TOLD

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        user, role, provider = (data.get(name) for name in ("user", "role", "provider"))
        if role and provider:
            check_role(self.by, role, provider)
        if user and user.pk == self.by.pk and not self.by.is_superuser:
            raise forms.ValidationError("You cannot change your own roles. Ask another coordinator.")
        return data

    def validate_unique(self) -> None:
        """A role that was held before may be given again: the action opens it."""
