"""How a participant finds a course."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from modules.models import Course
from steppingup.site.lists import ListFilter


class CourseFilter(ListFilter):
    """Find a course by its title or code, by its level, or by its credits."""

    search_in = ("title", "code", "summary")
    level = forms.ChoiceField(label="Level", required=False)
    credits = forms.ChoiceField(label="Credits", required=False)

    def __init__(self, *args: Any, rows: QuerySet[Course], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, every in (("level", "All levels"), ("credits", "Any number")):
            values = rows.order_by(name).values_list(name, flat=True).distinct()
            cast("forms.ChoiceField", self.fields[name]).choices = [("", every), *((str(v), str(v)) for v in values)]

    def narrow(self, rows: QuerySet[Course], values: dict[str, Any]) -> QuerySet[Course]:
        for name in ("level", "credits"):
            if values.get(name):
                rows = rows.filter(**{name: values[name]})
        return rows
