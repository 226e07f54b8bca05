"""What these lists share: whoever runs the mentoring of a programme sees and changes them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from cohorts.models import Programme
from steppingup.accounts.roles import Permission
from steppingup.desk.admin import ScopedAdmin

RUN = Permission.RUN_MENTORING


def programmes_of(request: HttpRequest) -> QuerySet[Programme]:
    return Programme.objects.visible_to(request.user, RUN)


class MentoringAdmin(ScopedAdmin):
    change_permission = RUN

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "programme":
            kwargs.setdefault("queryset", programmes_of(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
