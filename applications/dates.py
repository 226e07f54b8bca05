"""What applications have in a person's own calendar: their interviews (B24)."""

from collections.abc import Iterator
from datetime import timedelta

from applications.models import Interview
from applications.states import InterviewStatus
from steppingup.accounts.models import User
from steppingup.calendars.events import Event
from steppingup.messaging.addresses import address


def interviews_of(user: User) -> Iterator[Event]:
    """Whoever applied, and is or was to come. Who else is interviewed is nobody's business but the panel's."""
    found = Interview.objects.filter(application__applicant=user).exclude(status=InterviewStatus.MISSED)
    for one in found.select_related("application__cohort__programme"):
        yield Event(
            key=f"interview-{one.pk}",
            sequence=one.sequence,
            title=f"{one.application.cohort.programme}: your interview",
            starts_at=one.starts_at,
            ends_at=one.starts_at + timedelta(minutes=one.minutes),
            place=one.place,
            about=f"With {one.panel}." if one.panel else "",
            page=address("applications:application", one.application_id),
            is_cancelled=one.status == InterviewStatus.CANCELLED,
        )
