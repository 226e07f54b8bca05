"""A dry run of a cohort: made-up people go through the whole programme by the real steps, and it is found out where they get
stuck. Nothing of it is kept.

    for kind in kinds_of(cohort):       # of applicant: employed, a volunteer, with a bursary
        report = dry_run(cohort, kind)
        report.lines                    # who did what on which day, who was written to, and what did not work

`copies` are of everything that the people would change; `cast` are the people; `admission`, `days` and `ending` are what
they do. It runs in a preview (`steppingup.history.previews`) with a clock of its own (`steppingup.clock`), in a worker.
"""

from applications.dry_run.cast import Kind
from applications.dry_run.report import Line, Report
from applications.dry_run.running import dry_run, kinds_of

__all__ = ["Kind", "Line", "Report", "dry_run", "kinds_of"]
