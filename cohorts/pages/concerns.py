"""Writing in confidence to people whom a provider names: a page for everybody, with or without an account or a name."""

from typing import Any

from crispy_forms_gds.layout import Field, Fluid
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.actions.concerns import LONGEST, NO_WORDS, WHO_READS, confidants_of, raise_concern
from steppingup.accounts import attempts
from steppingup.accounts.models import Organisation, User
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.site.layout import laid_out
from steppingup.site.stepping import act_on

MOST_AN_HOUR = 10
TOO_MANY = "Too much was written from your network within an hour. Wait an hour, then send this."


def _long(label: str, hint: str, *, needed: str = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(needed),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": needed},
    )


class ConcernForm(forms.Form):
    what = _long(
        "What happened?", "When and where it was, and who else was there, if you know.", needed=NO_WORDS, rows=8
    )
    about = _long("Who is it about?", "Leave it empty if you would rather not say.", rows=2)
    wish = _long("What would you like to happen?", "Leave it empty if you do not know yet.", rows=3)
    readers = forms.MultipleChoiceField(
        label="Who may read it?",
        help_text="Untick anybody whom it is about, or whom you do not want to read it.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": WHO_READS},
    )
    name = NameInput(label="Your name", required=False, max_length=150, help_text="Leave it empty to stay unnamed.")
    email = AddressInput(
        label="Your email address",
        required=False,
        help_text="Only so that they can answer you. Leave it empty to stay unnamed: then nobody can write to you.",
    )

    def __init__(self, *args: Any, contacts: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contacts = {str(one.pk): one for one in contacts}
        readers: Any = self.fields["readers"]
        readers.choices = [(key, str(one)) for key, one in self.contacts.items()]
        readers.initial = list(self.contacts)
        texts = [Field.textarea(name) for name in ("what", "about", "wish")]
        lines = [Field.text(name, field_width=Fluid.TWO_THIRDS) for name in ("name", "email")]
        self.helper = laid_out(*texts, Field.checkboxes("readers"), *lines)

    def clean_readers(self) -> list[User]:
        return [self.contacts[key] for key in self.cleaned_data["readers"]]


def _provider(slug: str) -> Organisation:
    return get_object_or_404(Organisation, slug=slug, is_provider=True)


@require_safe
def providers(request: HttpRequest) -> HttpResponse:
    """To whom: each provider of the site."""
    found = Organisation.objects.filter(is_provider=True).order_by("name")
    crumbs = [("Home", reverse("home"))]
    return render(request, "cohorts/concerns/providers.html", {"providers": found, "breadcrumbs": crumbs})


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """The form. Whoever is signed in is not written down with it; that they are decides only whom they can choose."""
    provider = _provider(slug)
    contacts = confidants_of(provider, request.user)
    form = ConcernForm(request.POST or None, contacts=contacts)
    by = request.user if isinstance(request.user, User) else None
    if contacts and request.method == "POST" and form.is_valid():
        if attempts.count("concern", attempts.network(request), minutes=60) > MOST_AN_HOUR:
            form.add_error(None, TOO_MANY)
        elif act_on(form, raise_concern, provider=provider, by=by):
            return redirect("cohorts:concern_sent", slug)
    context = {
        "provider": provider,
        "contacts": contacts,
        "form": form,
        "breadcrumbs": [("Home", reverse("home")), ("In confidence", reverse("cohorts:concerns"))],
    }
    return render(request, "cohorts/concerns/write.html", context)


@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "cohorts/concerns/sent.html", {"provider": _provider(slug)})
