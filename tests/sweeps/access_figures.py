"""The table of access: figures of a workforce, which the equality lead keeps."""

from tests.sweeps.access_models import model
from tests.sweeps.profiles import EQUALITY, OURS, PUBLIC, hidden, staff
from tests.sweeps.rows import Row, of

KEEP_IT = hidden(EQUALITY, OURS)
ADMIN_OF_FIGURES = [
    *model("representation_publishedfigure", of.published_figure, view=EQUALITY, change=EQUALITY, delete=EQUALITY),
    *model("representation_recruitmentfigure", of.recruitment_figure, view=EQUALITY, change=EQUALITY, delete=EQUALITY),
    *model("representation_unit", of.unit, view=EQUALITY, change=EQUALITY),
    Row("admin:representation_unit_step", KEEP_IT, {"object_id": of.unit, "name": "change_unit"}),
    *model("representation_tier", of.tier, view=EQUALITY, change=EQUALITY),
    *model("representation_characteristic", of.ethnicity, view=EQUALITY, change=EQUALITY),
    *model("representation_target", of.target, view=EQUALITY, change=EQUALITY, delete=EQUALITY),
    Row("admin:representation_target_step", KEEP_IT, {"object_id": of.target, "name": "divide_target"}),
    Row("admin:representation_target_look", KEEP_IT, {"pk": of.target}),
    *model("representation_paper", of.paper, view=EQUALITY, change=EQUALITY, delete=EQUALITY),
    Row("admin:representation_paper_step", KEEP_IT, {"object_id": of.paper, "name": "add_part"}),
    *(Row(f"admin:representation_paper_{name}", KEEP_IT, {"pk": of.paper}) for name in ("read", "pdf", "word")),
    *(
        Row(f"representation:{name}", PUBLIC, {"reference": of.public_paper.reference})
        for name in ("paper", "paper_pdf")
    ),
    *model("representation_countfile", of.count_file, view=EQUALITY, delete=("equality", "superuser")),
    Row("admin:representation_countfile_step", KEEP_IT, {"object_id": of.count_file, "name": "take_counts"}),
    Row("admin:representation_countfile_read", staff(EQUALITY)),
    Row("admin:representation_countfile_look", KEEP_IT, {"pk": of.count_file}),
    *model("representation_snapshot", of.snapshot, view=EQUALITY),
    Row("admin:representation_snapshot_step", KEEP_IT, {"object_id": of.snapshot, "name": "publish_snapshot"}),
    *model("representation_figurerelease", of.figure_release, view=EQUALITY),
    Row("admin:representation_figurerelease_step", hidden(()), {"object_id": of.figure_release, "name": "x"}),
    *(
        Row(f"admin:representation_figurerelease_{name}", KEEP_IT, {"pk": of.figure_release})
        for name in ("grid", "wres", "series")
    ),
    *model("representation_outcomestudy", of.outcome_study, view=EQUALITY, change=EQUALITY),
    Row("admin:representation_outcomestudy_step", hidden(()), {"object_id": of.outcome_study, "name": "x"}),
    Row("admin:representation_outcomestudy_outcomes", KEEP_IT, {"pk": of.outcome_study}),
]
