"""Mentors at the own employer: named, and agreed."""

from typing import Any

from cohorts.actions import internal
from cohorts.models import InternalMentor
from cohorts.notices.internal import INTERNAL_LINK
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink

SAM = {"kind": "mentoring", "name": "Sam Marsh", "job": "Head of Care", "email": "sam.marsh@harbour.example"}


def fresh(mentor: InternalMentor) -> InternalMentor:
    return InternalMentor.objects.for_steps().get(pk=mentor.pk)


def named(enrolment: Any, by: Any = None, **more: Any) -> InternalMentor:
    return internal.name_somebody(enrolment=enrolment, by=by or enrolment.participant, **{**SAM, **more})


def holder_of(mentor: InternalMentor) -> LinkHolder:
    link, raw = TokenLink.issue(purpose=INTERNAL_LINK, target=mentor, email=mentor.email, days=9)
    link.raw = raw
    return LinkHolder(link)


def agreed(enrolment: Any, **more: Any) -> InternalMentor:
    mentor = named(enrolment, **more)
    internal.agree(mentor=mentor, by=holder_of(mentor))
    return fresh(mentor)
