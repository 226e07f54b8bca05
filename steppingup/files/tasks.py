from datetime import timedelta

from steppingup.files.actions.files import remove_abandoned
from steppingup.runtime.timetable import timed


@timed("files.remove_abandoned", timedelta(hours=1))
def remove_abandoned_files() -> int:
    """Every hour: files from forms that were never finished, after a day."""
    return remove_abandoned()
