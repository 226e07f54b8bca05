"""Reasons for turning somebody down: on the page of the rules, as a filter of the list of applications, and counted."""

from typing import Any

from django import forms
from django.db.models import Count, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import DropdownFilter
from unfold.widgets import UnfoldAdminTextareaWidget

from applications.models import Application, Reason
from applications.models.reason import without_full_stop
from applications.states import ApplicationStatus, Meaning
from cohorts.desk.filters import CohortFilter
from steppingup.desk.versions import PartInline


class ReasonForm(forms.ModelForm):
    class Meta:
        widgets = {"words": UnfoldAdminTextareaWidget(attrs={"rows": 2})}  # a sentence is read whole
        labels = {"words": "As the applicant reads it", "meaning": "What it means"}
        help_texts = {
            "words": "In their letter and on their page: “There were no places left”.",
            "meaning": "That others scored higher, that it arrived late, the interview and that no places are left can be "
            "chosen only where that is so. Nothing is checked of the programme’s own.",
            "order": "Lower numbers are offered first.",
        }


class ReasonFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        """Nobody is turned down without a reason, so there is one; and no two that read the same."""
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms and getattr(form, "cleaned_data", None)]
        said = [without_full_stop(form.cleaned_data.get("words", "")) for form in kept]
        if self.initial_form_count() and not any(said):
            raise forms.ValidationError("Leave at least one reason: nobody is turned down without one.")
        for number, form in enumerate(kept):
            if said[number] and said[number] in said[:number]:
                form.add_error("words", "This reason is there already. Change its words, or remove one of the two.")


class ReasonInline(PartInline, TabularInline):
    """Why people are turned down, in the provider's own words."""

    model = Reason
    form = ReasonForm
    formset = ReasonFormSet
    fields = ("words", "meaning", "order")
    verbose_name = "reason"
    verbose_name_plural = "reasons for turning somebody down"


class ReasonFilter(DropdownFilter):
    """Those who were turned down for one reason: of the cohort that is chosen, or of all that the person sees."""

    title, parameter_name = "reason, in its words", "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        cohort = request.GET.get(CohortFilter.parameter_name, "")
        of_cohort = {"rule_set__cohorts": int(cohort)} if cohort.isdecimal() else {"rule_set__replaced_at": None}
        rows = Reason.objects.visible_to(request.user, model_admin.see).filter(**of_cohort)
        found: dict[str, str] = {}
        for key, words in rows.order_by("order", "pk").values_list("key", "words"):
            found.setdefault(key, without_full_stop(words))
        return list(found.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(reason=self.value()) if self.value() else queryset


def why_turned_down(applications: QuerySet[Application]) -> list[dict[str, Any]]:
    """How many were told what, the commonest first, with what it means."""
    rows = applications.filter(status=ApplicationStatus.TURNED_DOWN).order_by()
    found = rows.values("reason", "reason_words", "reason_meaning").annotate(number=Count("pk"))
    return [
        {
            "key": row["reason"],
            "words": without_full_stop(row["reason_words"]),
            "means": Meaning(row["reason_meaning"]).label,
            "number": row["number"],
        }
        for row in found.order_by("-number", "reason_words")
    ]
