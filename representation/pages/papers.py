"""Papers that a provider has put on its public pages: read by everybody, until they are taken down (C7)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from representation.documents import around
from representation.models import Paper
from representation.papers import Document, document_of
from steppingup.files.names import disposition
from steppingup.site.export import NOT_KEPT
from steppingup.site.pdf import render_pdf


def _document(reference: str) -> Document:
    return document_of(get_object_or_404(Paper.objects.public().for_steps(), reference=reference))


@require_safe
def public(request: HttpRequest, reference: str) -> HttpResponse:
    """As it was issued, without the stories that were taken back."""
    return render(request, "representation/paper.html", around(_document(reference)))


@require_safe
def public_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """The same as a tagged PDF."""
    document = _document(reference)
    name = disposition(slugify(document.title) or "paper", "pdf")
    content = render_pdf("pdf/paper.html", around(document))
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name, **NOT_KEPT})
