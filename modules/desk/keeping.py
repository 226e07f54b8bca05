"""What these lists share."""

from typing import Any

from django.http import HttpRequest

from modules.models import Qualification, Registration
from steppingup.desk.lists import NumberFilter


class QualificationFilter(NumberFilter):
    """The qualifications of the programmes that this person sees."""

    title = parameter_name = "qualification"

    def offered(self, request: HttpRequest, model_admin: Any) -> list[tuple[int, str]]:
        rows = Qualification.objects.visible_to(request.user).select_related("programme")
        return [(row.pk, f"{row.name} ({row.programme})") for row in rows]

    def path_from(self, queryset: Any) -> str:
        return "qualification" if queryset.model is Registration else "registration__qualification"
