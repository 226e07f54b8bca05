"""The relation that mentoring adds to those of `cohorts.relations`."""

from datetime import date
from typing import Any

from django.db.models import Q

from cohorts.journal import Circle, Reader, add_circle
from cohorts.models import Enrolment
from cohorts.models.enrolment import EnrolmentQuerySet
from cohorts.relations import Relation, add_relation
from mentoring.models import Pair
from steppingup import clock
from steppingup.messaging.addresses import address


def _mentees(people: EnrolmentQuerySet, user: Any, day: date) -> EnrolmentQuerySet:
    """Those whose mentor this person is on that day: from when a pair is confirmed until it ends."""
    pairs = Pair.objects.of_mentor(user).filter(confirmed_at__date__lte=day)
    over = Q(ended_at__date__lt=day) if day < clock.today() else Q(ended_at__isnull=False)
    return people.filter(pk__in=pairs.exclude(over).values("enrolment"))


MENTOR = add_relation(Relation("mentor", "mentor", _mentees))


def _mentors(enrolment: Enrolment) -> list[Reader]:
    """Those who mentor them now: with whom a participant can share an entry of their journal."""
    pairs = Pair.objects.confirmed().filter(enrolment=enrolment, mentor__user__is_active=True)
    found = [pair.mentor for pair in pairs.select_related("mentor__user").order_by("pk")]
    once = {one.user_id: one for one in found}
    return [Reader(MENTOR.name, one.user, one.called, one.email_here) for one in once.values()]


add_circle(Circle(MENTOR, _mentors, lambda enrolment: address("mentoring:mentees")))
