"""Agreements are read and signed: by the participant and the line manager on their own pages, and by a link for whoever signs for
the employer or the host. Only the parties find them."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.actions import agreements as actions
from cohorts.agreement_notices import SIGNING_LINK, before, for_whom
from cohorts.agreements import digest_of, text_of
from cohorts.documents import agreement_response
from cohorts.extensions import where_taken
from cohorts.models import Agreement
from cohorts.pages.participant import trail_from
from cohorts.states import Signatory
from steppingup.accounts.actors import Actor, LinkHolder
from steppingup.accounts.links import LinkGone, token_view
from steppingup.accounts.models import TokenLink
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats import english
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import NotPossible
from steppingup.site.layout import laid_out


class SignForm(forms.Form):
    """The signature: the legal name, and a tick, under the text that was read."""

    name = NameInput(
        label="Your full legal name",
        help_text="As it appears on your passport or payslip. This is your signature.",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter your full legal name to sign the agreement."},
    )
    agreed = forms.BooleanField(
        label="I have read the agreement and agree to it",
        error_messages={"required": "Tick the box to say that you have read the agreement and agree to it."},
    )
    digest = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = laid_out(Field.text("name", label_size=Size.SMALL), Field.checkbox("agreed"), Field("digest"))


def _respond(request: HttpRequest, agreement: Agreement, by: Actor, page: str, **shown: Any) -> HttpResponse:
    """The text with its signatures, and the form for whoever has still to sign it; or the signature itself."""
    form = SignForm(initial={"digest": digest_of(agreement)})
    if request.method == "POST":
        form = SignForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            try:
                actions.sign(agreement=agreement, name=given["name"], digest=given["digest"] or None, by=by)
            except NotPossible as why:
                form.add_error(why.field if why.field in form.fields else None, str(why))
                form.data = {**request.POST.dict(), "digest": digest_of(agreement)}
            else:
                messages.success(request, "Thank you. Your signature is kept with the text and the time.")
                return redirect(page)
    return render(request, "cohorts/sign.html", {**_context(agreement, by, form), **shown})


def _context(agreement: Agreement, by: Actor, form: SignForm) -> dict[str, Any]:
    role = actions.role_of(by, agreement)
    own = agreement.signed_by(role) if role else None
    return {
        "agreement": agreement,
        "text": text_of(agreement),
        "form": form,
        "own": own,
        "may_sign": role is not None and own is None and agreement.is_live,
        "is_participant": role == Signatory.PARTICIPANT,
        "signs_for": for_whom(agreement, role) if role and role != Signatory.PARTICIPANT else "",
        "before": before(agreement),
        "missing": english.listed([for_whom(agreement, one) for one in agreement.missing if one != role]),
        "take_place": next(filter(None, where_taken(agreement)), "") if role == Signatory.PARTICIPANT else "",
        "provider": agreement.cohort.programme.provider,
    }


def _mine(request: SignedInRequest, pk: int) -> Agreement:
    return get_object_or_404(Agreement.objects.of_party(request.user).for_steps(), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def sign_page(request: SignedInRequest, pk: int) -> HttpResponse:
    agreement = _mine(request, pk)
    return _respond(
        request,
        agreement,
        request.user,
        reverse("cohorts:sign", args=[pk]),
        pdf=reverse("cohorts:agreement_pdf", args=[pk]),
        breadcrumbs=_way_to(request, agreement),
    )


def _way_to(request: SignedInRequest, agreement: Agreement) -> list[tuple[str, str]]:
    enrolment = agreement.enrolment
    if enrolment is None:
        return [("Home", reverse("home"))]
    if agreement.person_id == request.user.pk:
        return trail_from("agreements", enrolment)
    return [("Home", reverse("home")), (str(agreement.person), reverse("cohorts:managed", args=[enrolment.pk]))]


@require_safe
@never_cache
@login_required
def pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was signed, with the names under it, to keep."""
    return _printed(_mine(request, pk))


def _printed(agreement: Agreement) -> HttpResponse:
    if not agreement.signatures.all():
        raise Http404
    return agreement_response(agreement)


# -- by a link -------------------------------------------------------------------------------------


def _behind(link: TokenLink) -> tuple[Agreement, Signatory]:
    request: Any = link.target
    return Agreement.objects.for_steps().get(pk=request.agreement_id), Signatory(request.role)


def _of_link(link: TokenLink) -> Agreement:
    """Raises LinkGone for what has ended, or whose participant has left, before it was signed."""
    agreement, role = _behind(link)
    if not agreement.is_live and agreement.signed_by(role) is None:
        raise LinkGone(link=link)
    return agreement


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """What became of it, for whoever has the link that we sent them. It names nobody: the mail may have been passed on."""
    agreement, _ = _behind(link)
    about = f"“{agreement.template}” for a place on {agreement.cohort.programme.name} ({agreement.cohort.name})"
    if agreement.is_live and link.revoked_at is None:
        return None
    if agreement.is_live:
        return (
            "There is nothing to sign with this link",
            f"We asked about {about}. A newer link was sent since, perhaps to somebody else.",
        )
    return (
        "There is nothing more to do",
        f"We asked you to sign {about}. It is not needed any more, so you need not sign.",
    )


@token_view(SIGNING_LINK, afterwards)
def sign_by_link(request: HttpRequest, link: TokenLink) -> HttpResponse:
    agreement = _of_link(link)
    return _respond(
        request,
        agreement,
        LinkHolder(link),
        reverse("cohorts:sign_by_link", args=[link.raw]),
        pdf=reverse("cohorts:agreement_pdf_by_link", args=[link.raw]),
        by_link=True,
    )


@token_view(SIGNING_LINK, afterwards)
def pdf_by_link(request: HttpRequest, link: TokenLink) -> HttpResponse:
    agreement = _of_link(link)
    if agreement.signed_by(_behind(link)[1]) is None:
        raise Http404
    return _printed(agreement)
