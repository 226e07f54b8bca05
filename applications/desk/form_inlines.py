"""The parts of the application and its further questions, on the page of the rules."""

from typing import Any, ClassVar, cast

from django import forms
from django.forms import BaseInlineFormSet
from django.utils.text import slugify
from unfold.admin import StackedInline, TabularInline

from applications.form.usual import ALWAYS, COMPLETE, OPTIONAL, contradiction
from applications.models import EligibilityQuestion, FormPart, Question, StandingRule
from applications.models.standing import ALONE
from applications.states import DECIDING, Asked, FeeBy, PartKind, QuestionKind
from cohorts.states import EMPLOYED
from steppingup.desk.versions import PartInline
from steppingup.formats import english

NEW_PAGE = "Further questions"


class FormPartForm(forms.ModelForm):
    class Meta:
        labels = {"is_required": "Required"}
        help_texts = {
            "is_required": "Whoever leaves this out cannot submit. The fee can wait until a place is offered, if you untick this. Equality monitoring is always left to people.",
            "order": "Lower numbers come first.",
            "intro": "Shown above a page of questions. Leave an empty line between paragraphs.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["intro"].widget.attrs["rows"] = 2

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        kind = values.get("kind") or self.instance.kind
        if kind in COMPLETE and values.get("is_required") is False:
            also = "" if kind in ALWAYS else " Remove it if you do not want to ask it."
            self.add_error("is_required", f"Nobody could get a place who leaves this out.{also}")
        if kind in OPTIONAL and values.get("is_required"):
            self.add_error("is_required", "Nobody has to answer these questions. Untick the box.")
        if values.get("intro") and kind != PartKind.QUESTIONS:
            self.add_error("intro", "Only a page of questions has an introduction. Leave this empty.")
        return values


class FormPartFormSet(BaseInlineFormSet):
    #: The questions of the eligibility check that stand on the same page.
    checks: BaseInlineFormSet | None = None

    def clean(self) -> None:
        """What nobody could get a place without stays; and so does a page that has questions."""
        super().clean()
        kinds = {form.cleaned_data.get("kind") or form.instance.kind for form in _kept(self)}
        if wrong := contradiction(kinds, checks=self._has_checks()):
            raise forms.ValidationError(wrong)
        for form in self.deleted_forms:
            on_page = Question.objects.filter(rule_set=form.instance.rule_set_id, page=form.instance.key)
            if form.instance.kind == PartKind.QUESTIONS and on_page.exists():
                raise forms.ValidationError(
                    f"“{form.instance}” has questions. Remove these first, or move them to another page."
                )

    def _has_checks(self) -> bool:
        if self.checks is None:
            return EligibilityQuestion.objects.filter(rule_set=self.instance, is_active=True).exists()
        return any(form.cleaned_data.get("is_active") for form in _kept(self.checks))


def _kept(rows: BaseInlineFormSet) -> list[Any]:
    """The forms whose rows there will be. What is wrong with one of them is said there."""
    there = [form for form in rows.forms if form.instance.pk or form.has_changed()]
    for form in there:
        form.is_valid()
    return [form for form in there if not form.cleaned_data.get("DELETE")]


class FormPartInline(PartInline, TabularInline):
    """What an application asks, in this order; what is not listed is not asked."""

    model = FormPart
    form = FormPartForm
    formset = FormPartFormSet
    fields = ("kind", "title", "intro", "is_required", "order")
    verbose_name = "part of the application"
    verbose_name_plural = "parts of the application"


class StandingForm(forms.ModelForm):
    class Meta:
        help_texts = {"order": "Lower numbers are offered first."}

    def clean(self) -> dict[str, Any]:
        """Whoever works alone has nobody whom anything could be asked of, whatever was chosen."""
        values = super().clean() or {}
        if values.get("standing") in ALONE:
            nothing = dict.fromkeys(("organisation", "line_manager", "support"), Asked.LEFT_OUT)
            values |= {**nothing, "fee_by": FeeBy.PERSON}
        elif values.get("organisation") == Asked.LEFT_OUT and values.get("standing") not in EMPLOYED:
            values |= {"support": Asked.LEFT_OUT, "fee_by": FeeBy.PERSON}
        return values


class StandingInline(PartInline, TabularInline):
    """How people may work who apply, and what is asked of each; none: everybody is employed (B2)."""

    model = StandingRule
    form = StandingForm
    fields = ("standing", "organisation", "line_manager", "support", "fee_by", "order")
    verbose_name = "way of working"
    verbose_name_plural = "how people may work who apply (none: everybody is employed)"


class FurtherQuestionForm(forms.ModelForm):
    """The page is chosen by its heading; a new one is made where there is none."""

    #: The rules that the page is about, and what of them all its forms ask for.
    rules: int | None = None
    known: ClassVar[dict[int | None, Any]] = {}

    page = forms.ChoiceField(label="On the page", required=False)
    shown_if = forms.ChoiceField(label="Only asked after", required=False)

    class Meta:
        help_texts = {
            "choices": "One on each line, for questions with answers to choose from.",
            "suggested_words": "What people read beside a longer text.",
            "most_words": "More than this cannot be submitted.",
            "shown_if_answer": "As it is written above: “Yes”.",
            "assessors_see": "With names, addresses and employers taken out, like statements.",
            "in_list": "As a column and a filter of the list of one cohort.",
            "order": "Lower numbers are asked first.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pages, deciding = self._there()
        page: Any = self.fields["page"]
        page.choices = [*pages, *([] if pages else [("", f"{NEW_PAGE} (a new page)")])]
        after: Any = self.fields["shown_if"]
        after.choices = [("", "always"), *((one.key, one.text) for one in deciding if one.pk != self.instance.pk)]
        after.help_text = "A question with one answer to choose, on the same page. Save that one first."

    def _there(self) -> tuple[list[tuple[str, str]], list[Question]]:
        """The pages of the rules, and the questions on which others can hang: read once for all forms of the page."""
        if self.rules not in self.known:
            self.known[self.rules] = _known(self.rules)
        return cast("tuple[list[tuple[str, str]], list[Question]]", self.known[self.rules])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        kind, offered = values.get("kind"), _lines(values.get("choices", ""))
        if kind in (QuestionKind.CHOICE, QuestionKind.SEVERAL) and len(offered) < 2:
            self.add_error("choices", "Enter at least two answers to choose from, each on a line of its own.")
        about, most = values.get("suggested_words"), values.get("most_words")
        if about and most and about > most:
            self.add_error("suggested_words", "You suggest more words than you allow. Enter a lower number.")
        if kind == QuestionKind.FILE and values.get("assessors_see"):
            self.add_error("assessors_see", "A file shows whose it is, so assessors cannot see it. Untick the box.")
        self._check_condition(values)
        return values

    def _check_condition(self, values: dict[str, Any]) -> None:
        after = next((one for one in self._there()[1] if one.key == values.get("shown_if")), None)
        if after is None:
            values["shown_if_answer"] = ""
            return
        if after.page != (values.get("page") or after.page):
            self.add_error("shown_if", f"“{after}” is on another page. Choose one on the same page.")
        if after.shown_if:
            self.add_error(
                "shown_if", f"“{after}” is itself only asked after another. Choose one that is always asked."
            )
        if values.get("shown_if_answer") not in after.offered:
            answers = english.listed([f"“{one}”" for one in after.offered])
            self.add_error("shown_if_answer", f"The answers to “{after}” are {answers}. Enter one of them.")


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _known(rules: int | None) -> tuple[list[tuple[str, str]], list[Question]]:
    pages = FormPart.objects.filter(rule_set=rules, kind=PartKind.QUESTIONS)
    return [(one.key, one.heading) for one in pages], list(Question.objects.filter(rule_set=rules, kind__in=DECIDING))


class FurtherQuestionFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        """A draft of a page cannot keep a file, and would keep nothing that was typed beside it."""
        super().clean()
        on_page: dict[str, list[Any]] = {}
        for form in self.forms:
            if form not in self.deleted_forms and getattr(form, "cleaned_data", None):
                on_page.setdefault(form.cleaned_data.get("page", ""), []).append(form)
        for forms_there in on_page.values():
            for form in forms_there:
                if form.cleaned_data.get("kind") == QuestionKind.FILE and len(forms_there) > 1:
                    form.add_error(
                        "page", "A file is asked for on a page of its own. Add another page of questions for it."
                    )

    def save_new(self, form: Any, commit: bool = True) -> Any:
        """On a page of its own, where the rules have none yet."""
        form.instance.page = form.instance.page or _first_page(self.instance).key
        return super().save_new(form, commit)


def _first_page(rules: Any) -> FormPart:
    found = rules.form_parts.filter(kind=PartKind.QUESTIONS).first()
    if found:
        return found
    after = rules.form_parts.filter(kind__in=(PartKind.STATEMENTS, PartKind.WORK)).order_by("-order").first()
    order = after.order if after else 0
    made: FormPart = rules.form_parts.create(
        kind=PartKind.QUESTIONS, title=NEW_PAGE, key=slugify(NEW_PAGE), order=order
    )
    return made


class FurtherQuestionInline(PartInline, StackedInline):
    """What else is asked, on pages of their own."""

    model = Question
    form = FurtherQuestionForm
    formset = FurtherQuestionFormSet
    verbose_name = "further question"
    verbose_name_plural = "further questions"
    fields = (
        ("page", "kind"),
        "text",
        "help_text",
        "choices",
        ("suggested_words", "most_words"),
        ("shown_if", "shown_if_answer"),
        ("is_required", "assessors_see", "in_list"),
        "order",
    )

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        """What all forms of the page ask is read once."""
        form = type("FurtherQuestionForm", (FurtherQuestionForm,), {"rules": obj.pk if obj else None, "known": {}})
        return super().get_formset(request, obj, **{"form": form, **kwargs})
