"""The relation that mentoring adds to those of `cohorts.relations`."""

from datetime import date
from typing import Any

from django.db.models import Q

from cohorts.models.enrolment import EnrolmentQuerySet
from cohorts.relations import Relation, add_relation
from mentoring.models import Pair
from steppingup import clock


def _mentees(people: EnrolmentQuerySet, user: Any, day: date) -> EnrolmentQuerySet:
    """Those whose mentor this person is on that day: from when a pair is confirmed until it ends."""
    pairs = Pair.objects.of_mentor(user).filter(confirmed_at__date__lte=day)
    over = Q(ended_at__date__lt=day) if day < clock.today() else Q(ended_at__isnull=False)
    return people.filter(pk__in=pairs.exclude(over).values("enrolment"))


MENTOR = add_relation(Relation("mentor", "mentor", _mentees))
