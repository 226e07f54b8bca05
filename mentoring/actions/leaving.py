"""A participant who leaves has no mentor any more: pairs end, proposals are dropped, and the mentor is told."""

from django.utils import timezone

from cohorts.models import Enrolment
from mentoring import notices
from mentoring.models import Pair
from mentoring.states import PAIR
from steppingup.accounts.actors import Actor, person


def leave(enrolment: Enrolment, by: Actor) -> None:
    for pair in Pair.objects.proposed().filter(enrolment=enrolment):
        PAIR.move(pair, "drop")
    for pair in Pair.objects.confirmed().with_people().filter(enrolment=enrolment):
        # Why they left is for the participant; the mentor hears that they did.
        reason = f"{enrolment.participant} is no longer on the programme."
        PAIR.move(pair, "end", ended_at=timezone.now(), ended_by=person(by), end_reason=reason)
        notices.tell_mentor(notices.ENDED_MENTOR, pair, reason=reason)
