"""Qualifications, the catalogue of courses, registrations, credits and the assignment (B39 to B46)."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cohorts.models import Enrolment, Placement, Programme
from modules.queries import ChoiceQuerySet, CourseQuerySet, RegistrationQuerySet
from modules.rules import Target
from modules.states import (
    ASSIGNMENT,
    COURSE_CHOICE,
    HAS_RESULT,
    MARKED,
    REGISTRATION,
    AssignmentStatus,
    CourseStatus,
    RegistrationStatus,
)
from steppingup.accounts.models import Organisation, User
from steppingup.files.rules import FileRule
from steppingup.history.lifecycle import append_only, frozen


class Qualification(models.Model):
    """An optional qualification: credits, how many courses, months, and pages of the assignment (B39, B41, B43, B46)."""

    retention = "Holds no personal data."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="qualifications")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=150)
    awarding_body = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField()
    credits = models.PositiveSmallIntegerField()
    least_courses = models.PositiveSmallIntegerField()
    most_courses = models.PositiveSmallIntegerField()
    months = models.PositiveSmallIntegerField(help_text="Months from registration to the due date.")
    least_pages = models.PositiveSmallIntegerField(null=True, blank=True)
    most_pages = models.PositiveSmallIntegerField(null=True, blank=True)
    least_weekly_hours = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    most_weekly_hours = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    about = models.TextField(blank=True, help_text="Markdown.")
    by_levy = models.BooleanField("can be paid from the apprenticeship levy", default=False)

    class Meta:
        ordering = ("level", "name")
        constraints = [
            models.UniqueConstraint(fields=["programme", "key"], name="qualification_once"),
            models.CheckConstraint(
                condition=Q(most_courses__gte=F("least_courses")),
                name="qualification_courses_in_order",
                violation_error_message="The most courses cannot be fewer than the least courses.",
            ),
            models.CheckConstraint(
                condition=Q(least_pages=None) | Q(most_pages__gte=F("least_pages")),
                name="qualification_pages_in_order",
                violation_error_message="The most pages cannot be fewer than the least pages.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def target(self) -> Target:
        """What its rules say about courses, for `modules.rules`."""
        return Target(self.credits, self.least_courses, self.most_courses)

    @property
    def has_assignment(self) -> bool:
        """Is a written assignment part of it? It is when its pages are given."""
        return bool(self.least_pages or self.most_pages)

    @property
    def file_rule(self) -> FileRule:
        """What is accepted as the assignment: a PDF, so that its pages can be counted (B43)."""
        return FileRule(
            kinds=frozenset({"pdf"}), max_bytes=10_000_000, min_pages=self.least_pages, max_pages=self.most_pages
        )

    @property
    def courses_in_words(self) -> str:
        """“from 3 to 5 courses”, “3 courses”."""
        least, most = self.least_courses, self.most_courses
        return f"from {least} to {most} courses" if least != most else f"{most} course{'' if most == 1 else 's'}"

    @property
    def pages_in_words(self) -> str:
        """“9 to 10 pages”; nothing where there is no assignment."""
        return self.file_rule.pages_in_words

    @property
    def hours_in_words(self) -> str:
        """“4 to 6 hours of self-study a week” (B45); nothing where it is not said."""
        hours = [f"{hours.normalize():f}" for hours in (self.least_weekly_hours, self.most_weekly_hours) if hours]
        return f"{' to '.join(dict.fromkeys(hours))} hours of self-study a week" if hours else ""


class Course(models.Model):
    """A course of the catalogue of one provider (B42)."""

    retention = "Holds no personal data."

    provider = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="courses")
    code = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    level = models.PositiveSmallIntegerField()
    credits = models.PositiveSmallIntegerField()
    guided_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    summary = models.TextField(blank=True)
    is_offered = models.BooleanField("offered", default=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ("level", "title", "code")
        constraints = [
            models.UniqueConstraint(fields=["provider", "code"], name="course_once"),
            models.CheckConstraint(
                condition=Q(credits__gt=0),
                name="course_has_credits",
                violation_error_message="A course must give at least one credit.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


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

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "pk")
        constraints = [
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
        triggers = REGISTRATION.triggers()

    def __str__(self) -> str:
        return f"{self.enrolment.participant}: {self.qualification}"

    @property
    def message_scopes(self) -> tuple[models.Model, ...]:
        return self.enrolment.message_scopes

    @property
    def is_overdue(self) -> bool:
        return self.status == RegistrationStatus.REGISTERED and self.due_on < timezone.localdate()


class Extension(models.Model):
    """The due date was moved, with the reason (B46). Never changed, never removed."""

    retention = "With the enrolment: 6 years after the cohort ends."

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="extensions")
    due_before = models.DateField()
    due_after = models.DateField()
    reason = models.TextField()
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

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
class CourseChoice(models.Model):
    """A course that counts towards a registration. Its credits are fixed when it is chosen."""

    retention = "With the enrolment: 6 years after the cohort ends."

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="choices")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="choices")
    credits = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, choices=CourseStatus, default=CourseStatus.TAKING, editable=False)
    chosen_at = models.DateTimeField(default=timezone.now, editable=False)
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
        return f"{self.course} ({self.get_status_display()})"


@pghistory.track()
class Assignment(models.Model):
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
    submitted_at = models.DateTimeField(default=timezone.now, editable=False)
    marked_at = models.DateTimeField(null=True, blank=True, editable=False)
    marked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    feedback = models.TextField(blank=True)

    class Meta:
        ordering = ("registration", "-version")
        constraints = [
            models.UniqueConstraint(fields=["registration", "version"], name="assignment_version_once"),
            models.CheckConstraint(
                condition=(~Q(status__in=MARKED) & Q(marked_at=None, marked_by=None))
                | Q(status__in=MARKED, marked_at__isnull=False, marked_by__isnull=False),
                name="assignment_mark_paired",
            ),
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(status__in=[AssignmentStatus.SUBMITTED, AssignmentStatus.PASSED]),
                name="assignment_one_to_mark",
            ),
        ]
        triggers = [*ASSIGNMENT.triggers(), frozen("registration", "version", "file", "pages", "submitted_at")]

    def __str__(self) -> str:
        return f"{self.registration}, version {self.version}"
