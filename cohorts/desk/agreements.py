"""Agreements about places: who has signed what, and who has still to; and the texts, on the page of the rules."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import capfirst
from unfold.admin import StackedInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from cohorts.agreements import WORDS, problems, text_of
from cohorts.desk.filters import CohortFilter
from cohorts.desk.programme_forms import MARKDOWN
from cohorts.documents import agreement_response
from cohorts.models import Agreement, AgreementTemplate, Signature, SigningRequest
from cohorts.states import Signatory
from steppingup.desk.admin import ReadOnlyInline, own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.desk.versions import PartInline
from steppingup.formats import english
from steppingup.site.export import Column

SIGNS = tuple(f"{role}_signs" for role in Signatory)
PLACEHOLDERS = ", ".join(f"{{{{ {name} }}}}" for name in WORDS)
STATES = {
    "open": ("To be signed", lambda rows: rows.to_sign()),
    "signed": ("Signed by all", lambda rows: rows.standing().exclude(pk__in=rows.standing().lacking().values("pk"))),
    "ended": ("Ended", lambda rows: rows.exclude(ended_at=None)),
}
WAITS = {role.value: (role.label, lambda rows, role=role: rows.to_sign(role)) for role in Signatory}


class TemplateForm(forms.ModelForm):
    class Meta:
        help_texts = {
            "text": f"The full text that is read and signed. {MARKDOWN} These are filled in for each place: {PLACEHOLDERS}.",
            "needed": "A place that is offered cannot be taken, and days of an assignment do not count, before what is needed for "
            "it is signed. For the start of the programme, people are asked once they have a place, and reminded.",
            "is_required": "Nothing waits for what may be left unsigned.",
            "order": "Lower numbers come first.",
        }

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if found := problems(text):
            raise forms.ValidationError(found)
        return text

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not any(values.get(name) for name in SIGNS):
            self.add_error("participant_signs", "Say who signs it: tick at least one.")
        return values


class AgreementTemplateInline(PartInline, StackedInline):
    """What is signed for each place, by whom, and before what (N12, B9)."""

    model = AgreementTemplate
    form = TemplateForm
    verbose_name = "agreement"
    verbose_name_plural = "agreements to be signed"
    fields = ("title", "text", SIGNS[:2], SIGNS[2:], ("needed", "is_required"), "order")


class SignatureInline(ReadOnlyInline):
    """Who has signed, when and how."""

    model = Signature
    fields = readonly_fields = ("role", "organisation", "name", "email", "signed_at", "how", "digest")
    hide_title = True


class RequestInline(ReadOnlyInline):
    """Who was asked by a link."""

    model = SigningRequest
    verbose_name_plural = "asked by a link"
    fields = readonly_fields = ("role", "name", "email", "asked_at")
    hide_title = True


def _waits_for(row: Agreement) -> str:
    if not row.is_live or not row.missing:
        return "-"
    return capfirst(english.listed([role.in_sentence for role in row.missing]))


def _state(row: Agreement) -> str:
    if row.ended_at:
        return "Ended"
    return "To be signed" if row.missing and row.is_live else "Not signed" if row.missing else "Signed"


@admin.register(Agreement)
class AgreementAdmin(SteppedAdmin):
    """Every agreement about a place. They are asked for by what the rules say, never made here."""

    adds = False
    list_display = ("participant", "title", "cohort", "before", "waits_for", "state")
    list_filter = (
        choose("state", "signed", STATES),
        choose("waits for", "waits", WAITS),
        CohortFilter,
        ("template__needed", ChoicesDropdownFilter),
    )
    search_fields = (
        *("person__full_name", "person__email", "template__title"),
        *("employer__name", "host__name", "signatures__name", "requests__name", "requests__email"),
    )
    ordering = ("-asked_at", "-pk")
    inlines = (SignatureInline, RequestInline)
    fieldsets = (
        (None, {"fields": ("person", "cohort", "title", "before", "employer", "host", "state", "waits_for")}),
        ("History", {"fields": ("asked_at", "ended_at", "ended_because")}),
        ("The text", {"fields": ("text",)}),
    )
    readonly_fields = (
        *("person", "cohort", "title", "before", "employer", "host", "state", "waits_for"),
        *("asked_at", "ended_at", "ended_because", "text"),
    )
    export_columns = (
        Column("Participant", "person__full_name"),
        Column("Email", "person__email"),
        Column("Programme", "cohort__programme__name"),
        Column("Cohort", "cohort__name"),
        Column("Agreement", "template__title"),
        Column("To be signed", "template__get_needed_display"),
        Column("Required", lambda row: "yes" if row.template.is_required else "no"),
        Column("Employer", "employer__name"),
        Column("Host", "host__name"),
        Column("Status", _state),
        Column("Waits for", _waits_for),
        Column("Signed by", lambda row: "; ".join(f"{one.name} ({one.for_whom})" for one in row.signatures.all())),
        Column("Last signed", lambda row: max((one.signed_at for one in row.signatures.all()), default=None)),
        Column("Asked", "asked_at"),
        Column("Ended", "ended_at"),
        Column("SHA-256", lambda row: next((one.digest for one in row.signatures.all()), "")),
    )

    participant = column("Participant", "person", "person__full_name")
    title = column("Agreement", "template", "template__title")
    before = column("To be signed", lambda row: row.template.get_needed_display(), "template__needed")
    waits_for = column("Waits for", _waits_for)
    state = column(
        "Status",
        _state,
        colours={"Signed": "success", "To be signed": "warning", "Not signed": "info", "Ended": "info"},
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agreement]:
        return super().get_queryset(request).for_steps()

    @display(description="Text")
    def text(self, row: Agreement) -> str:
        return render_to_string("admin/cohorts/agreement_text.html", {"text": text_of(row)})

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        link = {
            "step": None,
            "label": "Download the agreement",
            "url": reverse("admin:cohorts_agreement_pdf", args=[subject.pk]),
            "strong": False,
            "asks": True,
            "for_them": False,
        }
        return [*([link] if subject.signatures.all() else []), *super().buttons(request, subject)]

    @own_page("<int:pk>/agreement.pdf", "pdf")
    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        agreement = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_permission(request, agreement) or not agreement.signatures.all():
            raise Http404
        return agreement_response(agreement)
