"""Three-way reviews: written, asked for, signed."""

from typing import Any

from cohorts.actions import reviews
from cohorts.models import ThreeWayReview
from cohorts.notices.reviews import REVIEW_LINK
from cohorts.states import Signatory
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from tests.factories.cohorts import day

WORDS = {"went_well": "The pilot.", "needed": "More time on Fridays.", "agreed": "Ada leads the next one."}


def written(enrolment: Any, by: Any = None, **more: Any) -> ThreeWayReview:
    given = {"on": day(-1), **WORDS, **more}
    made = reviews.prepare(enrolment=enrolment, by=by or enrolment.participant, **given)
    return ThreeWayReview.objects.for_steps().get(pk=made.pk)


def to_sign(enrolment: Any, staff: Any) -> ThreeWayReview:
    made = reviews.send(review=written(enrolment), staff=staff, by=staff)
    return ThreeWayReview.objects.for_steps().get(pk=made.pk)


def link_of(review: ThreeWayReview, role: Signatory) -> LinkHolder:
    party = ThreeWayReview.objects.for_steps().get(pk=review.pk).party(role)
    assert party is not None
    link, raw = TokenLink.issue(purpose=REVIEW_LINK, target=party, email=party.email, days=9)
    link.raw = raw
    return LinkHolder(link)
