"""The rules of admission in versions: whom a programme is for, what it asks, and the criteria it chooses by."""

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from unfold.admin import StackedInline, TabularInline

from applications.actions import rules as actions
from applications.desk.comparing import Compared, compared, of_their_own, texts_of
from applications.desk.contests import ChangedByColleagues
from applications.desk.form_inlines import FormPartInline, FurtherQuestionInline, StandingInline
from applications.desk.reasons import ReasonInline
from applications.models import Criterion, EligibilityQuestion, FormPart, Grade, Question, Reason, Window
from applications.queries import submitted_by
from cohorts.desk.agreements import AgreementTemplateInline
from cohorts.desk.programmes import as_file
from cohorts.models import AgreementTemplate, Cohort, RuleSet, TargetGroup
from cohorts.models.rules import TEXTS
from cohorts.permissions import CohortPermission
from cohorts.programme_files import writing
from steppingup.accounts.requests import signed_in
from steppingup.desk.admin import own_page
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin, link_button
from steppingup.desk.versions import PartInline, WithParts
from steppingup.formats import english
from steppingup.history.versions import Copies
from steppingup.site.export import Column

#: A provider has so many versions after many years.
MOST_COMPARED = 200


class TargetGroupInline(PartInline, TabularInline):
    model = TargetGroup
    fields = ("name", "statement", "order")
    verbose_name_plural = "groups that the programme is for"


class QuestionForm(forms.ModelForm):
    class Meta:
        labels = {
            "kind": "How it is answered",
            "text": "Question",
            "help_text": "Hint",
            "lists_target_groups": "List the groups",
            "allows_not_sure": "Allow “I am not sure”, or another grade that is equivalent",
            "if_no": "If they say no",
            "if_not_sure": "If they are not sure",
            "is_active": "Asked",
        }
        help_texts = {
            "if_no": "“We would like to look at it” lets them apply, and marks their answer on the application.",
            "order": "Lower numbers are asked first.",
            "is_active": "Think twice before you turn on a question about age: age is a protected characteristic. Never "
            "ask for a date of birth.",
        }


class CriterionForm(forms.ModelForm):
    class Meta:
        help_texts = {"word_limit": "The most words somebody can write.", "order": "Lower numbers come first."}


class QuestionInline(PartInline, StackedInline):
    """The questions of the eligibility check, and what each answer leads to (B15 to B18)."""

    model = EligibilityQuestion
    form = QuestionForm
    verbose_name_plural = "questions of the eligibility check"
    fields = (
        "text",
        "help_text",
        ("kind", "alternative"),
        "lists_target_groups",
        "allows_not_sure",
        "is_active",
        "if_no",
        "if_not_sure",
        "explanation",
        "order",
    )


class GradeForm(forms.ModelForm):
    class Meta:
        labels = {"is_in_range": "The programme is for it"}
        help_texts = {"order": "Lower numbers come first."}


class GradeInline(PartInline, TabularInline):
    """The grades that a question about the grade offers, lowest first (N2, B19)."""

    model = Grade
    form = GradeForm
    fields = ("name", "equivalent", "is_in_range", "order")


class CriterionInline(PartInline, StackedInline):
    """The criteria: a statement to write, a score in review and at interview (B23, B24)."""

    model = Criterion
    form = CriterionForm
    fields = ("title", "question", "guidance", ("word_limit", "order"))


@admin.register(RuleSet)
class RuleSetAdmin(ChangedByColleagues, WithParts, SteppedAdmin):
    """One page for all that decides who is admitted. Once somebody has applied by it, a change makes the next version."""

    change_permission = CohortPermission.EDIT_PROGRAMMES
    fixed_fields = ("programme",)
    fieldsets = (
        (None, {"fields": ("programme", "name", "is_offered", "selection", ("hold_days", "closes_when_full"))}),
        (
            "What people read before they apply",
            {
                "fields": TEXTS,
                "description": "On the programme’s page, where cohorts that people can apply for have different texts, each stands "
                "under the name of its cohort. Whoever has applied can go on reading what they applied by.",
            },
        ),
    )
    list_display = ("title", "of", "chosen", "groups", "questions", "number_of_criteria", "points", "followed_by")
    list_filter = ("programme",)
    search_fields = ("name", "programme__name")
    inlines = (
        TargetGroupInline,
        QuestionInline,
        GradeInline,
        StandingInline,
        FormPartInline,
        FurtherQuestionInline,
        CriterionInline,
        ReasonInline,
        AgreementTemplateInline,
    )
    export_columns = (
        Column("Rules", "name"),
        Column("Programme", "programme__name"),
        Column("Version", "version"),
        Column("Offered", "is_offered"),
        Column("How people are chosen", lambda rules: rules.get_selection_display()),
        Column("In force from", "made_at"),
        Column("Replaced", "replaced_at"),
        Column("Groups", "number_groups"),
        Column("Questions", "number_questions"),
        Column("Criteria", "number_criteria"),
        Column("Cohorts", lambda rules: ", ".join(cohort.name for cohort in rules.cohorts.all())),
    )

    title = column("Rules", "name", "name")
    of = column("Programme", lambda rules: rules.programme.name, "programme__name")
    points = column("Version", "version", "version")
    chosen = column("Chosen", lambda rules: rules.get_selection_display(), "selection")
    groups = column("Groups", "number_groups")
    questions = column("Questions", "number_questions")
    number_of_criteria = column("Criteria", "number_criteria")
    followed_by = column(
        "Cohorts", lambda rules: ", ".join(cohort.name for cohort in rules.cohorts.all()) or "none yet"
    )

    def get_inlines(self, request: HttpRequest, obj: RuleSet | None) -> list[Any]:
        """New rules have the usual parts and reasons once they are saved. Typed before that, they would be there twice."""
        return [one for one in super().get_inlines(request, obj) if obj or one not in (FormPartInline, ReasonInline)]

    def _create_formsets(self, request: HttpRequest, obj: RuleSet, change: bool) -> Any:
        """What an application asks goes with the questions of the eligibility check beside it."""
        formsets, inlines = super()._create_formsets(request, obj, change)
        by_model = {formset.model: formset for formset in formsets}
        if parts := by_model.get(FormPart):
            parts.checks = by_model.get(EligibilityQuestion)
        return formsets, inlines

    def response_post_save_add(self, request: HttpRequest, obj: RuleSet) -> HttpResponse:
        """On to the parts of the application, where nothing else was asked for."""
        if back := self._back_to(request):
            return back
        self.message_user(request, "People are asked the usual. Look through the parts of the application below.")
        return HttpResponseRedirect(reverse("admin:cohorts_ruleset_change", args=[obj.pk]))

    def decides_for(self, obj: RuleSet) -> set[int]:
        return set(obj.cohorts.values_list("pk", flat=True))

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleSet]:
        rows = super().get_queryset(request).select_related("programme").prefetch_related("cohorts")
        return rows.annotate(
            number_groups=Count("target_groups", distinct=True),
            number_questions=Count("eligibility_questions", distinct=True),
            number_criteria=Count("criteria", distinct=True),
        )

    def consequences(self, obj: RuleSet) -> list[str]:
        said = [_who_keeps(cohort, number) for cohort, number in submitted_by(obj)]
        drafts, waiting = actions.drafts_by(obj).count(), obj.cohorts.filter(admission_began_at=None)
        names = english.listed([cohort.name for cohort in waiting.order_by("starts_on")])
        if obj.is_frozen:
            on = f"for {names}" if names else "for the next cohort that you create"
            said.append(f"Your changes become version {obj.version + 1}, {on}.")
        elif names:
            said.append(f"Nobody has applied for {names} yet, so your changes hold there at once.")
        else:
            said.append("No cohort uses these rules yet. The next one that you create will.")
        if drafts:
            people = english.counted(drafts, "person has", "people have")
            said.append(
                f"{people} begun an application and not submitted it. They keep what they have written, see the new "
                "questions and are told by email."
            )
        return said

    def buttons(self, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
        compare = link_button("Compare with others", reverse("admin:cohorts_ruleset_compare", args=[subject.pk]))
        download = link_button("Download as a file", reverse("admin:cohorts_ruleset_file", args=[subject.pk]))
        return [*super().buttons(request, subject), compare, download]

    @own_page("<int:pk>/file/", "file")
    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """These rules as a file, to be changed and uploaded on the page of a programme."""
        rules = self.get_object(request, str(pk))
        if rules is None or not self.has_view_permission(request, rules):
            raise Http404
        return as_file({"rule_sets": [writing.rule_set(rules)]}, f"{rules.programme.name}, {rules.name}")

    @own_page("<int:pk>/compare/", "compare")
    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """These rules beside others of the same provider, or another version of them: what differs, part by part."""
        here = self.get_object(request, str(pk))
        if here is None or not self.has_view_permission(request, here):
            raise Http404
        mine: Any = RuleSet.objects.visible_to(request.user, self.see).select_related("programme")
        others = list(mine.filter(programme__provider=here.programme.provider_id).exclude(pk=here.pk)[:MOST_COMPARED])
        wanted = request.GET.get("with", "")
        there = next((one for one in others if str(one.pk) == wanted), _nearest(here, others))
        own = [_selection(here, there), _texts(here, there)] if there else []
        sections = [*own, *(_section(here, there, one) for one in self.inlines)] if there else []
        return self.page(
            request, "admin/applications/compare.html", title="Compare admission rules", here=here, there=there, others=others,
            sections=sections,
        )  # fmt: skip

    def keeps(self, obj: RuleSet, removed: Collection[Model]) -> bool:
        """Also where something is removed that somebody has written about: it stays with the earlier version."""
        return super().keeps(obj, removed) or bool(removed and actions.drafts_by(obj).exists())

    def revise(self, request: HttpRequest, obj: RuleSet, removed: Collection[Model]) -> tuple[RuleSet, Copies]:
        return actions.revise(rules=obj, removed=removed, by=signed_in(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: list[Any], change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if parts := _parts_changed(formsets):
            told = actions.tell_of_change(rules=form.instance, parts=parts, by=signed_in(request))
            if told:
                people = english.counted(told, "person who has", "people who have")
                self.message_user(request, f"We are telling {people} begun an application.")
        if change and "selection" in form.changed_data:
            told = actions.tell_of_choosing(rules=form.instance, by=signed_in(request))
            if told:
                people = english.counted(told, "person who has", "people who have")
                self.message_user(request, f"We are telling {people} begun an application how they will be chosen.")


def _nearest(here: RuleSet, others: list[RuleSet]) -> RuleSet | None:
    """What somebody most likely compares with: the version before, or after; else whatever there is."""
    before = [one for one in others if one.successor_id == here.pk or one.pk == here.successor_id]
    same = [one for one in others if one.programme_id == here.programme_id]
    return next(iter([*before, *same, *others]), None)


def _selection(here: RuleSet, there: RuleSet) -> dict[str, Any]:
    """What is not a part of rules, but of the rules themselves."""
    own = of_their_own(here, there)
    return {"title": "Selection", "parts": [own], "same": own.title if own.is_same else ""}


def _texts(here: RuleSet, there: RuleSet) -> dict[str, Any]:
    """What people read before they apply."""
    parts = texts_of(here, there)
    return {"title": "Texts", "parts": parts, "same": _titles(part for part in parts if part.is_same)}


def _section(here: RuleSet, there: RuleSet, inline: Any) -> dict[str, Any]:
    """One kind of part of both."""
    labels = getattr(getattr(inline.form, "Meta", None), "labels", {})
    relation = inline.model._meta.get_field("rule_set").related_query_name()
    parts = compared(here, there, relation, labels)
    names = inline.verbose_name_plural or inline.model._meta.verbose_name_plural
    return {
        "title": capfirst(str(names)),
        "parts": parts,
        "same": _titles(part for part in parts if part.is_same),
        "here": _titles(part for part in parts if part.only == "here"),
        "there": _titles(part for part in parts if part.only == "there"),
    }


def _titles(parts: Iterable[Compared]) -> str:
    return english.listed([f"“{part.title}”" for part in parts])


def _who_keeps(cohort: Cohort, number: int) -> str:
    people = english.counted(number, "person has applied", "people have applied")
    window: Window | None = getattr(cohort, "window", None)
    still = "" if window is None or window.has_closed() else ", and so does everybody who still applies"
    return f"{people} for {cohort.name} by this version. They keep it{still}."


#: What is signed or said after applying.
NOT_ASKED = (AgreementTemplate, Reason)


def _parts_changed(formsets: list[Any]) -> set[str]:
    """The parts of the application form that ask something else than before."""
    changed = [form for formset in formsets for form in formset.forms if form.has_changed() and form.instance.key]
    asked = [form for form in changed if not isinstance(form.instance, NOT_ASKED)]
    return {_part_of(form.instance) for form in asked if not _only_order(form)}


def _part_of(row: Any) -> str:
    if isinstance(row, Criterion):
        return f"statement-{row.key}"
    if isinstance(row, Question):
        return actions.page_of(row)
    return actions.part_named(row) if isinstance(row, FormPart) else actions.CONDITIONS


def _only_order(form: Any) -> bool:
    return form.changed_data == ["order"]
