"""What of mentoring goes after some time (`steppingup.retention`)."""

from datetime import date

from django.db.models import QuerySet

from mentoring.models import MentoringWish
from steppingup.accounts.models import Organisation
from steppingup.retention.kinds import Kind, add


def wishes(provider: Organisation, before: date) -> QuerySet[MentoringWish]:
    cohort = {"enrolment__cohort__programme__provider": provider, "enrolment__cohort__ends_on__lt": before}
    return MentoringWish.objects.filter(**cohort)


add(
    Kind(
        "mentoring.wishes",
        "Wishes for a mentor",
        "the cohort ended",
        12,
        wishes,
        "enrolment__cohort",
    )
)
