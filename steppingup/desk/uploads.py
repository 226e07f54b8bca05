"""Files that people from outside have uploaded, for staff: a PDF, or a warning before anything else."""

from django.http import HttpRequest, HttpResponseBase

from steppingup.desk.admin import ScopedAdmin
from steppingup.files.actions.drawing import is_possible
from steppingup.files.models import MOST_DRAW_TRIES, StoredFile
from steppingup.files.serving import serve, serve_drawn

ORIGINAL = "original"


def open_upload(admin: ScopedAdmin, request: HttpRequest, stored: StoredFile) -> HttpResponseBase:
    """The PDF; of a Word document the PDF that was drawn of it. The Word document itself comes after a page that says how to
    open it. The caller has checked that this person may."""
    if not stored.is_word or request.GET.get(ORIGINAL) == "yes":
        return serve(stored)
    if stored.drawn and ORIGINAL not in request.GET:
        return serve_drawn(stored)
    comes = not stored.drawn and is_possible() and stored.draw_tries < MOST_DRAW_TRIES
    return admin.page(request, "admin/upload.html", title=stored.name, stored=stored, comes=comes)
