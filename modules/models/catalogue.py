"""The rules of qualifications, and the courses that they are made of (B39 to B46)."""

from collections.abc import Sequence
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from cohorts.models import Programme
from modules.permissions import QualificationPermission
from modules.rules import Target
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.files.rules import FileRule
from steppingup.formats.english import counted
from steppingup.formats.fields import NameField
from steppingup.formats.sameness_sql import CodeKey
from steppingup.history.lifecycle import frozen
from steppingup.history.versions import CopiedOnWrite

#: What somebody who is registered, or has chosen a course, was told and is held to.
QUALIFICATION_RULES = (
    *("programme", "key", "name", "awarding_body", "about", "level", "credits", "least_courses", "most_courses"),
    *("months", "least_pages", "most_pages", "least_weekly_hours", "most_weekly_hours", "by_levy"),
)
COURSE_FACTS = ("provider", "code", "title", "level", "credits", "guided_hours", "summary")


def stands_once_begun(judged_by: Sequence[str]) -> pgtrigger.Trigger:
    return frozen(*judged_by, once=pgtrigger.Q(old__frozen_at__isnull=False), name="stands_once_begun")


class CourseQuerySet(ScopedQuerySet["Course"]):
    def current(self) -> Self:
        return self.filter(replaced_at=None)

    def offered_by(self, provider: int) -> Self:
        """What can be chosen in the programmes of this provider."""
        return self.current().filter(provider=provider, is_offered=True)


class QualificationQuerySet(ScopedQuerySet["Qualification"]):
    def current(self) -> Self:
        return self.filter(replaced_at=None)

    def offered(self) -> Self:
        """What a participant can still register for."""
        return self.current().filter(is_offered=True)


@pghistory.track()
class Qualification(CopiedOnWrite):
    """An optional qualification: credits, how many courses, months, and pages of the assignment (B39, B41, B43, B46). A version
    is frozen when the first participant registers for it."""

    judged_by = QUALIFICATION_RULES

    retention = "Holds no personal data."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="qualifications")
    key = models.SlugField(max_length=40)
    name = NameField(max_length=150)
    awarding_body = NameField(max_length=80)
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
    by_levy = models.BooleanField(
        "can be paid from the apprenticeship levy",
        default=False,
        help_text="Only for an approved apprenticeship or an apprenticeship unit, not for a free-standing certificate.",
    )
    is_offered = models.BooleanField("offered", default=True)

    visibility = Scope(see=QualificationPermission.RUN_QUALIFICATIONS, through="programme")
    objects = QualificationQuerySet.as_manager()

    class Meta:
        ordering = ("level", "name", "-version")
        triggers = [stands_once_begun(QUALIFICATION_RULES)]
        constraints = [
            models.UniqueConstraint(fields=["programme", "key", "version"], name="qualification_version_once"),
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
        return f"from {least} to {most} courses" if least != most else counted(most, "course")

    @property
    def pages_in_words(self) -> str:
        """“9 to 10 pages”; nothing where there is no assignment."""
        return self.file_rule.pages_in_words

    @property
    def hours_in_words(self) -> str:
        """“4 to 6 hours of self-study a week” (B45); nothing where it is not said."""
        hours = [f"{hours.normalize():f}" for hours in (self.least_weekly_hours, self.most_weekly_hours) if hours]
        return f"{' to '.join(dict.fromkeys(hours))} hours of self-study a week" if hours else ""


@pghistory.track()
class Course(CopiedOnWrite):
    """A course of the catalogue of one provider (B42). A version is frozen when the first participant chooses it."""

    judged_by = COURSE_FACTS

    retention = "Holds no personal data."

    provider = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="courses")
    code = NameField(max_length=20)
    title = NameField(max_length=200)
    level = models.PositiveSmallIntegerField()
    credits = models.PositiveSmallIntegerField()
    guided_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    summary = models.TextField(blank=True)
    is_offered = models.BooleanField("offered", default=True)

    visibility = Scope(see=QualificationPermission.RUN_QUALIFICATIONS, provider="provider")
    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ("level", "title", "code", "-version")
        triggers = [stands_once_begun(COURSE_FACTS)]
        constraints = [
            models.UniqueConstraint(
                "provider",
                CodeKey("code"),
                "version",
                name="course_version_once",
                violation_error_message="There is this version of a course with this code already.",
            ),
            models.UniqueConstraint(
                "provider",
                CodeKey("code"),
                condition=Q(replaced_at=None),
                name="one_current_course",
                violation_error_message="There is a course with this code already. Use another code, or open that course.",
            ),
            models.CheckConstraint(
                condition=Q(credits__gt=0),
                name="course_has_credits",
                violation_error_message="A course must give at least one credit.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
