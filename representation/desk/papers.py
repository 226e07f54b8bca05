"""Papers for a committee on the desk: parts, what is newer, and the whole as page, PDF and Word (C7, L9)."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from unfold.admin import TabularInline

from representation.documents import WORD, around, paper_as_word
from representation.models import Paper, PaperPart
from representation.newer import newer_in
from representation.papers import Document, document_of, parts_of
from representation.permissions import RepresentationPermission
from representation.states import PaperStatus
from steppingup.desk.admin import FollowsParent, own_page
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin, link_button
from steppingup.files.names import disposition
from steppingup.formats import english
from steppingup.site.export import NOT_KEPT, Column
from steppingup.site.pdf import render_pdf
from steppingup.site.sections import one_page

KEEP = RepresentationPermission.KEEP_PLAN
READ = "admin:representation_paper_read"
LABELS = {str(PaperStatus.DRAFT.label): "info", str(PaperStatus.ISSUED.label): "success"}


class PartInline(FollowsParent, TabularInline):
    """Headings and own words are changed here; what is made from figures is not."""

    model = PaperPart
    verbose_name_plural = "parts"
    fields = ("heading", "words", "kind")
    readonly_fields = ("kind",)
    ordering = ("order", "pk")
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_draft)


@admin.register(Paper)
class PaperAdmin(SteppedAdmin):
    """What goes to a committee."""

    change_permission = KEEP
    deletes = True
    fixed_fields = ("provider",)
    list_display = ("title", "committee", "meets", "state", "is_public", "reference")
    list_filter = ("status",)
    search_fields = ("title", "committee", "reference")
    list_select_related = ("provider",)
    ordering = ("-pk",)
    fields = ("provider", "title", "committee", "meets_on", "opening")
    inlines = (PartInline,)
    export_columns = (
        Column("Number", "reference"),
        Column("Title", "title"),
        Column("For whom", "committee"),
        Column("Their meeting", "meets_on"),
        Column("Status", "get_status_display"),
        Column("Issued", "issued_at"),
        Column("SHA-256", "digest"),
        Column("Public since", "published_at"),
    )

    meets = column("Their meeting", lambda one: english.day_date(one.meets_on) or "–", "meets_on")
    state = column("Status", "get_status_display", colours=LABELS)
    is_public = column("Public", lambda one: "Everybody can read it" if one.published_at else "–")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("contents")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An issued paper stays as it is."""
        return super().has_change_permission(request, obj) and (obj is None or obj.is_draft)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_draft)

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        return [link_button("Read it", reverse(READ, args=[subject.pk])), *super().buttons(request, subject)]

    def after_step(self, subject: Any, result: Any) -> str:
        return reverse(READ, args=[subject.pk])

    def _document(self, request: HttpRequest, pk: int) -> tuple[Document, list[PaperPart]]:
        found: Paper | None = self.get_object(request, str(pk))
        if found is None:
            raise Http404
        parts = list(parts_of(found)) if found.is_draft else []
        return document_of(found, parts), parts

    @own_page("<int:pk>/read/", "read")
    @one_page()
    def read_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """As it reads; for a draft with what is newer, part by part."""
        document, parts = self._document(request, pk)
        paper = document.paper
        step = reverse("admin:representation_paper_step", args=[pk, "use_newer"])
        offered = [(one, f"{step}?{urlencode({'part': one.part.pk})}") for one in newer_in(paper, parts)]
        return self.page(
            request,
            "admin/representation/paper.html",
            title=paper.title,
            original=paper,
            offered=offered,
            steps=SteppedAdmin.buttons(self, request, paper),
            public=request.build_absolute_uri(reverse("representation:paper", args=[paper.reference])),
            **around(document),
        )

    @own_page("<int:pk>/pdf/", "pdf")
    def pdf_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The paper as a tagged PDF."""
        document, _ = self._document(request, pk)
        return _file(document, "pdf", "application/pdf", render_pdf("pdf/paper.html", around(document)))

    @own_page("<int:pk>/word/", "word")
    def word_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The paper as a Word document."""
        document, _ = self._document(request, pk)
        return _file(document, "docx", WORD, paper_as_word(document.paper, document))


def _file(document: Document, ending: str, kind: str, content: bytes) -> HttpResponse:
    name = disposition(slugify(document.title) or "paper", ending)
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": name, **NOT_KEPT})
