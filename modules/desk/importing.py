"""Reading courses from CSV or Excel (B42)."""

from typing import Any

from import_export.fields import Field

from modules.models import Course
from steppingup.desk.cells import Code, Paragraphs, WholeNumber, Words, YesOrNo
from steppingup.desk.importing import RowsResource


class CourseResource(RowsResource):
    """A row is a course of one provider, found again by its code."""

    key, lookup = "code", "code__same_code"
    also_called = {
        "is offered": "offered", "guided learning hours": "guided_hours", "glh": "guided_hours",
    }  # fmt: skip
    code = Field("code", "code", widget=Code(20))
    title = Field("title", "title", widget=Words(200))
    level = Field("level", "level", widget=WholeNumber(5, most=8))
    credits = Field("credits", "credits", widget=WholeNumber(4, most=999))
    guided_hours = Field("guided_hours", "guided_hours", widget=WholeNumber(18, least=0, is_needed=False))
    summary = Field("summary", "summary", widget=Paragraphs(5000, is_needed=False))
    is_offered = Field("is_offered", "offered", widget=YesOrNo())

    class Meta:
        model = Course
        name = "Courses"
        fields: Any = ("code", "title", "level", "credits", "guided_hours", "summary", "is_offered")
        import_order = export_order = fields
        import_id_fields = ()
        skip_unchanged = report_skipped = use_transactions = True

    def get_queryset(self) -> Any:
        """Who has chosen an earlier version of a course keeps it."""
        return super().get_queryset().current()
