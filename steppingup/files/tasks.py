from datetime import timedelta

from celery import shared_task

from steppingup.files.actions import drawing
from steppingup.files.actions.files import remove_abandoned
from steppingup.runtime.timetable import timed


@timed("files.remove_abandoned", timedelta(hours=1))
def remove_abandoned_files() -> int:
    """Every hour: files from forms that were never finished, after a day."""
    return remove_abandoned()


@shared_task(name="files.draw")
def draw(pk: int) -> bool:
    """The PDF of one Word document: asked for when it is committed."""
    return drawing.draw(pk)


@timed("files.draw_missing", timedelta(minutes=5))
def draw_missing() -> int:
    """Every five minutes: PDFs of Word documents of which no worker heard."""
    return drawing.draw_missing()
