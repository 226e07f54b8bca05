"""Removing everything, so that the demonstration can be loaded anew. Never outside a demonstration."""

from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command

from steppingup.files.models import StoredFile


def remove_everything() -> None:
    """Every row, every uploaded file and every email in the demonstration's mailbox.

    Raises RuntimeError outside a demonstration."""
    if not settings.DEMONSTRATION:
        raise RuntimeError("Only a demonstration can be reset.")
    for stored in StoredFile.objects.iterator():
        stored.file.delete(save=False)
    for letter in Path(settings.MAILBOX_DIR).glob("*.log"):
        letter.unlink()
    call_command("flush", interactive=False, verbosity=0)
    ContentType.objects.clear_cache()
    cache.clear()
