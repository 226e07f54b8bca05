"""The participant's qualification: what it asks, registering, where they stand, giving it up (B39 to B46)."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cohorts.models import Enrolment
from cohorts.pages.participant import around, entry_of, own_enrolment, own_place
from cohorts.states import HOLDS_A_PLACE
from modules.actions import registrations
from modules.models import Course, Registration
from modules.pages.common import OwnStep, own_registration
from modules.progress import choices_of, current, latest_assignment, offers_to, standing_of, todo_of
from modules.sections import credits_ring, due_words
from modules.states import RegistrationStatus
from steppingup import clock
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats.dates import add_months
from steppingup.site.sections import one_page


@require_safe
@login_required
@one_page()
def overview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Before registering: what each qualification asks. Afterwards: where I stand."""
    enrolment = own_place(request.user, pk)
    frame = around(enrolment, request.user, "qualification")
    entry_of(frame["menu"], "qualification")
    registration = current(enrolment)
    if registration is None or "others" in request.GET:
        return render(request, "modules/offers.html", {**frame, **_offers(enrolment)})
    return render(request, "modules/qualification.html", {**frame, **_standing(enrolment, registration)})


def _offers(enrolment: Enrolment) -> dict[str, Any]:
    return {
        "offers": [(offer, add_months(clock.today(), offer.months)) for offer in offers_to(enrolment)],
        "may_register": enrolment.status in HOLDS_A_PLACE,
        "courses": Course.objects.offered_by(enrolment.cohort.programme.provider_id).count(),
    }


def _standing(enrolment: Enrolment, registration: Registration) -> dict[str, Any]:
    choices = choices_of(registration)
    standing = standing_of(registration, choices=choices, with_offer=True)
    latest = latest_assignment(registration)
    is_registered = registration.status == RegistrationStatus.REGISTERED
    return {
        "registration": registration,
        "qualification": registration.qualification,
        "choices": choices,
        "standing": standing,
        "picture": credits_ring(standing),
        "assignment": latest,
        "extensions": list(registration.extensions.all()),
        "todo": todo_of(registration, standing=standing, latest=latest),
        "is_open": is_registered and enrolment.status in HOLDS_A_PLACE,
        "may_register_another": not is_registered and offers_to(enrolment).exists(),
        **due_words(registration),
    }


class Register(OwnStep):
    """What it commits to, and one button."""

    step = registrations.register_for
    template_name = "modules/register.html"
    done = "You have registered. Now choose your courses."

    def load(self) -> Enrolment:
        return own_enrolment(self.request.user, self.kwargs["pk"])

    def enrolment(self, subject: Enrolment) -> Enrolment:
        return subject

    def show(self, context: dict[str, Any]) -> HttpResponse:
        form, employer = context["form"], context["original"].employer
        if chosen := getattr(form, "cleaned_data", {}).get("qualification"):
            due_on = add_months(clock.today(), chosen.months)
            context |= {
                "qualification": chosen, "due_on": due_on, "levy": chosen.by_levy and bool(employer and employer.is_levy_payer)
            }  # fmt: skip
        return super().show(context)


class Withdraw(OwnStep):
    """Giving it up, with what that means."""

    step = registrations.give_up
    done = "Your registration has been withdrawn. You can take it up again."

    def load(self) -> Registration:
        return own_registration(self.request, self.kwargs["pk"])


class Resume(OwnStep):
    """Taking it up again."""

    step = registrations.resume
    done = "You are working towards it again."

    def load(self) -> Registration:
        own = own_enrolment(self.request.user, self.kwargs["pk"])
        rows = Registration.objects.filter(enrolment=own).with_everything()
        return get_object_or_404(rows, qualification__key=self.kwargs["key"])
