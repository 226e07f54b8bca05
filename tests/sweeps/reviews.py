"""Three-way reviews of the world: one that is written, and one that is to be signed."""

from typing import Any

from cohorts.states import Signatory
from tests.factories.reviews import link_of, to_sign, written


def look_back(world: Any) -> None:
    things = world.things
    things.looking_back = written(things.enrolment)
    things.review_to_sign = to_sign(things.enrolment, world.coordinator)
    things.review_token = link_of(things.review_to_sign, Signatory.EMPLOYER).link.raw
