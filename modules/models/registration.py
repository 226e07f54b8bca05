"""Registrations for a qualification: the courses that were chosen, their results, the assignment (B39 to B46)."""

from datetime import date, timedelta
from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from cohorts.models import Enrolment, Placement
from modules.models.catalogue import Course, Qualification
from modules.permissions import QualificationPermission
from modules.states import (
    ASSIGNMENT,
    COUNTS,
    COURSE_CHOICE,
    HAS_RESULT,
    MARKED,
    REGISTRATION,
    AssignmentStatus,
    CourseStatus,
    RegistrationStatus,
)
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.english import counted, day_date
from steppingup.history.lifecycle import append_only, frozen
from steppingup.history.versions import begins_with

#: A due date that is no further away than this is near.
NEAR_DAYS = 30
#: What pages, steps and emails read of a registration.
RELATED = (
    "qualification",
    "enrolment__participant",
    "enrolment__employer",
    "enrolment__line_manager",
    "enrolment__cohort__programme__provider",
)


class RegistrationQuerySet(ScopedQuerySet["Registration"]):
    def with_everything(self) -> Self:
        """What pages and messages need, in one query."""
        return self.select_related(*RELATED)

    for_steps = with_everything

    def under_way(self) -> Self:
        return self.filter(status=RegistrationStatus.REGISTERED)

    def overdue(self, today: date | None = None) -> Self:
        return self.under_way().filter(due_on__lt=today or clock.today())

    def near_due(self, today: date | None = None) -> Self:
        """Due within the next 30 days, today included."""
        start = today or clock.today()
        return self.under_way().filter(due_on__range=(start, start + timedelta(days=NEAR_DAYS)))

    def with_progress(self) -> Self:
        """Adds credits_passed, credits_chosen, courses_passed, courses_chosen and assignment_status (of the latest
        version; None without one)."""

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
        today = clock.today()
        under_way = Q(status=RegistrationStatus.REGISTERED)
        near = under_way & Q(due_on__range=(today, today + timedelta(days=NEAR_DAYS)))
        to_mark = under_way & Q(assignments__status=AssignmentStatus.SUBMITTED)
        return self.aggregate(
            registered=Count("pk", filter=under_way, distinct=True),
            near=Count("pk", filter=near, distinct=True),
            overdue=Count("pk", filter=under_way & Q(due_on__lt=today), distinct=True),
            achieved=Count("pk", filter=Q(status=RegistrationStatus.ACHIEVED), distinct=True),
            withdrawn=Count("pk", filter=Q(status=RegistrationStatus.WITHDRAWN), distinct=True),
            to_mark=Count("assignments", filter=to_mark, distinct=True),
        )


class ChoiceQuerySet(ScopedQuerySet["CourseChoice"]):
    def counting(self) -> Self:
        """Courses that take a place: all but those that were dropped."""
        return self.filter(status__in=COUNTS)

    def for_steps(self) -> Self:
        return self.select_related("course", *(f"registration__{name}" for name in RELATED))


class AssignmentQuerySet(ScopedQuerySet["Assignment"]):
    def to_mark(self) -> Self:
        """Versions that wait for a mark, of people who still work towards the qualification."""
        return self.filter(status=AssignmentStatus.SUBMITTED, registration__status=RegistrationStatus.REGISTERED)

    def for_steps(self) -> Self:
        return self.select_related(*(f"registration__{name}" for name in RELATED))

    def with_hosts(self) -> Self:
        """With what `about` says of them."""
        return self.select_related("placement__host").prefetch_related("placement__hostings__host")


@pghistory.track()
class Registration(models.Model):
    """A participant works towards a qualification, of their own choice (B39)."""

    retention = "With the enrolment: 6 years after the cohort ends."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="registrations")
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="registrations")
    status = models.CharField(
        max_length=20, choices=RegistrationStatus, default=RegistrationStatus.REGISTERED, editable=False
    )
    registered_on = models.DateField()
    due_on = models.DateField()
    achieved_on = models.DateField(null=True, blank=True, editable=False)
    withdrawn_on = models.DateField(null=True, blank=True, editable=False)
    withdrawal_reason = models.TextField(blank=True, editable=False)

    visibility = Scope(see=QualificationPermission.RUN_QUALIFICATIONS, through="enrolment")
    objects = RegistrationQuerySet.as_manager()

    # Added by `with_progress()`.
    credits_passed: int
    courses_passed: int
    courses_chosen: int
    assignment_status: str | None

    class Meta:
        ordering = ("due_on", "pk")
        constraints = [
            # One qualification at a time; what was achieved or given up stays.
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(status=RegistrationStatus.REGISTERED),
                name="registration_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status=RegistrationStatus.WITHDRAWN, withdrawn_on__isnull=False)
                | (~Q(status=RegistrationStatus.WITHDRAWN) & Q(withdrawn_on=None)),
                name="registration_withdrawal_dated",
            ),
            models.UniqueConstraint(fields=["enrolment", "qualification"], name="registration_once"),
            models.CheckConstraint(condition=Q(due_on__gt=F("registered_on")), name="registration_due_after"),
            models.CheckConstraint(
                condition=Q(status=RegistrationStatus.ACHIEVED, achieved_on__isnull=False)
                | (~Q(status=RegistrationStatus.ACHIEVED) & Q(achieved_on=None)),
                name="registration_achievement_dated",
            ),
        ]
        triggers = [
            *REGISTRATION.triggers(),
            begins_with("keeps_the_qualification", "modules_qualification", "qualification_id"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment.participant}: {self.qualification}"

    @property
    def participant(self) -> User:
        return self.enrolment.participant

    @property
    def message_facts(self) -> dict[str, str]:
        """What emails about the qualification say of it."""
        due_on = day_date(self.due_on)
        return {**self.enrolment.message_facts, "qualification": self.qualification.name, "due_on": due_on}

    @property
    def is_overdue(self) -> bool:
        return self.status == RegistrationStatus.REGISTERED and self.due_on < clock.today()


class OfRegistration(models.Model):
    """What belongs to a registration is about the same person, and its emails say the same of it and more."""

    registration: Any
    visibility = Scope(see=QualificationPermission.RUN_QUALIFICATIONS, through="registration")

    class Meta:
        abstract = True

    @property
    def participant(self) -> User:
        return self.registration.participant


class Extension(OfRegistration, ScopedModel):
    """The due date was moved, with the reason (B46). Never changed, never removed."""

    retention = "With the enrolment: 6 years after the cohort ends."

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="extensions")
    due_before = models.DateField()
    due_after = models.DateField()
    reason = models.TextField()
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("given_at", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(due_after__gt=F("due_before")), name="extension_is_later"),
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_a_reason"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.registration}, until {self.due_after}"


@pghistory.track()
class CourseChoice(OfRegistration):
    """A course that counts towards a registration. Its credits are fixed when it is chosen."""

    retention = "With the enrolment: 6 years after the cohort ends."

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="choices")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="choices")
    credits = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, choices=CourseStatus, default=CourseStatus.TAKING, editable=False)
    chosen_at = models.DateTimeField(default=clock.now, editable=False)
    result_on = models.DateField(null=True, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = ChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "chosen course"
        ordering = ("chosen_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["registration", "course"], name="course_choice_once"),
            models.CheckConstraint(
                condition=Q(status__in=HAS_RESULT, result_on__isnull=False)
                | (~Q(status__in=HAS_RESULT) & Q(result_on=None)),
                name="course_result_dated",
            ),
        ]
        triggers = [
            *COURSE_CHOICE.triggers(),
            # A change in the catalogue changes nothing for those who chose the course before.
            frozen("credits", "course", once=~pgtrigger.Q(old__status=CourseStatus.DROPPED)),
            begins_with("keeps_the_course", "modules_course", "course_id"),
            # The action counts under the registration's lock, and PostgreSQL counts again (B41).
            pgtrigger.Trigger(
                name="never_too_many_courses",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NEW.status = 'dropped' THEN RETURN NEW; END IF;
                    PERFORM 1 FROM modules_registration WHERE id = NEW.registration_id FOR NO KEY UPDATE;
                    IF (SELECT count(*) FROM modules_coursechoice
                        WHERE registration_id = NEW.registration_id AND status <> 'dropped' AND id <> NEW.id)
                       >= (SELECT q.most_courses FROM modules_registration r
                           JOIN modules_qualification q ON q.id = r.qualification_id WHERE r.id = NEW.registration_id)
                    THEN
                        RAISE EXCEPTION 'The registration has as many courses as it may have.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant}: {self.course}"

    @property
    def message_facts(self) -> dict[str, str]:
        course_credits = counted(self.credits, "credit")
        return {**self.registration.message_facts, "course": self.course.title, "course_credits": course_credits}


@pghistory.track()
class Assignment(OfRegistration):
    """A version of the written work-based assignment, with its pages counted (B43), of a placement if so (B44)."""

    retention = "With the enrolment: 6 years after the cohort ends; the file 12 months after the result."

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="assignments")
    version = models.PositiveSmallIntegerField()
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    pages = models.PositiveSmallIntegerField()
    placement = models.ForeignKey(
        Placement, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    status = models.CharField(
        max_length=20, choices=AssignmentStatus, default=AssignmentStatus.SUBMITTED, editable=False
    )
    submitted_at = models.DateTimeField(default=clock.now, editable=False)
    marked_at = models.DateTimeField(null=True, blank=True, editable=False)
    marked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    feedback = models.TextField(blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ("registration", "-version")
        constraints = [
            models.UniqueConstraint(fields=["registration", "version"], name="assignment_version_once"),
            models.CheckConstraint(
                condition=(~Q(status__in=MARKED) & Q(marked_at=None, marked_by=None))
                | Q(status__in=MARKED, marked_at__isnull=False, marked_by__isnull=False),
                name="assignment_mark_paired",
            ),
            # One version waits for its mark or is passed; those that were replaced or are to be revised stay beside it.
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(status__in=[AssignmentStatus.SUBMITTED, AssignmentStatus.PASSED]),
                name="assignment_one_to_mark",
            ),
        ]
        # What was handed in is what is marked: another file is another version.
        triggers = [*ASSIGNMENT.triggers(), frozen("registration", "version", "file", "pages", "submitted_at")]

    def __str__(self) -> str:
        return f"{self.registration}, version {self.version}"

    @property
    def about(self) -> str:
        """“A new front desk at Avon Trust”: the stretch assignment, with who was its host when this was handed in."""
        if self.placement is None:
            return ""
        return f"“{self.placement.title}” at {self.placement.host_on(timezone.localdate(self.submitted_at))}"

    @property
    def message_facts(self) -> dict[str, str]:
        return {**self.registration.message_facts, "version": str(self.version), "pages": counted(self.pages, "page")}
