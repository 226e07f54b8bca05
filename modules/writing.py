"""What a programme's file says about modules and qualifications. The catalogue of courses is the provider's, and a file of its
own."""

from collections.abc import Sequence

from cohorts.models import Cohort, Programme
from cohorts.programme_files.writing import Tables, keyed
from modules.models import Module, Qualification


def write_modules(of: Programme, cohorts: Sequence[Cohort], data: Tables) -> None:
    """Add [[qualifications]], and the modules of each cohort to its table."""
    offered = Qualification.objects.filter(programme=of, replaced_at=None).order_by("level", "key")
    data["qualifications"] = [keyed(one) for one in offered]
    for cohort, table in zip(cohorts, data["cohorts"], strict=True):
        rows = Module.objects.filter(cohort=cohort).order_by("number")
        there = {
            one["key"] for plan in data["plans"] for one in plan.get("barriers", ()) if plan["name"] == table["plan"]
        }
        found = [
            {
                "number": row.number,
                "title": row.title,
                "summary": row.summary,
                "works_on": [key for key in row.works_on if key in there],
            }
            for row in rows
        ]
        if found:
            table["modules"] = [{name: value for name, value in one.items() if value not in ("", [])} for one in found]
