"""What waits for staff on the admin's first page: applications to review and decide, offers; an assessor's reviews."""

from typing import Any

from django.db.models import Count, Q

from applications.models import Application, Review
from applications.states import ApplicationStatus as S
from applications.states import ReviewStatus
from cohorts.models import Cohort
from steppingup.accounts.actors import holds
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.web.sections import Section, register
from steppingup.web.to_do import TEMPLATE, ToDo, waiting

LIST = "admin:applications_application_changelist"


def selection(*, subject: Any, viewer: User) -> dict[str, Any] | None:
    """Where applications wait for a member of staff."""
    if not holds(viewer, Permission.SEE_APPLICATIONS):
        return None
    cohorts = Cohort.objects.for_staff(viewer, Permission.SEE_APPLICATIONS)
    states = (S.SUBMITTED, S.IN_REVIEW, S.SHORTLISTED, S.INTERVIEWED, S.OFFERED)
    counts = {state.value: Count("pk", filter=Q(status=state)) for state in states}
    found = Application.objects.filter(cohort__in=cohorts).aggregate(**counts)
    return waiting(
        *(
            ToDo(found[state.value], f"application {one}", f"applications {many}", LIST, f"status={state.value}")
            for state, one, many in (
                (S.SUBMITTED, "has no assessor yet", "have no assessor yet"),
                (S.IN_REVIEW, "is in review, to be decided", "are in review, to be decided"),
                (S.SHORTLISTED, "is shortlisted, to be invited", "are shortlisted, to be invited"),
                (S.INTERVIEWED, "was interviewed, to be offered a place", "were interviewed, to be offered a place"),
                (S.OFFERED, "has an open offer", "have an open offer"),
            )
        )
    )


def own_reviews(*, subject: Any, viewer: User) -> dict[str, Any] | None:
    """What an assessor has to score."""
    if not holds(viewer, Permission.SCORE_APPLICATIONS):
        return None
    number = Review.objects.of_assessor(viewer).filter(status=ReviewStatus.ASSIGNED).count()
    url, query = "admin:applications_review_changelist", f"status__exact={ReviewStatus.ASSIGNED.value}"
    return waiting(ToDo(number, "application waits for your scores", "applications wait for your scores", url, query))


def register_sections() -> None:
    register(Section("dashboard", "my-reviews", 5, TEMPLATE, own_reviews, "Your reviews"))
    register(Section("dashboard", "selection", 10, TEMPLATE, selection, "Applications"))
