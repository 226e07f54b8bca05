"""Coaches, and coaching: asked for, with the employer, arranged."""

from decimal import Decimal
from typing import Any

import factory

from cohorts.actions import coaching, coaching_support
from cohorts.models import Coach, CoachingRequest
from cohorts.notices.coaching import COACHING_LINK
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from tests.factories.accounts import ProviderFactory

NEED = {"theme": "leading", "words": "How to lead a team that was mine.", "sessions": 3}
BEYOND = {"days": Decimal("1.5"), "cost": Decimal(300)}


class CoachFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Coach

    provider = factory.SubFactory(ProviderFactory)
    name = factory.Sequence(lambda number: f"Avon Coaching {number}")
    coaches_on = "Leading people"
    contact_name = "Ira Quay"
    email = "ira@avon.example"


def fresh(coaching: CoachingRequest) -> CoachingRequest:
    return CoachingRequest.objects.for_steps().get(pk=coaching.pk)


def asked_for(enrolment: Any, by: Any = None, **more: Any) -> CoachingRequest:
    made = coaching.request_coaching(enrolment=enrolment, by=by or enrolment.participant, **{**NEED, **more})
    return fresh(made)


def with_employer(enrolment: Any, by: Any, **more: Any) -> CoachingRequest:
    made = asked_for(enrolment, **more)
    return fresh(coaching_support.ask_employer(coaching=made, by=by, **BEYOND))


def supporter(one: CoachingRequest) -> LinkHolder:
    email = one.enrolment.manager_address
    link, raw = TokenLink.issue(purpose=COACHING_LINK, target=one, email=email, days=9)
    link.raw = raw
    return LinkHolder(link)


def arranged(enrolment: Any, by: Any, coach: Coach | None = None) -> CoachingRequest:
    coach = coach or CoachFactory(provider=enrolment.cohort.programme.provider)
    given = {"coach": coach, "dates": "Tuesdays in March", "cost": Decimal(0), "is_within": True}
    return fresh(coaching.arrange(coaching=asked_for(enrolment), by=by, **given))
