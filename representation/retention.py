"""What of the succession pool goes after some time (`steppingup.retention`)."""

from datetime import date

from django.db.models import QuerySet

from representation.models import PoolEntry
from representation.states import PoolStatus
from steppingup.accounts.models import Organisation
from steppingup.retention.kinds import Kind, add


def ended(provider: Organisation, before: date) -> "QuerySet[PoolEntry]":
    over = (PoolStatus.DECLINED, PoolStatus.LEFT)
    return PoolEntry.objects.filter(post__provider=provider, status__in=over, ended_at__date__lt=before)


add(
    Kind(
        "representation.pool",
        "What was said of people who left the succession pool, or did not want to be in it",
        "they left or said no",
        12,
        ended,
        "enrolment__cohort",
    )
)
