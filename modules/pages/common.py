"""What the pages of a participant's qualification share. Everything is fetched through the person."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cohorts.models import Enrolment
from cohorts.pages.participant import own_enrolment
from modules.models import Registration
from modules.progress import current
from modules.states import RegistrationStatus
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.stepping import SignedInStepView


def own_registration(request: SignedInRequest, pk: int) -> Registration:
    """What this participant works towards now, or did last. A stranger, or somebody without one, gets 404."""
    registration = current(own_enrolment(request.user, pk))
    if registration is None:
        raise Http404("There is no registration.")
    return registration


def open_registration(request: SignedInRequest, pk: int) -> Registration:
    """The same, only while it is under way."""
    registration = own_registration(request, pk)
    if registration.status != RegistrationStatus.REGISTERED:
        raise Http404("Nothing is under way.")
    return registration


def around(enrolment: Enrolment, *trail: tuple[str, str], **more: Any) -> dict[str, Any]:
    """The context that every page needs; `trail` are the pages between the qualification and this one."""
    return {
        "enrolment": enrolment,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": [
            ("Home", reverse("home")),
            (enrolment.cohort.programme.name, reverse("cohorts:participant", args=[enrolment.pk])),
            *trail,
        ],
        **more,
    }


def page(
    request: SignedInRequest, template: str, enrolment: Enrolment, *trail: tuple[str, str], **more: Any
) -> HttpResponse:
    return render(request, f"modules/{template}.html", around(enrolment, *trail, **more))


def own_page(enrolment: int) -> str:
    return reverse("modules:qualification", args=[enrolment])


def trail_to(enrolment: Enrolment) -> tuple[str, str]:
    return ("Your qualification", own_page(enrolment.pk))


class OwnStep(SignedInStepView):
    """A step of a participant, on the way from their qualification and back to it."""

    def enrolment(self, subject: Any) -> Enrolment:
        return subject.enrolment

    def after(self, subject: Any, result: Any) -> str:
        return own_page(self.kwargs["pk"])

    def get_extra(self, subject: Any) -> dict[str, Any]:
        enrolment = self.enrolment(subject)
        return around(enrolment, trail_to(enrolment))
