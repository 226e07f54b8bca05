"""What waits for staff on the admin's first page: applications to review and decide, offers; an assessor's reviews."""

from typing import Any

from django.db.models import Count, Q

from applications.models import Application, Review
from applications.states import LIVE, ReviewStatus
from applications.states import ApplicationStatus as S
from cohorts.models import Cohort, Enrolment
from cohorts.models.cohort import CohortQuerySet
from steppingup.accounts.actors import holds
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.desk.to_do import TEMPLATE, ToDo, waiting
from steppingup.site.sections import Section, register

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
    free, is_free, are_free = places_for_waiting(cohorts), "place can be offered", "places can be offered"
    return waiting(
        *(
            ToDo(number, f"application {one}", f"applications {many}", LIST, query)
            for number, one, many, query in lines
        ),
        ToDo(free, f"{is_free} to the waiting list", f"{are_free} to the waiting list", LIST, "status=waiting"),
    )


def places_for_waiting(cohorts: CohortQuerySet) -> int:
    """Places that nobody holds and no open offer is for, as far as somebody waits for them; in two queries."""
    of_cohort = Application.objects.filter(cohort__in=cohorts).order_by().values_list("cohort", "cohort__capacity")
    lists = of_cohort.annotate(
        waiting=Count("pk", filter=Q(status=S.WAITING)), offered=Count("pk", filter=Q(status=S.OFFERED))
    ).filter(waiting__gt=0)
    rows = list(lists)
    held = Enrolment.objects.holding_a_place().filter(cohort__in=[row[0] for row in rows]).order_by()
    taken = dict(held.values_list("cohort").annotate(Count("pk"))) if rows else {}
    return sum(
        max(0, min(waiting, capacity - taken.get(cohort, 0) - offered)) for cohort, capacity, waiting, offered in rows
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
