"""What these admin pages share: scope by cohort, filters that show only one's own, colours of labels."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from cohorts.models import Cohort
from modules.models import Qualification
from modules.states import AssignmentStatus, CourseStatus, RegistrationStatus
from steppingup.accounts.roles import Permission
from steppingup.web.admin import ScopedAdmin

KEEP = Permission.RUN_QUALIFICATIONS

REGISTRATION_COLOURS = {
    RegistrationStatus.REGISTERED: "info",
    RegistrationStatus.ACHIEVED: "success",
    RegistrationStatus.WITHDRAWN: "default",
}
COURSE_COLOURS = {
    CourseStatus.TAKING: "info",
    CourseStatus.PASSED: "success",
    CourseStatus.NOT_PASSED: "warning",
    CourseStatus.DROPPED: "default",
}
ASSIGNMENT_COLOURS = {
    AssignmentStatus.SUBMITTED: "warning",
    AssignmentStatus.PASSED: "success",
    AssignmentStatus.REFERRED: "info",
    AssignmentStatus.REPLACED: "default",
}


class CohortFilter(DropdownFilter):
    """The cohorts whose qualifications this person keeps. `path` leads from the model to the cohort."""

    title = "cohort"
    parameter_name = "cohort"
    path: ClassVar[str] = "enrolment__cohort"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        cohorts = Cohort.objects.for_staff(request.user, KEEP).select_related("programme")
        return [(str(cohort.pk), str(cohort)) for cohort in cohorts]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{self.path: value}) if value and value.isdigit() else queryset


class CohortOfRegistrationFilter(CohortFilter):
    path = "registration__enrolment__cohort"


class OwnCohortFilter(CohortFilter):
    path = "cohort"


class QualificationFilter(DropdownFilter):
    """The qualifications of the programmes that this person sees."""

    title = "qualification"
    parameter_name = "qualification"
    path: ClassVar[str] = "qualification"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        programmes = Cohort.objects.for_staff(request.user, KEEP).values("programme")
        rows = Qualification.objects.filter(programme__in=programmes).select_related("programme")
        return [(str(row.pk), f"{row.name} ({row.programme})") for row in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{self.path: value}) if value and value.isdigit() else queryset


class QualificationOfRegistrationFilter(QualificationFilter):
    path = "registration__qualification"


class KeeperAdmin(ScopedAdmin):
    """Seen by those who keep qualifications; `cohort_path` narrows it for roles that are limited to some cohorts."""

    view_permission = KEEP
    cohort_path: ClassVar[str] = ""

    def scope(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.cohort_path:
            return queryset
        return queryset.filter(**{f"{self.cohort_path}__in": Cohort.objects.for_staff(request.user, KEEP)})
