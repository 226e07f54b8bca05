"""What these admin pages share: scope by cohort, filters that show only one's own, colours of labels."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from cohorts.admin import scope
from cohorts.models import Cohort
from modules.models import Qualification
from modules.states import AssignmentStatus, CourseStatus, RegistrationStatus
from steppingup.accounts.roles import Permission

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


class CohortFilter(scope.CohortFilter):
    """The cohorts whose qualifications this person keeps."""

    permission = KEEP
    path = "enrolment__cohort"


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
        return queryset.filter(**{self.path: value}) if value and value.isdecimal() else queryset


class QualificationOfRegistrationFilter(QualificationFilter):
    path = "registration__qualification"


class KeeperAdmin(scope.CohortScopedAdmin):
    """Seen by those who keep qualifications; `cohort_path` narrows it for roles that are limited to some cohorts."""

    view_permission = KEEP
    change_permission: ClassVar[Permission | None] = None
    cohort_path = ""
