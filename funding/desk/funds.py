"""Funds and bursary pots: what is in them, what is promised, what is left, and each entry."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from funding.desk.common import Entries
from funding.models import Commitment, FundingSource
from funding.permissions import MoneyPermission
from steppingup.desk.admin import ScopedAdmin
from steppingup.desk.lists import column
from steppingup.formats.english import pounds
from steppingup.history.lifecycle import refuse_if
from steppingup.site.export import Column


class CommitmentInline(Entries):
    model = Commitment
    rows = "commitments"
    verbose_name_plural = "money promised and returned"
    fields = readonly_fields = ("at", "agreement", "pounds", "reason", "by")
    per_page = 50
    related = ("agreement__person", "agreement__cohort__programme", "by")


@admin.register(FundingSource)
class FundingSourceAdmin(ScopedAdmin):
    change_permission = MoneyPermission.DECIDE_MONEY
    list_display = ("name", "programme", "route", "budget_pounds", "committed_pounds", "left_pounds", "is_open")
    list_filter = (("route", ChoicesDropdownFilter), "is_open")
    search_fields = ("name", "programme__name")
    fields = ("balance", "programme", "name", "key", "route", "budget", "description", "employers", "is_open")
    readonly_fields = ("balance",)
    fixed_fields = ("programme", "route", "key")
    prepopulated_fields = {"key": ("name",)}
    inlines = (CommitmentInline,)
    export_columns = (
        Column("Fund", "name"),
        Column("Programme", "programme__name"),
        Column("Route", "get_route_display"),
        Column("Budget", "budget"),
        Column("Promised", "committed"),
        Column("Left", "left"),
        Column("Open", lambda row: "yes" if row.is_open else "no"),
    )

    budget_pounds = column("Budget", lambda row: pounds(row.budget), "budget")
    committed_pounds = column("Promised", lambda row: pounds(row.committed), "committed")
    left_pounds = column("Left", lambda row: pounds(row.left))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        return self.fields if obj else self.fields[1:]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def save_model(self, request: HttpRequest, obj: FundingSource, form: ModelForm, change: bool) -> None:
        """The row is locked, so that nothing is promised while the budget is made smaller."""
        if change:
            obj.committed = FundingSource.objects.select_for_update().get(pk=obj.pk).committed
            refuse_if(
                obj.left < 0,
                f"{pounds(obj.committed)} has already been promised, so the budget cannot be less.",
                "promised",
            )
        super().save_model(request, obj, form, change)

    @display(description="Balance")
    def balance(self, row: FundingSource) -> SafeString:
        """As it is stored, also while a budget that is too small stands in the form."""
        return render_to_string("admin/funding/balance.html", {"fund": FundingSource.objects.get(pk=row.pk)})
