"""Whom figures are about: the applications of a cohort, or of all, that got as far as a stage."""

from collections.abc import Iterable
from datetime import datetime, time

from django.db.models import F, Q, QuerySet
from django.utils.timezone import get_current_timezone

from applications.models import Application, Stage
from applications.states import ApplicationStatus as S
from cohorts.models import Cohort, Programme
from cohorts.states import EnrolmentStatus
from funding.states import BursaryStatus
from modules.states import RegistrationStatus
from representation.states import SAYS, Outcome
from steppingup import clock
from steppingup.formats.dates import quarter_of

INVITED = (S.SHORTLISTED, S.INTERVIEW, S.INTERVIEWED, S.OFFERED, S.WAITING, S.ACCEPTED, S.DECLINED, S.EXPIRED)
BURSARY = "fee_agreement__bursary_requests"
PLACEMENT = "enrolment__placements"

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
    Stage.IN_POOL: Q(enrolment__pool_entries__agreed_at__isnull=False),
    Stage.VOLUNTARY_HEAD: (
        Q(**{f"{PLACEMENT}__team_tie__isnull": False}) | Q(**{f"{PLACEMENT}__opportunity__team_tie__isnull": False})
    )
    & Q(**{f"{PLACEMENT}__starts_on__isnull": False})
    & (Q(**{f"{PLACEMENT}__lost_on": None}) | Q(**{f"{PLACEMENT}__lost_on__gt": F(f"{PLACEMENT}__starts_on")})),
}


def reached(stage: str) -> Q:
    """Who got as far. Of those who stepped up, as far as was said before this quarter began: whoever publishes does not know who did, and
    a number that followed each answer would tell (docs/adr/0082)."""
    if stage != Stage.STEPPED_UP:
        return REACHED[stage]
    since = datetime.combine(quarter_of(clock.today()), time.min, tzinfo=get_current_timezone())
    answers = "enrolment__destinations__answers"
    stood = Q(**{f"{answers}__replaced_at": None}) | Q(**{f"{answers}__replaced_at__gte": since})
    says = Q()
    for move in SAYS[Outcome.STEPPED]:
        says |= Q(**{f"{answers}__moves__contains": [move]})
    return REACHED[Stage.COMPLETED] & Q(**{f"{answers}__given_at__lt": since}) & stood & says


def closed_cohorts(programme: Programme, moment: datetime) -> "QuerySet[Cohort]":
    """Cohorts for which nobody can apply any more: nor does anybody have more time of their own."""
    closed = Cohort.objects.filter(programme=programme, window__closes_at__lte=moment)
    return closed.exclude(window__late_entries__until__gt=moment).select_related("window")


def people_at(stage: str, cohorts: "QuerySet[Cohort]") -> frozenset[int]:
    """The applications that got so far, answered or not; of somebody who applied more than once, the latest of them."""
    found = Application.objects.submitted().filter(reached(stage), cohort__in=cohorts)
    latest = found.order_by("applicant_id", "-submitted_at", "-pk").distinct("applicant_id")
    return frozenset(latest.values_list("pk", flat=True))


def applicants_of(applications: Iterable[int]) -> dict[int, int]:
    """Whose each application is, by its number. One that is gone is somebody of its own."""
    found = dict(Application.objects.filter(pk__in=applications).order_by().values_list("pk", "applicant"))
    return {pk: found.get(pk, -pk) for pk in applications}
