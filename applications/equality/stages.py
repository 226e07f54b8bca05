"""Whom figures are about: the applications of a cohort, or of all, that got as far as a stage."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from applications.models import Application, Stage
from applications.states import ApplicationStatus as S
from cohorts.models import Cohort, Programme
from cohorts.states import EnrolmentStatus
from funding.states import BursaryStatus
from modules.states import RegistrationStatus

INVITED = (S.SHORTLISTED, S.INTERVIEW, S.INTERVIEWED, S.OFFERED, S.WAITING, S.ACCEPTED, S.DECLINED, S.EXPIRED)
BURSARY = "fee_agreement__bursary_requests"

#: Everybody for whom one of these is true, whatever came of it later.
REACHED: dict[str, Q] = {
    Stage.CLOSED: Q(),
    Stage.SHORTLISTED: Q(status__in=INVITED) | Q(interviews__isnull=False),
    Stage.OFFERED: Q(offers__isnull=False),
    Stage.ENROLLED: Q(enrolment__isnull=False),
    Stage.COMPLETED: Q(enrolment__status=EnrolmentStatus.COMPLETED),
    Stage.WITHDREW: Q(status=S.WITHDRAWN) | Q(enrolment__status=EnrolmentStatus.WITHDRAWN),
    Stage.BURSARY_ASKED: Q(**{f"{BURSARY}__isnull": False}),
    Stage.BURSARY_GIVEN: Q(**{f"{BURSARY}__status": BursaryStatus.GRANTED}),
    Stage.ACHIEVED: Q(enrolment__registrations__status=RegistrationStatus.ACHIEVED),
}


def closed_cohorts(programme: Programme, moment: datetime) -> "QuerySet[Cohort]":
    """Cohorts for which nobody can apply any more: nor does anybody have more time of their own."""
    closed = Cohort.objects.filter(programme=programme, window__closes_at__lte=moment)
    return closed.exclude(window__late_entries__until__gt=moment).select_related("window")


def people_at(stage: str, cohorts: "QuerySet[Cohort]") -> frozenset[int]:
    """The applications that got so far, answered or not; of somebody who applied more than once, the latest of them."""
    found = Application.objects.submitted().filter(REACHED[stage], cohort__in=cohorts)
    latest = found.order_by("applicant_id", "-submitted_at", "-pk").distinct("applicant_id")
    return frozenset(latest.values_list("pk", flat=True))


def applicants_of(applications: Iterable[int]) -> dict[int, int]:
    """Whose each application is, by its number. One that is gone is somebody of its own."""
    found = dict(Application.objects.filter(pk__in=applications).order_by().values_list("pk", "applicant"))
    return {pk: found.get(pk, -pk) for pk in applications}
