from datetime import timedelta

from representation.actions.counts import forget_files
from steppingup.runtime.timetable import timed


@timed("representation.forget_files", timedelta(days=1))
def forget_count_files() -> int:
    """Every day: files with counts that nobody took over in thirty days."""
    return forget_files()
