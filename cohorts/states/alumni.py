"""What stands on the board of openings, and whom it is for (L5, L6, B60)."""

from django.db import models

from cohorts.states import EnrolmentStatus


class GraduateOfferKind(models.TextChoices):
    """Closed, so that people can choose of what they hear, and so that who got what can be counted."""

    SECONDMENT = "secondment", "A secondment"
    ACTING_UP = "acting_up", "Acting up"
    PROJECT = "project", "A project"
    STRETCH = "stretch", "A stretch task"
    MENTORING = "mentoring", "Mentoring"
    COACHING = "coaching", "Coaching"
    DEVELOPMENT = "development", "An opportunity to develop"
    INTERVIEW = "interview", "An interview"


class ForPeople(models.TextChoices):
    """Whose pages an opening stands on."""

    GRADUATES = "graduates", "Graduates"
    PARTICIPANTS = "participants", "Participants"
    BOTH = "both", "Participants and graduates"


PARTICIPANTS_TOO = (ForPeople.PARTICIPANTS, ForPeople.BOTH)
GRADUATES_TOO = (ForPeople.GRADUATES, ForPeople.BOTH)
#: For whom an opening has to be for somebody of this status to see it.
SEEN_BY: dict[str, tuple[ForPeople, ...]] = {
    EnrolmentStatus.ENROLLED: PARTICIPANTS_TOO,
    EnrolmentStatus.COMPLETED: GRADUATES_TOO,
}
