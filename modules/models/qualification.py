"""Qualifications, the catalogue of courses, registrations, credits and the assignment (B39 to B46)."""

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cohorts.models import Enrolment, Placement, Programme
from modules.states import ASSIGNMENT, COURSE_CHOICE, REGISTRATION, AssignmentStatus, CourseStatus, RegistrationStatus
from steppingup.accounts.models import Organisation, User


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
                condition=Q(most_courses__gte=F("least_courses")), name="qualification_courses_in_order"
            ),
            models.CheckConstraint(
                condition=Q(least_pages=None) | Q(most_pages__gte=F("least_pages")), name="qualification_pages_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name


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
    is_offered = models.BooleanField(default=True)

    class Meta:
        ordering = ("level", "title")
        constraints = [
            models.UniqueConstraint(fields=["provider", "code"], name="course_once"),
            models.CheckConstraint(condition=Q(credits__gt=0), name="course_has_credits"),
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

    class Meta:
        constraints = [
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

    class Meta:
        ordering = ("course__title",)
        constraints = [models.UniqueConstraint(fields=["registration", "course"], name="course_choice_once")]
        triggers = COURSE_CHOICE.triggers()

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
                condition=Q(status=AssignmentStatus.SUBMITTED, marked_at=None, marked_by=None)
                | (~Q(status=AssignmentStatus.SUBMITTED) & Q(marked_at__isnull=False, marked_by__isnull=False)),
                name="assignment_mark_paired",
            ),
        ]
        triggers = ASSIGNMENT.triggers()

    def __str__(self) -> str:
        return f"{self.registration}, version {self.version}"
