"""What a programme's file says about modules, qualifications and the catalogue of courses."""

import csv
from typing import Any

from cohorts.loading import Keeper
from cohorts.models import Programme
from modules.models import Course, Module, Qualification

NUMBERS = ("level", "credits", "guided_hours")


def load_modules(programme: Programme, data: dict[str, Any], keep: Keeper) -> None:
    """[[qualifications]], [[cohorts.modules]] with number and title, and the [catalogue] whose `file` is a CSV beside it.

    Raises KeyError or ValueError when a row lacks something, and OSError when the catalogue is not there."""
    for qualification in data.get("qualifications", []):
        keep.row(
            Qualification, {"programme": programme, "key": qualification["key"], "replaced_at": None}, qualification
        )
    for cohort_data in data.get("cohorts", []):
        for module in cohort_data.get("modules", []):
            cohort = programme.cohorts.get(slug=cohort_data["slug"])
            keep.row(Module, {"cohort": cohort, "number": module["number"]}, dict(module))
    if catalogue := data.get("catalogue"):
        text = (data["folder"] / catalogue["file"]).read_text(encoding="utf-8-sig")
        for row in csv.DictReader(text.splitlines()):
            values: dict[str, Any] = {key: value.strip() for key, value in row.items() if value and value.strip()}
            values |= {name: int(values[name]) for name in NUMBERS if name in values}
            keep.row(Course, {"provider": programme.provider, "code": values.pop("code"), "replaced_at": None}, values)
