"""What the admin pages of money share: scope by cohort, filters that show only one's own, labels."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from cohorts.admin import scope
from cohorts.models import Cohort
from steppingup.accounts.actors import providers_with
from steppingup.accounts.models import Organisation
from steppingup.accounts.roles import Permission
from steppingup.desk.admin import ScopedAdmin
from steppingup.messaging.queries import messages_about

#: The colours of Unfold's labels.
AGREEMENT_COLOURS = {
    "Fee agreed": "success",
    "Waiting for an answer": "warning",
    "Bursary asked for": "info",
    "Declined": "danger",
}
#: So many of the latest emails are listed on a record's page.
EMAILS = 20
STANDING_COLOURS = {"Paid": "success", "Part paid": "info", "Overdue": "danger", "Issued": "warning"}


class CohortFilter(scope.CohortFilter):
    """The cohorts whose money this person sees."""

    permission = Permission.SEE_MONEY
    path = "cohort"


class CohortOfAgreementFilter(CohortFilter):
    path = "agreement__cohort"


class EmployerFilter(DropdownFilter):
    """Employers of the applicants whose agreements this person sees."""

    title = "employer"
    parameter_name = "employer"
    path: ClassVar[str] = "employer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        cohorts = Cohort.objects.for_staff(request.user, Permission.SEE_MONEY)
        employers = Organisation.objects.filter(fee_agreements__cohort__in=cohorts).distinct()
        return [(str(pk), name) for pk, name in employers.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{self.path: value}) if value and value.isdecimal() else queryset


class EmployerOfAgreementFilter(EmployerFilter):
    path = "agreement__employer"


class EmailsMixin(ScopedAdmin):
    """The emails about a record, on its page; who sees money does not read all emails, so they are not linked to."""

    @display(description="What was sent")
    def emails(self, row: Model) -> SafeString:
        context = {"sent": messages_about(row)[:EMAILS], "unlinked": True, "nothing": "Nothing was sent about it yet."}
        return render_to_string("admin/components/messages.html", context)


class MoneyAdmin(scope.CohortScopedAdmin):
    """Seen by those who see money. `cohort_path` narrows it for roles that are limited to some cohorts."""

    view_permission = Permission.SEE_MONEY
    change_permission: ClassVar[Permission | None] = None
    cohort_path = ""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Programmes and providers whose money this person decides about."""
        permission = self.change_permission or self.view_permission
        other = db_field.remote_field.model
        if hasattr(other.objects.all(), "for_staff"):
            kwargs["queryset"] = other.objects.for_staff(request.user, permission)
        elif other is Organisation:
            providers = Organisation.objects.filter(is_provider=True)
            ids = providers_with(request.user, permission)
            kwargs["queryset"] = providers if ids is None else providers.filter(pk__in=ids)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", db_field.remote_field.model._default_manager.all())
        return super().formfield_for_manytomany(db_field, request, **kwargs)
