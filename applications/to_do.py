"""What waits for staff on the admin's first page: applications to review and decide, offers; an assessor's reviews."""

from typing import Any

from django.db.models import Count, Q

from applications.models import Application, Review
from applications.queries import ApplicationQuerySet
from applications.states import LIVE, ReviewStatus
from applications.states import ApplicationStatus as S
from cohorts.models import Cohort
from steppingup.accounts.actors import holds, providers_with
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.desk.to_do import TEMPLATE, ToDo, waiting
from steppingup.desk.waiting import to_do_of
from steppingup.site.sections import Section, register
from steppingup.steps.step import Waiting
from steppingup.steps.waiting import wait_for

LIST = "admin:applications_application_changelist"


def _to_be(done: str, next_step: str) -> tuple[str, str]:
    return f"is {done}, to be {next_step}", f"are {done}, to be {next_step}"


def selection(*, subject: Any, viewer: User) -> dict[str, Any] | None:
    """Where applications wait for a member of staff, in the order of the work."""
    if not holds(viewer, Permission.SEE_APPLICATIONS):
        return None
    cohorts = Cohort.objects.for_staff(viewer, Permission.SEE_APPLICATIONS)
    found = Application.objects.filter(cohort__in=cohorts).order_by()
    reviews = found.count_reviews()
    states = (S.SHORTLISTED, S.INTERVIEWED, S.OFFERED)
    counts = found.aggregate(
        unknown=Count("pk", filter=Q(status__in=LIVE, employer=None)),
        **{state.value: Count("pk", filter=Q(status=state)) for state in states},
    )
    to_record, to_look_at = found.awaiting_record().count(), found.with_answers_to_look_at().count()
    lines = (
        (counts["unknown"], "names an employer not in your list", "name an employer not in your list", "employer=none"),
        (to_look_at, "has an answer to look at", "have answers to look at", "conditions=look"),
        (reviews["to_assign"], "needs assessors", "need assessors", "reviews=unassigned"),
        (reviews["to_score"], "waits for scores", "wait for scores", "reviews=missing"),
        (reviews["to_decide"], *_to_be("scored", "decided"), "reviews=done&status=in_review"),
        (counts[S.SHORTLISTED], *_to_be("shortlisted", "invited"), "status=shortlisted"),
        (to_record, "has an interview to record", "have interviews to record", "interview=record"),
        (counts[S.INTERVIEWED], *_to_be("interviewed", "offered a place"), "status=interviewed"),
        (counts[S.OFFERED], "has an open offer", "have an open offer", "status=offered"),
    )
    return waiting(
        *(
            ToDo(number, f"application {one}", f"applications {many}", LIST, query)
            for number, one, many, query in lines
        ),
        *to_do_of([found]),
    )


def own_reviews(*, subject: Any, viewer: User) -> dict[str, Any] | None:
    """What an assessor has to score."""
    if not holds(viewer, Permission.SCORE_APPLICATIONS):
        return None
    mine = Review.objects.of_assessor(viewer).filter(status=ReviewStatus.ASSIGNED)
    providers = providers_with(viewer, Permission.SCORE_APPLICATIONS)
    if providers is not None:
        mine = mine.filter(application__cohort__programme__provider__in=providers)
    url, query = "admin:applications_review_changelist", f"status__exact={ReviewStatus.ASSIGNED.value}"
    one, many = "application waits for your scores", "applications wait for your scores"
    return waiting(ToDo(mine.count(), one, many, url, query))


def register_sections() -> None:
    place = "next on the waiting list, and a place is free"
    rows = ApplicationQuerySet.within_reach
    wait_for(Application, "place", Waiting(rows, f"application is {place}", f"applications are {place}"))
    register(Section("dashboard", "my-reviews", 5, TEMPLATE, own_reviews, "Your reviews"))
    register(Section("dashboard", "selection", 10, TEMPLATE, selection, "Applications"))
