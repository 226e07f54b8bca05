"""Questions about courses, registrations and results. Imports nothing but statuses, so that models can use it."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from cohorts.models import Cohort
from modules.states import COUNTS, AssignmentStatus, CourseStatus, RegistrationStatus
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission

if TYPE_CHECKING:
    from modules.models import Course, CourseChoice, Registration

#: A due date that is no further away than this is near.
NEAR_DAYS = 30


class CourseQuerySet(models.QuerySet["Course"]):
    def offered_by(self, provider: int) -> Self:
        """What can be chosen in the programmes of this provider."""
        return self.filter(provider=provider, is_offered=True)


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def for_staff(self, user: User, permission: Permission = Permission.RUN_QUALIFICATIONS) -> Self:
        return self.filter(enrolment__cohort__in=Cohort.objects.for_staff(user, permission))

    def with_everything(self) -> Self:
        """What pages and messages need, in one query."""
        return self.select_related(
            "qualification", "enrolment__participant", "enrolment__employer", "enrolment__cohort__programme__provider"
        )

    def under_way(self) -> Self:
        return self.filter(status=RegistrationStatus.REGISTERED)

    def overdue(self, today: date | None = None) -> Self:
        return self.under_way().filter(due_on__lt=today or timezone.localdate())

    def near_due(self, today: date | None = None) -> Self:
        """Due within the next 30 days, today included."""
        start = today or timezone.localdate()
        return self.under_way().filter(due_on__range=(start, start + timedelta(days=NEAR_DAYS)))

    def with_progress(self) -> Self:
        """Adds credits_passed, credits_chosen, courses_passed, courses_chosen and assignment_status (of the latest
        version; None without one)."""
        from modules.models import Assignment, CourseChoice

        def of_choices(name: str, *statuses: str) -> Coalesce:
            rows = CourseChoice.objects.filter(registration=OuterRef("pk"), status__in=statuses).order_by()
            found = rows.values("registration").annotate(n=Sum("credits") if name == "credits" else Count("pk"))
            return Coalesce(Subquery(found.values("n"), output_field=IntegerField()), 0)

        latest = Assignment.objects.filter(registration=OuterRef("pk")).order_by("-version").values("status")[:1]
        return self.annotate(
            credits_passed=of_choices("credits", CourseStatus.PASSED),
            credits_chosen=of_choices("credits", *COUNTS),
            courses_passed=of_choices("courses", CourseStatus.PASSED),
            courses_chosen=of_choices("courses", *COUNTS),
            assignment_status=Subquery(latest),
        )

    def current_first(self) -> Self:
        """What somebody works towards comes first, then what was achieved, then what was given up."""
        order = models.Case(
            models.When(status=RegistrationStatus.REGISTERED, then=0),
            models.When(status=RegistrationStatus.ACHIEVED, then=1),
            default=2,
            output_field=IntegerField(),
        )
        return self.order_by(order, "-registered_on", "-pk")

    def figures(self) -> dict[str, int]:
        """How many are registered, near their due date, overdue, achieved, withdrawn, and wait for a mark."""
        today = timezone.localdate()
        under_way = Q(status=RegistrationStatus.REGISTERED)
        return self.aggregate(
            registered=Count("pk", filter=under_way, distinct=True),
            near=Count(
                "pk",
                filter=under_way & Q(due_on__range=(today, today + timedelta(days=NEAR_DAYS))),
                distinct=True,
            ),
            overdue=Count("pk", filter=under_way & Q(due_on__lt=today), distinct=True),
            achieved=Count("pk", filter=Q(status=RegistrationStatus.ACHIEVED), distinct=True),
            withdrawn=Count("pk", filter=Q(status=RegistrationStatus.WITHDRAWN), distinct=True),
            to_mark=Count(
                "assignments", filter=under_way & Q(assignments__status=AssignmentStatus.SUBMITTED), distinct=True
            ),
        )


class ChoiceQuerySet(models.QuerySet["CourseChoice"]):
    def counting(self) -> Self:
        """Courses that take a place: all but those that were dropped."""
        return self.filter(status__in=COUNTS)
