"""Where a registration stands: what its rows say, brought before the rules. Works on prefetched rows too."""

from collections.abc import Sequence
from types import EllipsisType

from cohorts.extensions import Award, Beside
from cohorts.models import Enrolment
from modules.models import Assignment, Course, CourseChoice, Registration
from modules.models.catalogue import QualificationQuerySet
from modules.rules import Standing
from modules.states import AssignmentStatus, CourseStatus, RegistrationStatus


def current(enrolment: Enrolment) -> Registration | None:
    """What the participant works towards, or else what they did last."""
    found = Registration.objects.filter(enrolment=enrolment).current_first().select_related("qualification").first()
    if found:
        found.enrolment = enrolment
    return found


def studied_for(enrolment: Enrolment) -> Beside | None:
    """The qualification that they work towards, where it says how many hours of study a week it takes (B45)."""
    registration = current(enrolment)
    if registration is None or registration.status != RegistrationStatus.REGISTERED:
        return None
    found = registration.qualification
    least, most = found.least_weekly_hours, found.most_weekly_hours
    if not least and not most:
        return None
    return Beside(found.name, registration.registered_on, least or most, most or least)


def awards_of(enrolments: Sequence[Enrolment]) -> list[Award]:
    """What these participants work towards or have achieved, for whoever presents certificates (B56)."""
    found = Registration.objects.filter(enrolment__in=enrolments).exclude(status=RegistrationStatus.WITHDRAWN)
    rows = found.order_by("registered_on", "pk").values_list("enrolment", "qualification__name", "achieved_on")
    return [Award(*row) for row in rows]


def offers_to(enrolment: Enrolment) -> QualificationQuerySet:
    """What this participant could register for: what is on offer, but for what they have registered for in any version."""
    taken = enrolment.registrations.values("qualification__key")
    return enrolment.cohort.programme.qualifications.offered().exclude(key__in=taken)


def choices_of(registration: Registration) -> list[CourseChoice]:
    """Its courses but those that were dropped, in the order in which they were chosen."""
    return list(registration.choices.counting().select_related("course").order_by("chosen_at", "pk"))


def offered_besides(registration: Registration, chosen: list[CourseChoice]) -> list[int]:
    """The credits of every course that could still be chosen."""
    provider = registration.enrolment.cohort.programme.provider_id
    taken = [choice.course.newest().pk for choice in chosen]
    return list(Course.objects.offered_by(provider).exclude(pk__in=taken).values_list("credits", flat=True))


def standing_of(
    registration: Registration, *, choices: list[CourseChoice] | None = None, with_offer: bool = False
) -> Standing:
    """`with_offer` looks at what could still be chosen."""
    rows = choices_of(registration) if choices is None else choices
    return Standing(
        registration.qualification.target,
        tuple(row.credits for row in rows),
        tuple(row.credits for row in rows if row.status == CourseStatus.PASSED),
        tuple(offered_besides(registration, rows)) if with_offer else None,
    )


def latest_assignment(registration: Registration) -> Assignment | None:
    return registration.assignments.select_related("file").with_hosts().order_by("-version").first()


def todo_of(
    registration: Registration,
    *,
    standing: Standing | None = None,
    latest: Assignment | EllipsisType | None = ...,
) -> str:
    """What is still to be done, in one or two sentences. `latest` is asked for when it is not given."""
    standing = standing or standing_of(registration)
    if isinstance(latest, EllipsisType):  # None says that there is no version, and costs no query
        latest = latest_assignment(registration)
    parts = []
    if not standing.is_complete:
        parts.append(standing.in_words)
    elif not standing.is_reached:
        parts.append("You have chosen all your courses. Now pass the ones that have no result yet.")
    if registration.qualification.has_assignment:
        state = latest.status if latest else ""
        if state == AssignmentStatus.REFERRED:
            parts.append("Revise your assignment and hand it in again.")
        elif state == AssignmentStatus.SUBMITTED:
            parts.append("Your assignment is being marked.")
        elif state != AssignmentStatus.PASSED:
            parts.append(f"Hand in your assignment of {registration.qualification.pages_in_words}.")
    return " ".join(parts) or "Nothing: you have done everything."
