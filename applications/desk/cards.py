"""What applications say on pages of staff: on a cohort's page, and on the first page for the equality lead."""

from typing import Any

from django.db.models import Count, Q

from applications.desk.windows import register_in_words
from applications.models import Application, Window
from applications.models.application import HAS_A_PLACE_KEPT
from applications.permissions import ApplicationPermission
from applications.states import TO_REVIEW, ApplicationStatus
from cohorts.models import Cohort, Programme
from cohorts.permissions import CohortPermission
from steppingup.accounts.actors import holds, may
from steppingup.accounts.models import User

LATEST = 6  # programmes on the first page; the rest stand in the list


def selection_of(*, subject: Cohort, viewer: User) -> dict[str, Any] | None:
    """How the selection for a cohort stands, and the way to it."""
    if not may(viewer, ApplicationPermission.SEE_APPLICATIONS, subject):
        return None
    may_edit = may(viewer, CohortPermission.EDIT_PROGRAMMES, subject)
    window = Window.objects.filter(cohort=subject).first()
    if window is None:
        return {"cohort": subject, "window": None} if may_edit else None
    window.cohort = subject
    taken = subject.enrolments.holding_a_place().count()
    counts = (
        Application.objects.visible_to(viewer)
        .filter(cohort=subject)
        .aggregate(
            submitted=Count("pk"),
            to_review=Count("pk", filter=Q(status__in=TO_REVIEW)),
            waiting=Count("pk", filter=Q(status=ApplicationStatus.WAITING)),
            open_offers=Count("pk", filter=HAS_A_PLACE_KEPT),
        )
    )
    return {
        **counts,
        "cohort": subject,
        "window": window,
        "may_edit": may_edit,
        "register": register_in_words(window) if not window.interest_told_at else "",
        "free": max(subject.capacity - taken, 0),
    }


def equality_of(*, subject: Any, viewer: User) -> dict[str, Any] | None:
    """Where the equality lead finds figures: the register of each programme."""
    if not holds(viewer, ApplicationPermission.SEE_EQUALITY):
        return None
    programmes = Programme.objects.visible_to(viewer, ApplicationPermission.SEE_EQUALITY)[:LATEST]
    return {"programmes": programmes} if programmes else None
