"""Complaining to a provider about one's data: a page for everybody, with or without an account."""

from typing import Any

from crispy_forms_gds.layout import Field, Fluid
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.actions.complaints import NO_KIND, NO_NAME, NO_WORDS, complain
from cohorts.models.complaints import LONGEST
from cohorts.states.complaints import ComplaintKind
from steppingup.accounts import attempts
from steppingup.accounts.models import Organisation
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.site.layout import laid_out
from steppingup.site.stepping import act_on

MOST_AN_HOUR = 10
TOO_MANY = "Too much was written from your network within an hour. Wait an hour, then send this."


class ComplaintForm(forms.Form):
    kind = forms.ChoiceField(
        label="What is it about?",
        choices=ComplaintKind.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), NO_KIND),
    )
    text = forms.CharField(
        label="What happened?",
        help_text="When it was, and which information about you it concerns.",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": NO_WORDS, "max_length": f"Keep it to {LONGEST:,} characters."},
    )
    wish = forms.CharField(
        label="What would you like us to do?",
        help_text="Leave it empty if you do not know yet.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": f"Keep it to {LONGEST:,} characters."},
    )
    name = NameInput(label="Your name", max_length=150, error_messages={"required": NO_NAME})
    email = AddressInput(
        label="Your email address",
        required=False,
        help_text="We tell you there at once that your complaint has arrived.",
    )
    contact = NameInput(
        label="How else can we reach you?",
        help_text="An address or a telephone number, if you have no email address.",
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = [Field.text(name, field_width=Fluid.TWO_THIRDS) for name in ("name", "email", "contact")]
        self.helper = laid_out(Field.radios("kind"), Field.textarea("text"), Field.textarea("wish"), *lines)


def _provider(slug: str) -> Organisation:
    return get_object_or_404(Organisation, slug=slug, is_provider=True)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, slug: str) -> HttpResponse:
    provider = _provider(slug)
    begins = {}
    if request.user.is_authenticated:
        begins = {"name": request.user.full_name, "email": request.user.email}
    form = ComplaintForm(request.POST if request.method == "POST" else None, initial=begins)
    if request.method == "POST" and form.is_valid():
        if attempts.count("complaint", attempts.network(request), minutes=60) > MOST_AN_HOUR:
            form.add_error(None, TOO_MANY)
        elif made := act_on(form, complain, provider=provider):
            request.session["complaint"] = made.reference
            return redirect("cohorts:complaint_sent", slug)
    crumbs = [("Home", reverse("home")), ("Privacy", reverse("provider_privacy", args=[slug]))]
    context = {"provider": provider, "form": form, "breadcrumbs": crumbs}
    return render(request, "cohorts/complaints/write.html", context)


@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """With the number, for whoever has just sent one."""
    context = {"provider": _provider(slug), "reference": request.session.get("complaint", "")}
    return render(request, "cohorts/complaints/sent.html", context)
