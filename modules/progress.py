"""Where a registration stands: what its rows say, brought before the rules. Works on prefetched rows too."""

from collections.abc import Mapping
from types import EllipsisType

from modules.models import Assignment, Course, CourseChoice, Registration
from modules.rules import Standing
from modules.states import COUNTS, AssignmentStatus, CourseStatus


def choices_of(registration: Registration) -> list[CourseChoice]:
    """Its courses but those that were dropped, in the order in which they were chosen."""
    if registration.pk is None:  # one that is only proposed, to show what would be said
        return []
    rows = registration.choices.counting().select_related("course")
    return list(rows.order_by("chosen_at", "pk"))


def offered_besides(registration: Registration, chosen: list[CourseChoice]) -> list[int]:
    """The credits of every course that could still be chosen."""
    provider = registration.enrolment.cohort.programme.provider_id
    taken = [choice.course_id for choice in chosen]
    return list(Course.objects.offered_by(provider).exclude(pk__in=taken).values_list("credits", flat=True))


def standing_of(
    registration: Registration,
    after: Mapping[int, str] | None = None,
    *,
    choices: list[CourseChoice] | None = None,
    with_offer: bool = False,
) -> Standing:
    """`after` says what the statuses of some choices will be; `with_offer` looks at what could still be chosen."""
    rows = choices_of(registration) if choices is None else choices
    status = {row.pk: (after or {}).get(row.pk, row.status) for row in rows}
    counting = [row for row in rows if status[row.pk] in COUNTS]
    return Standing(
        registration.qualification.target,
        tuple(row.credits for row in counting),
        tuple(row.credits for row in counting if status[row.pk] == CourseStatus.PASSED),
        tuple(offered_besides(registration, counting)) if with_offer else None,
    )


def latest_assignment(registration: Registration) -> Assignment | None:
    return registration.assignments.select_related("file", "placement__host").order_by("-version").first()


def todo_of(
    registration: Registration,
    after: Mapping[int, str] | None = None,
    *,
    standing: Standing | None = None,
    latest: Assignment | EllipsisType | None = ...,
) -> str:
    """What is still to be done, in one or two sentences. `latest` is asked for when it is not given."""
    standing = standing or standing_of(registration, after)
    if isinstance(latest, EllipsisType):
        latest = latest_assignment(registration)
    parts = []
    if not standing.is_complete:
        parts.append(standing.in_words)
    elif not standing.is_reached:
        parts.append("Your choice of courses is complete; pass the courses that have no result yet.")
    if registration.qualification.has_assignment:
        state = latest.status if latest else ""
        if state == AssignmentStatus.REFERRED:
            parts.append("Revise your assignment and hand it in again.")
        elif state == AssignmentStatus.SUBMITTED:
            parts.append("Your assignment is being marked.")
        elif state != AssignmentStatus.PASSED:
            parts.append(f"Hand in your assignment of {registration.qualification.pages_in_words}.")
    return " ".join(parts) or "Nothing: you have done all that it asks."
