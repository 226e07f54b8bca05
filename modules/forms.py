"""What a participant is asked about their qualification."""

from typing import Any, cast

from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Button, Field, Layout
from django import forms
from django.db.models import QuerySet

from cohorts.models import Placement
from modules.models import Course, Qualification
from steppingup.accounts.models import User
from steppingup.files.fields import CheckedFileField
from steppingup.site.lists import ListFilter


class AssignmentForm(forms.Form):
    """The assignment as a PDF, and whether it is about the stretch assignment (B43, B44)."""

    about_placement = forms.BooleanField(label="It is about my stretch assignment", required=False)

    def __init__(
        self, *args: Any, qualification: Qualification, placement: Placement | None, by: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rule = qualification.file_rule
        self.fields["file"] = CheckedFileField(
            rule=rule,
            by=by,
            label="Your assignment",
            help_text=f"{rule.hint} If you wrote it in Word, save it as a PDF first.",
        )
        rows: list[Any] = ["file"]
        if placement:
            about = f"It is about my stretch assignment: {placement.title}, at {placement.host}"
            self.fields["about_placement"].label = about
            rows.append(Field.checkbox("about_placement"))
        else:
            del self.fields["about_placement"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(*rows, Button.primary("hand-in", "Hand it in"))
        self.order_fields(["file", "about_placement"])


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
