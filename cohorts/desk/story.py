"""What cohorts know of a person's story: places, certificates, and whom they manage."""

from typing import Any

from django.urls import reverse

from cohorts.models import Certificate, Enrolment
from steppingup.accounts.models import User
from steppingup.desk.story import Event


def places_of(person: User, viewer: Any) -> list[Event]:
    seen = Enrolment.objects.visible_to(viewer).select_related("cohort__programme")
    events = []
    for one in seen.filter(participant=person):
        url, where = reverse("admin:cohorts_enrolment_change", args=[one.pk]), str(one.cohort)
        events += [
            Event(one.enrolled_at, "Took a place", where, url),
            Event(one.completed_at, "Completed the programme", where, url),
            Event(one.not_completed_at, "Did not complete the programme", where, url),
            Event(one.withdrawn_at, "Left the programme", where, url),
        ]
    return events


def certificates_of(person: User, viewer: Any) -> list[Event]:
    seen = Certificate.objects.visible_to(viewer).filter(enrolment__participant=person)
    return [
        Event(
            one.issued_at,
            f"Certificate {one.serial}",
            one.programme_name,
            reverse("admin:cohorts_certificate_change", args=[one.pk]),
        )
        for one in seen
    ]


def managed_by(person: User, viewer: Any) -> list[Event]:
    """Not of an account that the record calls something else: nobody learns who that is."""
    seen = Enrolment.objects.visible_to(viewer).filter(line_manager=person, manager_name="")
    return [
        Event(
            one.enrolled_at,
            f"Line manager of {one.participant}",
            str(one.cohort),
            reverse("admin:cohorts_enrolment_change", args=[one.pk]),
        )
        for one in seen.select_related("participant", "cohort__programme")
    ]
