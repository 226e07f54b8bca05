"""The succession pool on the desk: posts, who is in it and how ready they are said to be, and how successors were chosen (L2, L3).

Whoever keeps the pool sees it; of the composition of a post's pool only how many are how ready."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from representation.models import PoolEntry, PoolEvidence, PoolReview, Post, PostViewer, SuccessionDecision
from representation.models.pool import counted, lapsed
from representation.permissions import RepresentationPermission
from representation.states import PoolStatus, Readiness
from steppingup.desk.admin import ReadOnlyInline
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin, link_button
from steppingup.formats import english
from steppingup.site.export import Column

KEEP = RepresentationPermission.KEEP_POOL
#: How many of a post's pool: the name of the number, how it is called, and who counts.
NUMBERS = {
    **{f"is_{one}": (one.label, counted(path="entries__") & Q(entries__readiness=one)) for one in Readiness},
    "not_yet": ("Not reviewed yet", Q(entries__status=PoolStatus.AGREED, entries__review_by=None)),
}
COLOURS = {"Ready now": "success", "Lapsed": "danger", "Not reviewed yet": "warning", "Asked": "warning"}


def _counted(readiness: Readiness, rows: Any) -> Any:
    return rows.counted().filter(readiness=readiness)


STATES = {
    **{str(one): (one.label, partial(_counted, one)) for one in Readiness},
    "lapsed": ("Lapsed", lambda rows: rows.lapsed()),
    "not_yet": ("Not reviewed yet", lambda rows: rows.filter(status=PoolStatus.AGREED, review_by=None)),
    "asked": ("Asked", lambda rows: rows.filter(status=PoolStatus.ASKED)),
    "over": ("Said no, or left", lambda rows: rows.filter(status__in=(PoolStatus.DECLINED, PoolStatus.LEFT))),
}


class ViewerInline(ReadOnlyInline):
    """Who may see, by a link, those who agreed to be seen."""

    model = PostViewer
    fields = readonly_fields = ("name", "email", "since", "ended_at")
    verbose_name_plural = "who may see them"
    show_change_link = True
    hide_title = True


class ChoiceInline(ReadOnlyInline):
    """How successors were chosen (L3)."""

    model = SuccessionDecision
    fields = readonly_fields = ("decided_on", "chosen", "panel", "make_up", "reasons")
    verbose_name_plural = "choices of a successor"
    hide_title = True
    make_up = column("How it was made up", lambda one: _make_up(one))


def _make_up(choice: SuccessionDecision) -> str:
    mixed = "Mixed" if choice.is_mixed else "Not mixed"
    return f"{mixed}{', with whoever held the post' if choice.holder_sat else ''}. {choice.mixed_how}"


def _composition(post: Post) -> str:
    """“Ready now: 2, Lapsed: 1”: how many, and nothing of who they are."""
    words = {**{name: words for name, (words, _) in NUMBERS.items()}, "is_lapsed_number": "Lapsed"}
    found = [f"{said}: {number}" for name, said in words.items() if (number := getattr(post, name, 0))]
    return ", ".join(found) or "Nobody yet"


@admin.register(Post)
class PostAdmin(SteppedAdmin):
    """The posts of a provider, with how many people are how ready for each."""

    sections_page = "post"
    change_permission = KEEP
    fixed_fields = ("provider",)
    list_display = ("title", "team", "tier", "now", "soon", "later", "not_yet", "lapsed_number", "holder")
    list_filter = ("provider", "holder_chooses")
    search_fields = ("title", "team", "tier")
    ordering = ("title", "team", "pk")
    fields = ("provider", "title", "team", "tier", "holder_chooses", "composition")
    readonly_fields = ("composition",)
    inlines = (ViewerInline, ChoiceInline)
    export_columns = (
        Column("Post", "title"),
        Column("Team", "team"),
        Column("Tier", "tier"),
        Column("Whoever holds it now chooses", "holder_chooses"),
        *(Column(words, name) for name, (words, _) in NUMBERS.items()),
        Column("Lapsed", "is_lapsed_number"),
    )

    now = column(Readiness.NOW.label, "is_now", "is_now")
    soon = column("In 1 to 2 years", "is_soon", "is_soon")
    later = column("In 3 to 5 years", "is_later", "is_later")
    not_yet = column("Not reviewed yet", "not_yet", "not_yet")
    lapsed_number = column("Lapsed", "is_lapsed_number", "is_lapsed_number")
    composition = column("In its pool", lambda post: _composition(post))
    holder = column("Successor chosen by", lambda post: "Whoever holds it now" if post.holder_chooses else "–")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Post]":
        numbers = {name: Count("entries", filter=rows, distinct=True) for name, (_, rows) in NUMBERS.items()}
        late = Count("entries", filter=lapsed(path="entries__"), distinct=True)
        rows: QuerySet[Post] = super().get_queryset(request).select_related("provider")
        return rows.annotate(**numbers, is_lapsed_number=late)

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        page = f"{reverse('admin:representation_poolentry_changelist')}?post__id__exact={subject.pk}"
        return [link_button("Who is in its pool", page), *super().buttons(request, subject)]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One about which nobody was ever asked, and for which nobody was chosen."""
        may = obj is not None and self.has_change_permission(request, obj)
        return may and not obj.entries.exists() and not obj.choices.exists()


class ReviewInline(ReadOnlyInline):
    """What was said of how ready they are, and when. They read it, too."""

    model = PoolReview
    fields = readonly_fields = ("at", "readiness", "words", "review_by", "by")
    verbose_name_plural = "reviews of readiness"
    related = ("by",)
    hide_title = True


class EvidenceInline(ReadOnlyInline):
    """What they show for themselves."""

    model = PoolEvidence
    fields = readonly_fields = ("what", "words", "at")
    verbose_name_plural = "what they show"
    related = ("placement__host",)
    hide_title = True
    what = column("Assignment", lambda one: f"{one.placement.title}, at {one.placement.host}")


@admin.register(PoolEntry)
class PoolEntryAdmin(SteppedAdmin):
    """Everybody who was asked, with what they said. They are asked on the page of a post."""

    adds = False
    list_display = ("person", "post", "stands", "by_when", "seen", "asked_at")
    list_filter = ("post", choose("how it stands", "stands", STATES))
    search_fields = ("enrolment__participant__full_name", "post__title", "post__team")
    list_select_related = ("post__provider", "enrolment__participant", "enrolment__cohort__programme")
    ordering = ("post", "enrolment__participant__full_name", "pk")
    fields = readonly_fields = (
        *("person", "programme", "post", "stands", "by_when", "seen", "message"),
        *("asked_at", "agreed_at", "ended_at"),
    )
    inlines = (EvidenceInline, ReviewInline)
    export_columns = (
        Column("Person", "enrolment__participant"),
        Column("Programme", "enrolment__cohort"),
        Column("Post", "post"),
        Column("How it stands", "how_it_stands"),
        Column("To be reviewed by", "review_by"),
        Column("Seen by those named", "is_seen"),
        Column("Asked", "asked_at"),
        Column("Agreed", "agreed_at"),
        Column("Ended", "ended_at"),
    )

    person = column("Person", lambda one: one.enrolment.participant, "enrolment__participant__full_name")
    programme = column("Programme", lambda one: one.enrolment.cohort)
    stands = column("How it stands", lambda one: one.how_it_stands, colours=COLOURS)
    by_when = column("To be reviewed by", lambda one: english.day_date(one.review_by) or "–", "review_by")
    seen = column("Who sees them", lambda one: "Those named for the post" if one.is_seen else "Nobody else")


@admin.register(PostViewer)
class PostViewerAdmin(SteppedAdmin):
    """Named on the page of a post."""

    adds = False
    list_display = ("name", "email", "post", "since", "ended_at")
    list_filter = ("post",)
    search_fields = ("name", "email", "post__title")
    list_select_related = ("post__provider",)
    ordering = ("post", "name", "pk")
    fields = readonly_fields = ("name", "email", "post", "since", "ended_at")
    export_columns = (
        Column("Name", "name"),
        Column("Email", "email"),
        Column("Post", "post"),
        Column("Since", "since"),
        Column("Ended", "ended_at"),
    )
