"""What a programme's file says about modules, qualifications and the catalogue of courses."""

import csv
from typing import Any

from cohorts.models import Programme
from cohorts.programme_files.keeping import Keeper
from cohorts.programme_files.loading import require_barriers
from cohorts.programme_files.tables import Table
from modules.models import Course, Module, Qualification

NUMBERS = ("level", "credits", "guided_hours")


def load_modules(programme: Programme, data: Table, keep: Keeper) -> None:
    """[[qualifications]], [[cohorts.modules]] with number and title, and the [catalogue] whose `file` is a CSV beside it.

    Raises KeyError or ValueError when a row of the catalogue lacks something, and OSError when it is not there."""
    for one in data.get("qualifications", []):
        with keep.reading(one):
            values = Table({name: value for name, value in one.items() if name != "key"}, one.where)
            keep.row(Qualification, {"programme": programme, "key": one["key"], "replaced_at": None}, values)
    for cohort_data in data.get("cohorts", []):
        for module in cohort_data.get("modules", []):
            with keep.reading(module):
                cohort = programme.cohorts.get(slug=cohort_data["slug"])
                values = Table({name: value for name, value in module.items() if name != "number"}, module.where)
                require_barriers(cohort.plan, module)
                keep.row(Module, {"cohort": cohort, "number": module["number"]}, values)
    if catalogue := data.get("catalogue"):
        _load_catalogue(programme, catalogue["file"], keep)


def _load_catalogue(programme: Programme, name: str, keep: Keeper) -> None:
    if keep.folder is None:
        keep.note("The file names a catalogue of courses, which is a file of its own. Upload it under “Courses”.")
        return
    text = (keep.folder / name).read_text(encoding="utf-8-sig")
    for row in csv.DictReader(text.splitlines()):
        values: dict[str, Any] = {key: value.strip() for key, value in row.items() if value and value.strip()}
        values |= {name: int(values[name]) for name in NUMBERS if name in values}
        keep.row(Course, {"provider": programme.provider, "code": values.pop("code"), "replaced_at": None}, values)
