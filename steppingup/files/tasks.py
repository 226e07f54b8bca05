from celery import shared_task

from steppingup.files.actions.files import remove_abandoned


@shared_task(name="files.remove_abandoned")
def remove_abandoned_files() -> int:
    """Every hour: files from forms that were never finished, after a day."""
    return remove_abandoned()
