"""Answering an offer: reading the learning agreement, signing it, or declining (B36; design rules 3 and 10)."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from applications.actions import offers
from applications.models import Application, Offer
from applications.pages.apply import mine, page
from applications.pages.status import OwnStep
from applications.queries import place_on_waiting_list
from applications.states import OfferStatus
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import NotPossible
from steppingup.site.layout import laid_out


class AcceptForm(forms.Form):
    """The signature: the legal name, and a tick."""

    legal_name = NameInput(
        label="Your full legal name",
        help_text="As it appears on your passport or payslip. This is your signature.",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter your full legal name to sign the agreement."},
    )
    agreed = forms.BooleanField(
        label="I have read the learning agreement and agree to it",
        error_messages={"required": "Tick the box to say that you have read the agreement and agree to it."},
    )
    agreement = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        self.application = application
        super().__init__(*args, **kwargs)
        self.helper = laid_out(
            Field.text("legal_name", label_size=Size.SMALL), Field.checkbox("agreed"), Field("agreement")
        )

    def clean_legal_name(self) -> str:
        name = " ".join(self.cleaned_data["legal_name"].split())
        if offers.is_part_of_name(name, self.application):
            raise forms.ValidationError(offers.WHOLE_NAME)
        return name


def latest_offer(application: Application) -> Offer:
    """The newest offer. Raises Http404 when none was ever made."""
    offer = application.offers.order_by("-made_at", "-pk").first()
    if offer is None:
        raise Http404
    offer.application = application
    return offer


@method_decorator(never_cache, name="dispatch")
class OfferPage(LoginRequiredMixin, View):
    """The offer with the whole agreement, open or not. Only the applicant finds it."""

    def get(self, request: SignedInRequest, pk: int) -> HttpResponse:
        application = mine(request, pk)
        offer = latest_offer(application)
        form = AcceptForm(initial={"agreement": offers.agreement_digest(application.cohort)}, application=application)
        return self.show(request, application, offer, form)

    def post(self, request: SignedInRequest, pk: int) -> HttpResponse:
        application = mine(request, pk)
        offer = latest_offer(application)
        form = AcceptForm(request.POST, application=application)
        if not form.is_valid():
            return self.show(request, application, offer, form)
        try:
            offers.accept(
                offer=offer,
                legal_name=form.cleaned_data["legal_name"],
                agreement=form.cleaned_data["agreement"] or None,
                by=request.user,
            )
        except NotPossible as sentence:
            form.add_error(None, str(sentence))
            form.data = {**request.POST.dict(), "agreement": offers.agreement_digest(application.cohort)}
            return self.show(request, application, latest_offer(application), form)
        return redirect("applications:offer", pk)

    def show(self, request: SignedInRequest, application: Application, offer: Offer, form: AcceptForm) -> HttpResponse:
        return page(
            request,
            "offer",
            application,
            offer=offer,
            form=form,
            is_open=offers.is_open(offer),
            last_day=offer.last_day,
            has_expired=offer.status == OfferStatus.EXPIRED
            or (offer.status == OfferStatus.MADE and not offers.is_open(offer)),
            place=place_on_waiting_list(application) if offer.status == OfferStatus.NO_PLACE else None,
            enrolment=application.enrolment,
            today=timezone.localdate(),
        )


class Decline(OwnStep):
    """A reason if one likes."""

    step = offers.decline

    def load(self) -> Any:
        return latest_offer(super().load())

    def after(self, subject: Any, result: Any) -> str:
        return reverse("applications:offer", args=[self.kwargs["pk"]])
