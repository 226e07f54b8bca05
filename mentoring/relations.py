"""The relation that mentoring adds to those of `cohorts.relations`."""

from typing import Any

from cohorts.models.enrolment import EnrolmentQuerySet
from cohorts.relations import Relation, add_relation
from mentoring.models import Pair


def _mentees(people: EnrolmentQuerySet, user: Any) -> EnrolmentQuerySet:
    """Those whose mentor this person is today: proposals nobody knows of yet, and pairs that ended are over."""
    return people.filter(pk__in=Pair.objects.confirmed().filter(mentor__user=user).values("enrolment"))


MENTOR = add_relation(Relation("mentor", "mentor", _mentees))
