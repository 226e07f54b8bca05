"""Filters of the list of applications."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from applications.models import EmployerRule
from applications.states import ApplicationStatus, Reason
from cohorts.desk.filters import CohortFilter
from funding.states import AgreementStatus
from steppingup.accounts.models import Organisation

Pairs = list[tuple[str, str]]


class _Filter(DropdownFilter):
    def lookups(self, request: HttpRequest, model_admin: Any) -> Pairs:
        return []


class StatusFilter(_Filter):
    title, parameter_name = "status", "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Pairs:
        return [(value, str(label)) for value, label in ApplicationStatus.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(status=self.value()) if self.value() in ApplicationStatus.values else queryset


class ReviewsFilter(_Filter):
    title, parameter_name = "reviews", "reviews"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Pairs:
        return [
            ("unassigned", "Assessors missing"),
            ("missing", "Waiting for scores"),
            ("done", "All scores given"),
            ("none", "No scores yet"),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = {
            "unassigned": queryset.lacking_assessors,
            "missing": queryset.awaiting_scores,
            "done": queryset.fully_scored,
            "none": queryset.without_scores,
        }.get(self.value() or "")
        return chosen() if chosen else queryset


class EmployerFilter(_Filter):
    title, parameter_name = "employer", "employer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Pairs:
        applied = model_admin.get_queryset(request).order_by().filter(employer=OuterRef("pk"))
        employers = Organisation.objects.filter(Exists(applied)).values_list("pk", "name")
        return [(str(pk), name) for pk, name in employers] + [("none", "Not on our list yet")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value() or ""
        if value == "none":
            return queryset.of_unknown_employers()
        return queryset.filter(employer=int(value)) if value.isdecimal() else queryset


class ReasonFilter(_Filter):
    title, parameter_name = "reason of the decision", "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Pairs:
        return [(value, str(label)) for value, label in Reason.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(reason=self.value()) if self.value() in Reason.values else queryset


class FeeFilter(_Filter):
    title, parameter_name = "fee", "fee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Pairs:
        return [(value, str(label)) for value, label in AgreementStatus.choices] + [("fund", "An internal fund pays")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if value == "fund":
            rules = EmployerRule.objects.filter(
                window__cohort=OuterRef("cohort"), employer=OuterRef("employer"), funded_by__isnull=False
            )
            return queryset.filter(Exists(rules))
        return queryset.filter(fee_agreement__status=value) if value in AgreementStatus.values else queryset


ALL = (CohortFilter, StatusFilter, ReviewsFilter, EmployerFilter, ReasonFilter, FeeFilter)
