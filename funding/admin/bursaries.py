"""Requests for bursaries: seen with what is left in the pots, decided by finance officers, with a reason (B38)."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from funding import telling
from funding.actions import bursaries
from funding.admin.common import CohortOfAgreementFilter, EmailsMixin, EmployerOfAgreementFilter, MoneyAdmin
from funding.models import BursaryRequest, FundingSource
from funding.states import BursaryStatus
from steppingup.accounts.roles import Permission
from steppingup.desk.fields import style
from steppingup.desk.steps import StepsMixin
from steppingup.formats.english import pounds
from steppingup.history.lifecycle import NotPossible
from steppingup.site.export import Column


class DecisionForm(forms.Form):
    """Grant an amount from a pot, or refuse; either with a reason."""

    decision = forms.ChoiceField(
        label="Decision",
        choices=[("", "Choose one"), ("grant", "Grant"), ("refuse", "Refuse")],
        error_messages={"required": "Choose whether you grant or refuse"},
    )
    source = forms.ModelChoiceField(
        FundingSource.objects.none(),
        label="From which pot",
        required=False,
        empty_label="Choose one",
        help_text="Only if you grant.",
    )
    amount = forms.DecimalField(
        label="How many pounds",
        max_digits=9,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text="Only if you grant. With less than the fee, the sponsor is asked to agree to the rest.",
    )
    reason = forms.CharField(
        label="Why",
        max_length=2000,
        widget=forms.Textarea,
        help_text="The applicant and the sponsor read this.",
        error_messages={"required": "Give the reason. The applicant and the sponsor read it"},
    )

    def __init__(self, *args: Any, request: BursaryRequest, pots: QuerySet[FundingSource], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.fee = request, bursaries.fee_of(request)
        field: Any = self.fields["source"]
        field.queryset = pots
        field.label_from_instance = lambda pot: f"{pot.name} ({pounds(pot.left)} left)"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") != "grant":
            return data
        source, amount = data.get("source"), data.get("amount")
        if "source" not in self.errors and source is None:
            self.add_error("source", "Choose the pot that pays")
        if "amount" not in self.errors and (not amount or amount > self.fee):
            self.add_error("amount", f"Give an amount above nothing and up to the fee, which is {pounds(self.fee)}")
        elif source and amount and source.left < amount:
            self.add_error("amount", f"Only {pounds(source.left)} is left in {source.name}")
        return data


@admin.register(BursaryRequest)
class BursaryRequestAdmin(StepsMixin, EmailsMixin, MoneyAdmin):
    provider_path = "agreement__cohort__programme__provider"
    cohort_path = "agreement__cohort"
    list_display = ("person", "employer", "cohort", "requested_at", "state", "granted", "source")
    list_filter = (("status", ChoicesDropdownFilter), CohortOfAgreementFilter, EmployerOfAgreementFilter)
    search_fields = ("agreement__person__full_name", "agreement__employer__name", "agreement__employer_name", "reason")
    ordering = ("-requested_at",)
    fields = readonly_fields = (
        *("person", "employer", "kind", "cohort", "fee", "sponsor", "reason", "requested_at", "state"),
        *("source", "granted", "decision_reason", "decided_at", "decided_by", "emails"),
    )
    export_columns = (
        Column("Applicant", "agreement__person__full_name"),
        Column("Employer", "agreement__employer_display"),
        Column("Cohort", "agreement__cohort__name"),
        Column("Why", "reason"),
        Column("Requested", "requested_at"),
        Column("State", "get_status_display"),
        Column("Pot", "source__name"),
        Column("Pounds", "amount"),
        Column("Reason of the decision", "decision_reason"),
        Column("Decided", "decided_at"),
        Column("Decided by", lambda row: str(row.decided_by or "")),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[BursaryRequest]:
        related = ("agreement__person", "agreement__employer", "agreement__cohort__programme__provider")
        return super().get_queryset(request).select_related(*related, "source", "decided_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide)
        own = path("<int:pk>/decide/", view, name="funding_bursaryrequest_decide")
        return [own, *super().get_urls()]

    def steps_for(self, request: HttpRequest, obj: Any) -> list[dict[str, str]]:
        if obj.status != BursaryStatus.REQUESTED or not self.allows(request, Permission.DECIDE_MONEY, obj):
            return []
        return [{"label": "Decide", "url": reverse("admin:funding_bursaryrequest_decide", args=[obj.pk])}]

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A form, a page that says who will be told what, and the decision."""
        obj = self.get_queryset(request).filter(pk=pk).first()
        if obj is None or not self.allows(request, Permission.DECIDE_MONEY, obj):
            raise Http404
        back = reverse("admin:funding_bursaryrequest_change", args=[pk])
        if obj.status != BursaryStatus.REQUESTED:
            messages.info(request, "This request is decided.")
            return HttpResponseRedirect(back)
        pots = FundingSource.objects.open_bursaries().filter(programme=obj.agreement.cohort.programme_id)
        form = DecisionForm(request.POST or None, request=obj, pots=pots)
        told: list[Any] = []
        checking = request.method == "POST" and form.is_valid() and "change" not in request.POST
        if checking and "confirmed" in request.POST:
            try:
                self._decide(obj, form.cleaned_data, request)
            except NotPossible as sentence:
                form.add_error(None, str(sentence))
                checking = False
            else:
                messages.success(request, "Decided. The applicant and the sponsor will be told.")
                return HttpResponseRedirect(back)
        if checking:
            told = telling.previews(_told(obj, form.cleaned_data))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Check the decision" if checking else "Decide about a bursary",
            "original": obj,
            "agreement": obj.agreement,
            "fee": form.fee,
            "pots": pots,
            "form": style(form),
            "checking": checking,
            "told": told,
            "back_url": back,
        }
        return TemplateResponse(request, "admin/funding/decide.html", context)

    def _decide(self, obj: BursaryRequest, data: dict[str, Any], request: HttpRequest) -> None:
        if data["decision"] == "grant":
            bursaries.grant(
                request=obj, source=data["source"], amount=data["amount"], reason=data["reason"], by=request.user
            )
        else:
            bursaries.refuse(request=obj, reason=data["reason"], by=request.user)

    @display(description="Applicant", ordering="agreement__person__full_name")
    def person(self, row: BursaryRequest) -> str:
        return str(row.agreement.person)

    @display(description="Employer")
    def employer(self, row: BursaryRequest) -> str:
        return row.agreement.employer_display or "-"

    @display(description="Kind of employer")
    def kind(self, row: BursaryRequest) -> str:
        employer = row.agreement.employer
        levy = ", pays the apprenticeship levy" if employer and employer.is_levy_payer else ""
        return f"{employer.get_kind_display()}{levy}" if employer else "Not one of the listed organisations"

    @display(description="Cohort")
    def cohort(self, row: BursaryRequest) -> str:
        return str(row.agreement.cohort)

    @display(description="Fee")
    def fee(self, row: BursaryRequest) -> str:
        return pounds(bursaries.fee_of(row))

    @display(description="Sponsor")
    def sponsor(self, row: BursaryRequest) -> str:
        return f"{row.agreement.sponsor_name}, {row.agreement.sponsor_email}"

    @display(
        description="State",
        ordering="status",
        label={"Requested": "warning", "Granted": "success", "Refused": "danger"},
    )
    def state(self, row: BursaryRequest) -> str:
        return row.get_status_display()

    @display(description="Granted", ordering="amount")
    def granted(self, row: BursaryRequest) -> str:
        return pounds(row.amount) or "-"


def _told(obj: BursaryRequest, data: dict[str, Any]) -> list[telling.Notice]:
    if data["decision"] == "grant":
        return telling.of_granting(obj, data["amount"], data["reason"])
    return telling.of_refusing(obj, data["reason"])
