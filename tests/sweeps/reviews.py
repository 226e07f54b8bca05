"""Three-way reviews of the world: one that is written, and one that is to be signed; and the monthly email of the line
manager."""

from typing import Any

from cohorts.actions.digests import digest_of
from cohorts.notices.digests import DIGEST_LINK
from cohorts.states import Signatory
from steppingup.accounts.models import TokenLink
from tests.factories.reviews import link_of, to_sign, written
from tests.sweeps.at_work import mentor_at_work
from tests.sweeps.coached import coach_people


def look_back(world: Any) -> None:
    things = world.things
    things.looking_back = written(things.enrolment)
    things.review_to_sign = to_sign(things.enrolment, world.coordinator)
    things.digest = digest_of(world.manager)
    _, things.digest_token = TokenLink.issue(
        purpose=DIGEST_LINK, target=things.digest, email=world.manager.email, days=9
    )
    mentor_at_work(things)
    coach_people(world)
    things.review_token = link_of(things.review_to_sign, Signatory.EMPLOYER).link.raw
