"""The participant's qualification: what it asks, registering, where they stand, giving it up (B39 to B46)."""

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.states import HOLDS_A_PLACE
from cohorts.views.participant import own_enrolment
from modules import telling
from modules.actions import registrations
from modules.models import Course, Registration
from modules.progress import choices_of, latest_assignment, standing_of, todo_of
from modules.rules import add_months
from modules.sections import credits_ring, current, due_words
from modules.states import RegistrationStatus
from modules.views.common import open_registration, own_page, page, trail_to
from steppingup.accounts.requests import SignedInRequest
from steppingup.history.lifecycle import NotPossible

VIEWS = ["GET", "HEAD", "POST"]


@require_safe
@login_required
def overview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Before registering: what each qualification asks. Afterwards: where I stand."""
    enrolment = own_enrolment(request.user, pk)
    registration = current(enrolment)
    if registration is None or "others" in request.GET:
        offers = enrolment.cohort.programme.qualifications.exclude(registrations__enrolment=enrolment)
        context = page(
            enrolment,
            offers=[(offer, add_months(timezone.localdate(), offer.months)) for offer in offers],
            may_register=enrolment.status in HOLDS_A_PLACE,
            courses=Course.objects.offered_by(enrolment.cohort.programme.provider_id).count(),
        )
        return render(request, "modules/offers.html", context)
    choices = choices_of(registration)
    standing = standing_of(registration, choices=choices, with_offer=True)
    latest = latest_assignment(registration)
    others = enrolment.cohort.programme.qualifications.exclude(registrations__enrolment=enrolment)
    context = page(
        enrolment,
        registration=registration,
        qualification=registration.qualification,
        choices=choices,
        standing=standing,
        picture=credits_ring(standing),
        assignment=latest,
        extensions=list(registration.extensions.all()),
        todo=todo_of(registration, standing=standing, latest=latest),
        is_open=registration.status == RegistrationStatus.REGISTERED and enrolment.status in HOLDS_A_PLACE,
        may_register_another=registration.status != RegistrationStatus.REGISTERED and others.exists(),
        **due_words(registration),
    )
    return render(request, "modules/qualification.html", context)


@require_http_methods(VIEWS)
@login_required
def register(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """A page that says what it commits to, and one button."""
    enrolment = own_enrolment(request.user, pk)
    qualification = get_object_or_404(enrolment.cohort.programme.qualifications, key=key)
    if request.method == "POST":
        try:
            registrations.register(enrolment=enrolment, qualification=qualification, by=request.user)
        except NotPossible as sentence:
            notices.error(request, str(sentence))
        else:
            notices.success(request, f"You are registered for the {qualification}. Now choose your courses.")
        return redirect(own_page(enrolment))
    due_on = add_months(timezone.localdate(), qualification.months)
    proposed = Registration(
        enrolment=enrolment, qualification=qualification, registered_on=timezone.localdate(), due_on=due_on
    )
    context = page(
        enrolment,
        trail_to(enrolment),
        heading=f"Register for the {qualification}?",
        qualification=qualification,
        due_on=due_on,
        levy=qualification.by_levy and enrolment.employer.is_levy_payer,
        told=telling.previews(telling.of_registering(proposed)),
        button="Register",
        back_url=own_page(enrolment),
    )
    return render(request, "modules/register.html", context)


@require_http_methods(VIEWS)
@login_required
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Giving it up, with what that means."""
    registration = open_registration(request, pk)
    if request.method == "POST":
        registrations.withdraw(registration=registration, by=request.user)
        notices.success(request, "Your registration is withdrawn. You can take it up again.")
        return redirect(own_page(registration.enrolment))
    context = page(
        registration.enrolment,
        heading=f"Withdraw from the {registration.qualification}?",
        text="Your place on the programme stays as it is. Your courses and results are kept, so you can take it up again.",
        told=telling.previews(telling.of_withdrawing(registration, "")),
        button="Withdraw",
        is_warning=True,
        back_url=own_page(registration.enrolment),
    )
    return render(request, "confirm.html", context)


@require_http_methods(VIEWS)
@login_required
def resume(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """Taking it up again."""
    enrolment = own_enrolment(request.user, pk)
    mine = Registration.objects.filter(enrolment=enrolment, status=RegistrationStatus.WITHDRAWN).with_everything()
    registration = get_object_or_404(mine, qualification__key=key)
    if request.method == "POST":
        registrations.resume(registration=registration, by=request.user)
        notices.success(request, f"You are working towards the {registration.qualification} again.")
        return redirect(own_page(enrolment))
    context = page(
        enrolment,
        heading=f"Take up the {registration.qualification} again?",
        text="Your courses and results still count, and the due date is the same as before.",
        told=telling.previews(telling.of_resuming(registration)),
        button="Take it up again",
        back_url=own_page(enrolment),
    )
    return render(request, "confirm.html", context)
