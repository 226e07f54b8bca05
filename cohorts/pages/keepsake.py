"""Everything that somebody wrote during the programme, as a file to keep: their journal, their plan, and what they talked about with their
line manager."""

import io
import tempfile
import zipfile
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from cohorts.models import Conversation, Goal, JournalEntry, JournalFile
from cohorts.pages.participant import own_enrolment
from steppingup import clock
from steppingup.accounts.requests import SignedInRequest


@require_safe
@login_required
def export(request: SignedInRequest, pk: int) -> FileResponse:
    """All of it to keep: a page that any browser opens, with the files beside it."""
    enrolment = own_enrolment(request.user, pk)
    entries = list(
        JournalEntry.objects.filter(enrolment=enrolment, goal=None).prefetch_related("files__file").order_by("on", "pk")
    )
    names = {file.pk: f"files/{file.pk}-{file.file.name}" for one in entries for file in one.files.all()}
    rows = [(one, [(file, names[file.pk]) for file in one.files.all()]) for one in entries]
    kept = {
        "goals": list(Goal.objects.of_place(enrolment)),
        "talks": list(Conversation.objects.standing().filter(enrolment=enrolment).order_by("on", "pk")),
    }
    page = render_to_string("pdf/journal.html", {"enrolment": enrolment, "rows": rows, "at": clock.now(), **kept})
    if not names:
        return _download(io.BytesIO(page.encode()), "journal.html", "text/html; charset=utf-8")
    packed = tempfile.TemporaryFile()  # noqa: SIM115 closed with the answer
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("journal.html", page)
        _pack(pack, (file for one in entries for file in one.files.all()), names)
    packed.seek(0)
    return _download(packed, "journal.zip", "application/zip")


def _pack(pack: zipfile.ZipFile, files: Iterable[JournalFile], names: dict[int, str]) -> None:
    for one in files:
        try:
            with one.file.file.open("rb") as content:
                pack.writestr(names[one.pk], content.read())
        except FileNotFoundError:
            continue  # the page names it all the same


def _download(content: Any, name: str, content_type: str) -> FileResponse:
    response = FileResponse(content, as_attachment=True, filename=name, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
