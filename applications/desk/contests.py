"""Staff who have applied for a cohort: they change nothing by which they will be chosen, and see nothing of their rivals."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from cohorts.models import Cohort
from steppingup.accounts.requests import signed_in
from steppingup.accounts.scope import contests_of
from steppingup.desk.admin import ScopedAdmin

UNSEEN = (
    "You have applied for {cohort} yourself, so you do not see who else has, nor how they were scored. A colleague can. "
    "If you withdraw your application, you will see them again once the cohort has begun, as you could still come back until then."
)
UNCHANGED = "You have applied for a place yourself, so a colleague makes changes here until the cohort begins."


def open_contests(user: Any) -> set[int]:
    """The cohorts that this person applies for and that have not begun."""
    return {one.cohort for one in contests_of(user) if one.is_open}


def say_what_is_not_seen(request: HttpRequest, *cohorts: int) -> None:
    """On a list of applications: which cohorts' are left out. Of these cohorts, or of all."""
    own = {one.cohort for one in contests_of(request.user)}
    for cohort in Cohort.objects.filter(pk__in=own & set(cohorts) if cohorts else own).select_related("programme"):
        messages.info(request, UNSEEN.format(cohort=cohort))


class ChangedByColleagues(ScopedAdmin):
    """Whoever competes by this record may read it only. `decides_for` says for which cohorts it decides."""

    def decides_for(self, obj: Any) -> set[int]:
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        own = bool(obj) and bool(open_contests(request.user) & self.decides_for(obj))
        return not own and super().has_change_permission(request, obj)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        obj = self.get_object(request, object_id) if open_contests(signed_in(request)) else None
        if obj and open_contests(request.user) & self.decides_for(obj):
            messages.info(request, UNCHANGED)
        return super().change_view(request, object_id, *args, **kwargs)
