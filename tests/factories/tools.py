"""Tools that participants have taken, by the moments of a record."""

from typing import Any

from cohorts.models import Enrolment
from mentoring.models import Pair
from representation.models import ToolTaken
from steppingup.accounts.models import User
from tests.factories.cohorts import day
from tests.factories.mentoring import confirmed_pair


def taken(enrolment: Enrolment, name: str = "Insights", **more: Any) -> ToolTaken:
    found = ToolTaken.objects.create(
        enrolment=enrolment, name=name, **{"taken_on": day(-3), "paid_by": "provider", **more}
    )
    return ToolTaken.objects.for_steps().get(pk=found.pk)


def mentor_of(enrolment: Enrolment) -> User:
    return confirmed_pair(enrolment).mentor.user


def no_mentor(enrolment: Enrolment) -> None:
    Pair.objects.filter(enrolment=enrolment).delete()
