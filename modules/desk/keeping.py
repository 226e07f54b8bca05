"""What these lists share: whoever keeps qualifications sees and changes them."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from modules.models import Qualification, Registration
from modules.policies import KEEP
from steppingup.accounts.actors import providers_with
from steppingup.accounts.models import Organisation
from steppingup.accounts.roles import Permission
from steppingup.desk.admin import ScopedAdmin


def own_providers(request: HttpRequest) -> QuerySet[Organisation]:
    """The providers whose qualifications this person keeps."""
    ids, providers = providers_with(request.user, KEEP), Organisation.objects.filter(is_provider=True)
    return providers if ids is None else providers.filter(pk__in=ids)


class KeeperAdmin(ScopedAdmin):
    """Rows that those who keep qualifications change; cohorts, programmes and providers to choose from are theirs."""

    change_permission: ClassVar[Permission | None] = KEEP

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "provider":
            kwargs.setdefault("queryset", own_providers(request))
        elif db_field.name in ("cohort", "programme"):
            rows = db_field.remote_field.model.objects.visible_to(request.user, KEEP)
            kwargs.setdefault("queryset", rows.select_related())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class QualificationFilter(DropdownFilter):
    """The qualifications of the programmes that this person sees."""

    title = parameter_name = "qualification"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Qualification.objects.visible_to(request.user).select_related("programme")
        return [(str(row.pk), f"{row.name} ({row.programme})") for row in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        path = "qualification" if queryset.model is Registration else "registration__qualification"
        return queryset.filter(**{path: value}) if value and value.isdecimal() else queryset
