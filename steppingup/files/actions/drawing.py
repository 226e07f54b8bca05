"""A PDF of a Word document, for staff: it can neither run nor fetch anything when they open it."""

import logging
import tempfile

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F

from steppingup.files.apart import client
from steppingup.files.apart.limits import CONVERSION, Refused
from steppingup.files.models import StoredFile
from steppingup.runtime.broker import nudge

logger = logging.getLogger(__name__)


def is_possible() -> bool:
    """Is the program for it installed?"""
    return bool(settings.SOFFICE)


def ask_for_drawing(stored: StoredFile) -> None:
    """Have it drawn by a worker, once the row is committed."""
    if is_possible() and stored.is_word:
        transaction.on_commit(lambda: nudge("files.draw", stored.pk), robust=True)


def draw(pk: int) -> bool:
    """Draw the PDF of one document, unless there is one. Says whether there is one now. One that cannot be drawn is tried
    once more, then staff get the document itself, behind a warning."""
    if not is_possible():
        return False
    # The count goes up before the work, so that one which takes its worker down is not begun for ever.
    if not StoredFile.objects.to_draw().filter(pk=pk).update(draw_tries=F("draw_tries") + 1):
        return False
    stored = StoredFile.objects.get(pk=pk)
    with stored.file.open("rb") as file, tempfile.TemporaryDirectory(prefix="steppingup-") as home:
        try:
            _, made = client.do("as_pdf", file.read(), limits=CONVERSION, program=settings.SOFFICE, home=home)
        except Refused as refused:
            logger.warning("No PDF could be drawn of file %s: %s", pk, refused)
            return False
    name = stored.drawn.storage.save(stored.drawn.field.generate_filename(stored, "file"), ContentFile(made))
    if not StoredFile.objects.filter(pk=pk, drawn="").update(drawn=name):
        stored.drawn.storage.delete(name)  # it was removed in the meantime, or somebody was quicker
        return False
    return True


def draw_missing(*, most: int = 5) -> int:
    """Draw those of which a worker has not heard. Returns how many."""
    if not is_possible():
        return 0
    waiting = StoredFile.objects.to_draw().order_by("uploaded_at").values_list("pk", flat=True)[:most]
    return sum(draw(pk) for pk in waiting)
