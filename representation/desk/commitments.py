"""What employers have committed themselves to, on the desk: written down, approved for publication, asked about (L10, B59)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminURLInputWidget

from cohorts.models import Partner
from representation.models import Commitment, PledgeQuestion
from representation.models.known import partners_of
from representation.permissions import RepresentationPermission
from representation.states import CommitmentKind
from steppingup.accounts.models import Organisation
from steppingup.desk.admin import ReadOnlyInline
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import Column

KEEP = RepresentationPermission.KEEP_PLAN
#: What has to be filled in for each kind, and what may be besides. Since when, a source and a link belong to all of them.
NEEDED: dict[str, tuple[str, ...]] = {
    CommitmentKind.POLICY: (),
    CommitmentKind.PAY_GAP: ("characteristic", "percent", "year", "source"),
    CommitmentKind.PLEDGE: ("due_on",),
    CommitmentKind.FAST_TRACK: ("whom", "gives"),
    CommitmentKind.APPRENTICESHIP: (),
}
BOXES = {
    "due_on": "by when",
    "whom": "who it is for",
    "gives": "what it gives",
    "characteristic": "between whom the gap is",
    "percent": "the gap in percent",
    "year": "of which year it is",
    "source": "whose figure it is",
}
#: Kinds that are not about it have none.
OWN_BOXES = ("due_on", "whom", "gives", "characteristic", "percent")
POLICY_WORDS = "Leave this empty: the words of its policy stand on the page of the partner, and are shown from there."
WRITTEN_DOWN = (
    (None, {"fields": ("provider", "employer", "kind", "title", "words", "since")}),
    ("Only of a pledge", {"fields": ("due_on",)}),
    ("Only of a fast-track rule", {"fields": ("whom", "gives")}),
    ("Only of a pay gap", {"fields": (("characteristic", "percent"),)}),
    ("Where it says so", {"fields": (("year", "source"), "link")}),
)
OF_KIND: dict[str, tuple[str, ...]] = {
    CommitmentKind.PLEDGE: ("due_on", "stands", "evidence", "evidence_on", "said", "said_on"),
    CommitmentKind.FAST_TRACK: ("whom", "gives"),
    CommitmentKind.PAY_GAP: ("characteristic", "percent", "year", "source"),
}
STATES = {
    "kept": ("Kept", lambda rows: rows.kept()),
    "overdue": ("Overdue", lambda rows: rows.overdue()),
    "not_yet": ("Not yet", lambda rows: rows.not_yet()),
}
PUBLIC = {
    "yes": ("Approved for publication", lambda rows: rows.exclude(published_at=None)),
    "no": ("Not approved", lambda rows: rows.filter(published_at=None)),
}
COLOURS = {"Kept": "success", "Overdue": "danger", "Not yet": "info"}


class CommitmentForm(forms.ModelForm):
    """What belongs to its kind, with a sentence at each box that is missing or too many."""

    link = forms.URLField(
        label="Where it is found",
        required=False,
        assume_scheme="https",
        max_length=500,
        widget=UnfoldAdminURLInputWidget,
    )

    class Meta:
        model = Commitment
        fields = (
            *("provider", "employer", "kind", "title", "words", "since", "due_on", "whom", "gives"),
            *("characteristic", "percent", "year", "source", "link"),
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        provider = values.get("provider") or getattr(self.instance, "provider", None)
        employer = values.get("employer")
        if provider and employer and not partners_of([provider]).filter(pk=employer.pk).exists():
            self.add_error("employer", f"Choose a partner of one of the programmes of {provider}.")
        kind = values.get("kind") or self.instance.kind
        if kind not in NEEDED:
            return values
        label = CommitmentKind(kind).label
        for name in NEEDED[kind]:
            if values.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, f"Say {BOXES[name]}.")
        for name in set(OWN_BOXES) - set(NEEDED[kind]):
            if values.get(name) not in (None, ""):
                self.add_error(name, f"Leave this empty: it does not belong to “{label}”.")
        if kind == CommitmentKind.POLICY and values.get("words"):
            self.add_error("words", POLICY_WORDS)
        return values


class QuestionInline(ReadOnlyInline):
    """Who was asked how it stands, when, and what became of the answer."""

    model = PledgeQuestion
    fields = readonly_fields = ("name", "email", "asked_at", "answered_at", "stands")
    verbose_name_plural = "asked"
    show_change_link = True
    hide_title = True
    related = ("commitment",)
    stands = column("How it stands", "how_it_stands")


@admin.register(Commitment)
class CommitmentAdmin(SteppedAdmin):
    """What is approved stays as it is until it is withdrawn."""

    change_permission = KEEP
    form = CommitmentForm
    fixed_fields = ("provider", "employer", "kind")
    list_display = ("title", "employer", "kind", "due", "stands", "public")
    list_filter = ("kind", choose("how a pledge stands", "stands", STATES), choose("public", "public", PUBLIC), "year")
    search_fields = ("title", "words", "employer__name", "characteristic", "whom", "gives", "source")
    list_select_related = ("provider", "employer")
    ordering = ("employer__name", "kind", "title", "pk")
    readonly_fields = ("policy", "stands", "evidence", "evidence_on", "said", "said_on", "public")
    export_columns = (
        Column("Employer", "employer__name"),
        Column("What it is", "get_kind_display"),
        Column("In one line", "title"),
        Column("In plain English", "words"),
        Column("Since", "since"),
        Column("By when", "due_on"),
        Column("How it stands", "how_it_stands"),
        Column("Evidence", "evidence"),
        Column("Kept on", "evidence_on"),
        Column("What the employer says", "said"),
        Column("Who it is for", "whom"),
        Column("What it gives", "gives"),
        Column("Between whom", "characteristic"),
        Column("Pay gap in percent", "percent"),
        Column("Year", "year"),
        Column("Source", "source"),
        Column("Where it is found", "link"),
        Column("Approved for publication", "published_at"),
    )

    due = column("By when", lambda one: english.day_date(one.due_on) or "–", "due_on")
    stands = column("How it stands", lambda one: one.how_it_stands or "–", colours=COLOURS)
    public = column(
        "Public",
        lambda one: f"Since {english.day_date(one.published_at)}" if one.published_at else "Not approved",
        "published_at",
    )
    policy = column("Its policy on positive action, as the partner has it", lambda one: _policies(one))

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> Any:
        if db_field.name == "employer":
            return partners_of(Organisation.objects.providers_of(request.user, KEEP))
        return super().get_field_queryset(db, db_field, request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What belongs to its kind, which is chosen when it is written down."""
        if obj is None:
            return WRITTEN_DOWN
        words = "policy" if obj.kind == CommitmentKind.POLICY else "words"
        own = OF_KIND.get(obj.kind, ())
        source = (*(() if "year" in own else ("year",)), *(() if "source" in own else ("source",)), "link", "public")
        return (
            (None, {"fields": ("provider", "employer", "kind", "title", words, *own, "since")}),
            ("Where it says so", {"fields": source}),
        )

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [QuestionInline] if obj is not None and obj.is_pledge else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is public was approved as it is."""
        return (obj is None or obj.published_at is None) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that is not public, and of which nothing was asked."""
        return obj is not None and self.has_change_permission(request, obj) and not obj.questions.exists()


def _policies(commitment: Commitment) -> str:
    """Of a policy: its words, which the partner has."""
    if commitment.pk is None or commitment.kind != CommitmentKind.POLICY:
        return "–"
    rows = Partner.objects.filter(programme__provider=commitment.provider_id, organisation=commitment.employer_id)
    return "\n\n".join(dict.fromkeys(rows.exclude(policy="").values_list("policy", flat=True))) or "–"


QUESTIONS = {
    "waits": ("To be looked at", lambda rows: rows.to_look_at()),
    "asked": ("Asked", lambda rows: rows.filter(answered_at=None)),
    "taken": ("Taken over", lambda rows: rows.filter(is_taken_over=True)),
    "aside": ("Set aside", lambda rows: rows.filter(settled_at__isnull=False, is_taken_over=False)),
}


@admin.register(PledgeQuestion)
class PledgeQuestionAdmin(SteppedAdmin):
    """Asked on the page of a pledge. What employers answer waits here to be looked at."""

    adds = False
    list_display = ("employer", "pledge", "name", "asked_at", "answer", "stands")
    list_filter = ("commitment", choose("how it stands", "stands", QUESTIONS))
    search_fields = ("name", "email", "words", "commitment__title", "commitment__employer__name")
    list_select_related = ("commitment__provider", "commitment__employer")
    ordering = ("-asked_at", "-pk")
    fields = readonly_fields = (
        *("employer", "pledge", "name", "email", "asked_at", "answered_at", "answer", "kept_on", "words", "stands"),
        "settled_at",
    )
    export_columns = (
        Column("Employer", "commitment__employer__name"),
        Column("Pledge", "commitment__title"),
        Column("Name", "name"),
        Column("Email", "email"),
        Column("Asked", "asked_at"),
        Column("Answered", "answered_at"),
        Column("Answer", "get_answer_display"),
        Column("Kept on", "kept_on"),
        Column("In their words", "words"),
        Column("How it stands", "how_it_stands"),
    )

    employer = column("Employer", lambda one: one.commitment.employer, "commitment__employer__name")
    pledge = column("Pledge", lambda one: one.commitment.title, "commitment__title")
    stands = column("How it stands", "how_it_stands", colours={"To be looked at": "warning", "Taken over": "success"})

    def get_queryset(self, request: HttpRequest) -> "QuerySet[PledgeQuestion]":
        found: QuerySet[PledgeQuestion] = super().get_queryset(request).for_steps()
        return found
