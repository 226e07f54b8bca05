"""Questions about the people of a cohort and their mentors."""

from django.db.models import Exists, OuterRef, QuerySet

from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentStatus
from mentoring.models import Pair


def without_a_mentor(cohort: Cohort) -> QuerySet[Enrolment]:
    """Participants of a cohort who are on the programme and have neither a mentor nor a proposal."""
    paired = Pair.objects.open().filter(enrolment=OuterRef("pk"))
    return Enrolment.objects.filter(~Exists(paired), cohort=cohort, status=EnrolmentStatus.ENROLLED)
