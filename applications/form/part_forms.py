"""One form for each part of the application."""

from collections.abc import Mapping
from typing import Any, cast

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import ConditionalQuestion, ConditionalRadios, Field, Fixed, Fluid, Size
from django import forms
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from applications.equality.questions import LONGEST, asked_in, words_of
from applications.form.fields import PartForm, RevealingRadios, line
from applications.form.fixed import questions_of
from applications.form.part import PAGE
from applications.form.question_forms import QuestionsForm
from applications.form.work_forms import SupportForm, WorkForm
from applications.models import Application, EligibilityQuestion, EqualityQuestion
from applications.models.equality import PREFER_NOT
from steppingup.files.fields import CheckedFileField
from steppingup.files.rules import CV
from steppingup.formats.fields import TelephoneInput


class DetailsForm(PartForm):
    """Who you are. Education is asked here and is never a gate (B21)."""

    full_name = line("Full name", longest=150, autocomplete="name")
    phone = TelephoneInput(
        label="Telephone number",
        max_length=30,
        help_text="Optional. We only call if we cannot reach you by email.",
        error_messages={"max_length": "Shorten this to 30 characters."},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    education = forms.CharField(
        label="Education and qualifications",
        max_length=300,
        help_text="Optional, and it will not affect the decision. For example A levels, a degree, or a "
        "professional qualification.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "Shorten this to 300 characters."},
    )

    def layout(self) -> list[Any]:
        return [
            Field.text("full_name", field_width=Fluid.TWO_THIRDS),
            Field.text("phone", field_width=Fixed.TWENTY),
            Field.textarea("education", rows=3),
        ]


class EligibilityForm(PartForm):
    """The same questions as in the check without an account; the answers carry over."""

    intro = "applications/parts/eligibility.html"

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        self.questions = questions_of(application)
        super().__init__(*args, application=application, **kwargs)

    def layout(self) -> list[Any]:
        names = []
        for question in self.questions:
            self.fields[question.key] = answer_field(question)
            self.fields[question.key].required = False
            names.append(Field.radios(question.key, legend_size=Size.MEDIUM))
        return names


def answer_field(question: EligibilityQuestion) -> forms.ChoiceField:
    """Yes, no and, where the question allows it, not sure; or one of the grades. The one about groups never asks which (B15)."""
    return forms.ChoiceField(
        label=escape(question.text),
        help_text=hint_of(question),
        choices=[Choice(value, label) for value, label in question.offered],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the answer that fits you best."},
    )


def hint_of(question: EligibilityQuestion) -> SafeString:
    """The help text, below the list of groups where the question is about them."""
    if not question.lists_target_groups:
        return escape(question.help_text)
    groups = format_html_join("", "<li>{}</li>", ((group.name,) for group in question.rule_set.target_groups.all()))
    return format_html('<ul class="govuk-list govuk-list--bullet govuk-hint">{}</ul>{}', groups, question.help_text)


class StatementForm(PartForm):
    """One statement about one criterion (B23): a limit in words, counted here and while typing."""

    intro = "applications/parts/statement.html"
    text = forms.CharField(widget=forms.Textarea)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        criterion = self.part.criterion
        if criterion is None:
            raise ValueError("A statement belongs to a criterion.")
        self.fields["text"].label = escape(criterion.question)
        # crispy-forms-gds describes a counted textarea by its hint, so there must be one.
        self.fields["text"].help_text = escape(criterion.guidance) or f"Up to {criterion.word_limit} words."

    def layout(self) -> list[Any]:
        limit = self.part.criterion.word_limit if self.part.criterion else 0
        kept = {"data_draft": f"{self.application.pk}-{self.part.key}", "spellcheck": "true"}
        return [Field.textarea("text", label_size=Size.MEDIUM, rows=14, max_words=limit, **kept)]


class CVForm(PartForm):
    """Your CV (B22)."""

    intro = "applications/parts/cv.html"
    cv = CheckedFileField(label="Your CV", rule=CV)

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, application=application, **kwargs)
        cast("CheckedFileField", self.fields["cv"]).by = application.applicant


class AccessForm(PartForm):
    """What somebody needs at the interview and on the programme. It decides nothing."""

    intro = "applications/parts/access.html"
    has_needs = forms.TypedChoiceField(
        label="Do you need anything to help you take part fully?",
        choices=[("True", "Yes"), ("False", "No")],
        coerce=lambda value: value == "True",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="What do you need?",
        help_text="For example a wheelchair space, a hearing loop, documents in large print, "
        "breaks, or somebody to come with you.",
        widget=forms.Textarea,
    )

    def layout(self) -> list[Any]:
        needs = ConditionalQuestion("Yes", Field.textarea("text", rows=5, data_draft=f"{self.application.pk}-access"))
        return [ConditionalRadios("has_needs", needs, "No")]

    @classmethod
    def initial_of(cls, application: Application, stored: Mapping[str, Any]) -> dict[str, Any]:
        needs = stored["has_needs"]
        return {**stored, "has_needs": "" if needs is None else str(needs)}

    def rows(self) -> list[tuple[str, str]]:
        needs, text = super().rows()
        return [needs, text] if text[1] else [needs]


class EqualityForm(PartForm):
    """Equality monitoring. Every question may be left out, and offers “Prefer not to say”. Whoever chooses an answer that
    asks for it may describe it in their own words."""

    intro = "applications/parts/equality.html"

    def layout(self) -> list[Any]:
        return [one for question in asked_in(self.application) for one in self._question(question)]

    def _question(self, question: EqualityQuestion) -> list[Any]:
        described = {option.label: option.asks for option in question.options.all() if option.asks}
        self.fields[question.key] = forms.ChoiceField(
            label=question.text,
            help_text=question.help_text,
            choices=self._choices(question),
            required=False,
            widget=forms.Select if question.is_long else forms.RadioSelect,
        )
        words = words_of(question.key)
        if described:
            asks = next(iter(described.values()))
            hint = "Only if you chose an answer that begins with “Any other”, or one that does not say enough."
            self.fields[words] = line(asks, longest=LONGEST, help_text=f"Optional. {hint if question.is_long else ''}")
            self.fields[words].required = False
        if question.is_long:
            size = {"label_size": Size.for_label(Size.MEDIUM)}
            return [Field(question.key, context=size), *([Field.text(words)] if described else [])]
        if not described:
            return [Field.radios(question.key, legend_size=Size.MEDIUM, small=True)]
        return [
            RevealingRadios(
                question.key,
                *(
                    ConditionalQuestion(label, Field.text(words)) if label in described else label
                    for _, label in question.answers
                ),
            )
        ]

    @staticmethod
    def _choices(question: EqualityQuestion) -> list[Any]:
        if not question.is_long:
            return list(question.answers)
        groups: dict[str, list[tuple[str, str]]] = {}
        for option in question.options.all():
            groups.setdefault(option.under, []).append((option.key, option.label))
        return [("", "Choose, or leave this blank"), *groups.items(), PREFER_NOT]

    def rows(self) -> list[tuple[str, str]]:
        """They are not repeated on other pages: only whether something was answered."""
        asked = [question.key for question in asked_in(self.application)]
        given = sum(bool(self.get_initial_for_field(self.fields[name], name)) for name in asked)
        return [("Your answers", f"{given} of {len(asked)} questions answered" if given else "None given")]


FORMS: dict[str, type[PartForm]] = {
    "details": DetailsForm,
    "eligibility": EligibilityForm,
    "work": WorkForm,
    "support": SupportForm,
    "cv": CVForm,
    "access": AccessForm,
    "equality": EqualityForm,
}


def form_for(key: str) -> type[PartForm]:
    """The form of a part; the statements share one, and so do the pages of questions."""
    return FORMS.get(key) or (QuestionsForm if key.startswith(PAGE) else StatementForm)
