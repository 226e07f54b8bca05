"""Answering an offer: reading what is signed before the place is taken, signing it, or declining (N12, B36; design rules 3 and 10)."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from applications.actions import offers, signing
from applications.models import Application, Offer
from applications.pages.apply import mine, page
from applications.pages.status import OwnStep
from applications.queries import place_on_waiting_list
from applications.states import OfferStatus
from cohorts.actions.agreements import WHOLE_NAME
from cohorts.agreements import in_words, text_of
from cohorts.models import Agreement
from cohorts.states import Signatory
from steppingup import clock
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats.english import listed
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import NotPossible
from steppingup.site.layout import laid_out


class AcceptForm(forms.Form):
    """The signature: the legal name, and a tick; neither, where there is nothing to sign."""

    legal_name = NameInput(
        label="Your full legal name",
        help_text="As it appears on your passport or payslip. This is your signature.",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter your full legal name to sign."},
    )
    agreed = forms.BooleanField(
        label="I have read it and agree to it",
        error_messages={"required": "Tick the box to say that you have read it and agree to it."},
    )
    texts = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        self.application = application
        super().__init__(*args, **kwargs)
        shown = [Field.text("legal_name", label_size=Size.SMALL), Field.checkbox("agreed"), Field("texts")]
        if titles := [f"“{one.template}”" for one in signing.to_sign(application)]:
            self.fields[
                "agreed"
            ].label = f"I have read {listed(titles)} and agree to {'it' if titles[1:] == [] else 'them'}"
        else:
            del self.fields["legal_name"], self.fields["agreed"]
            shown = shown[2:]
        self.helper = laid_out(*shown)

    def clean_legal_name(self) -> str:
        name = " ".join(self.cleaned_data["legal_name"].split())
        if signing.lacks_part_of_name(name, self.application):
            raise forms.ValidationError(WHOLE_NAME)
        return name


def latest_offer(application: Application) -> Offer:
    """The newest offer. Raises Http404 when none was ever made."""
    offer = application.offers.order_by("-made_at", "-pk").first()
    if offer is None:
        raise Http404
    offer.application = application
    return offer


def _signed(application: Application) -> list[Agreement]:
    """What the applicant has signed for this place."""
    rows = Agreement.objects.of_place(application.applicant, application.cohort)
    return list(rows.filter(signatures__role=Signatory.PARTICIPANT).for_page())


@method_decorator(never_cache, name="dispatch")
class OfferPage(LoginRequiredMixin, View):
    """The offer with the whole agreement, open or not. Only the applicant finds it."""

    def get(self, request: SignedInRequest, pk: int) -> HttpResponse:
        application = mine(request, pk)
        offer = latest_offer(application)
        form = AcceptForm(initial={"texts": signing.digest_of_texts(application)}, application=application)
        return self.show(request, application, offer, form)

    def post(self, request: SignedInRequest, pk: int) -> HttpResponse:
        application = mine(request, pk)
        offer = latest_offer(application)
        form = AcceptForm(request.POST, application=application)
        if not form.is_valid():
            return self.show(request, application, offer, form)
        given = {"legal_name": form.cleaned_data.get("legal_name", ""), "texts": form.cleaned_data["texts"] or None}
        # While somebody else has still to sign, the applicant signs, and takes the place afterwards.
        answer = offers.sign_first if signing.others_to_sign(application) else offers.accept
        try:
            answer(offer=offer, by=request.user, **given)
        except NotPossible as sentence:
            form.add_error(None, str(sentence))
            form.data = {**request.POST.dict(), "texts": signing.digest_of_texts(application)}
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
            to_sign=[(one.template.title, text_of(one)) for one in signing.to_sign(application)],
            others=in_words(signing.others_to_sign(application)),
            signed=_signed(application),
            last_day=offer.last_day,
            has_expired=offer.status == OfferStatus.EXPIRED
            or (offer.status == OfferStatus.MADE and not offers.is_open(offer)),
            place=place_on_waiting_list(application) if offer.status == OfferStatus.NO_PLACE else None,
            enrolment=application.enrolment,
            today=clock.today(),
        )


class Decline(OwnStep):
    """A reason if one likes."""

    step = offers.decline

    def load(self) -> Any:
        return latest_offer(super().load())

    def after(self, subject: Any, result: Any) -> str:
        return reverse("applications:offer", args=[self.kwargs["pk"]])
