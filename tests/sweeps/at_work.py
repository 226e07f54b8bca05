"""Mentors at the own employer of the world, and some more of them."""

from typing import Any

from cohorts.models import InternalMentor
from tests.factories.internal import SAM, holder_of, named

OTHER = {"kind": "both", "name": "Uma Quay", "job": "Head of Estates", "email": "uma.quay@harbour.example"}


def mentor_at_work(things: Any) -> None:
    things.internal_mentor = named(things.enrolment)
    things.internal_token = holder_of(things.internal_mentor).link.raw


def one_more_at_work(world: Any, enrolment: Any) -> None:
    InternalMentor.objects.create(enrolment=enrolment, named_as="participant", **SAM)
    other = {**OTHER, "email": f"uma.{enrolment.pk}@harbour.example"}
    InternalMentor.objects.create(enrolment=world.enrolment, named_as="line_manager", **other)
