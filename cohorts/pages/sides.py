"""Pages that the participant and their line manager have alike: of their talks, and of who mentors at work."""

from typing import Any

from django.urls import reverse

from cohorts.models import Enrolment
from cohorts.pages.manager import around as around_person
from cohorts.pages.manager import managed_person
from cohorts.pages.participant import around, own_place
from cohorts.states.conversations import Side
from steppingup.accounts.requests import SignedInRequest


def place_of(request: SignedInRequest, pk: int, side: Side, topic: str) -> tuple[Enrolment, dict[str, Any]]:
    """The place, with what its pages show around; a stranger gets 404, and so does whoever was the line manager."""
    if side == Side.PARTICIPANT:
        enrolment = own_place(request.user, pk)
        context = around(enrolment, request.user, topic)
        context["topic_title"] = enrolment.cohort.programme.name
    else:
        enrolment = managed_person(request.user, pk)
        context = around_person(enrolment, request.user, with_lines=False)
        front = reverse("cohorts:managed", args=[pk])
        context |= {"front": front, "topic": topic, "topic_title": str(enrolment.participant)}
        context["breadcrumbs"] = [*context["breadcrumbs"], (str(enrolment.participant), front)]
    return enrolment, {**context, "is_own": side == Side.PARTICIPANT}
