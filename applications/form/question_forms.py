"""The form of a page of further questions."""

from decimal import Decimal
from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import ConditionalQuestion, Field, Fixed, Fluid, Size
from django import forms
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from applications.form import questions as answers
from applications.form.fields import PartForm, RevealingRadios, line
from applications.models import Question
from applications.states import DECIDING, QuestionKind
from steppingup.files.fields import CheckedFileField
from steppingup.files.rules import CV
from steppingup.formats.date_fields import ThreeBoxes
from steppingup.formats.english import listed
from steppingup.formats.fields import NumberInput

LONGEST_LINE = 200
NOT_OFFERED = {"invalid_choice": answers.NOT_OFFERED}


class QuestionsForm(PartForm):
    """One field for each question, under its key. A question that hangs on another stands below the answer that it is asked
    after, and is not required before that is chosen."""

    intro = "applications/parts/questions.html"

    def layout(self) -> list[Any]:
        page = self.part.page
        self.questions = page.questions if page else ()
        for question in self.questions:
            self.fields[question.key] = field_for(question, by=self.application.applicant)
            self.fields[question.key].required = False
        return [self._shown(question) for question in self.questions if not question.shown_if]

    def _shown(self, question: Question) -> Any:
        below = [one for one in self.questions if one.shown_if == question.key]
        if question.kind in DECIDING and below:
            choices = [self._choice(answer, below) for answer in question.offered]
            return RevealingRadios(question.key, *choices)
        return _widget(question)

    @staticmethod
    def _choice(answer: str, below: list[Question]) -> Any:
        fields = [_widget(one) for one in below if one.shown_if_answer == answer]
        return ConditionalQuestion(answer, *fields) if fields else answer

    def values(self) -> dict[str, Any]:
        """Without what is not asked after these answers: whatever was typed there, nobody is told that it is wrong."""
        values = dict(self.cleaned_data)
        there = {question.key for question in answers.asked(self.questions, values)}
        for key in set(self.fields) - there:
            self.errors.pop(key, None)
        return {key: value for key, value in values.items() if key in there}

    def rows(self) -> list[tuple[str, str]]:
        """The questions that are asked after these answers."""
        given = {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()}
        there = {question.key for question in answers.asked(self.questions, given)}
        return [(self.row_label(name), self.in_words(name)) for name in self.fields if name in there]

    def in_words(self, name: str) -> str:
        value = self.get_initial_for_field(self.fields[name], name)
        if isinstance(self.fields[name], forms.MultipleChoiceField):
            return listed(value or [])
        return f"{value.normalize():f}" if isinstance(value, Decimal) else super().in_words(name)


def _hint(question: Question) -> SafeString:
    """With how much is expected, and whether it can be left out."""
    words = (question.suggested_words, question.most_words)
    about = f"About {words[0]} words" if words[0] else ""
    most = f"up to {words[1]}" if about and words[1] else f"Up to {words[1]} words" if words[1] else ""
    much = f"{', '.join(filter(None, (about, most)))}." if about or most else ""
    optional = "" if question.is_required else "Optional."
    return mark_safe(" ".join(filter(None, (optional, escape(question.help_text), much))))  # noqa: S308 (escaped above)


def field_for(question: Question, *, by: Any) -> forms.Field:
    """A field of its kind. None is required by itself: `questions.wrong` knows which questions are asked."""
    said: dict[str, Any] = {"label": escape(question.text), "help_text": _hint(question)}
    offered = [Choice(answer, answer) for answer in question.offered]
    match QuestionKind(question.kind):
        case QuestionKind.LINE:
            return line(said["label"], longest=LONGEST_LINE, help_text=said["help_text"])
        case QuestionKind.TEXT:
            # crispy-forms-gds describes a counted textarea by its hint, so there must be one.
            return forms.CharField(
                widget=forms.Textarea, **said | {"help_text": said["help_text"] or "In your own words."}
            )
        case QuestionKind.CHOICE | QuestionKind.YES_NO:
            return forms.ChoiceField(choices=offered, widget=forms.RadioSelect, error_messages=NOT_OFFERED, **said)
        case QuestionKind.SEVERAL:
            return forms.MultipleChoiceField(
                choices=offered, widget=forms.CheckboxSelectMultiple, error_messages=NOT_OFFERED, **said
            )
        case QuestionKind.NUMBER:
            return NumberInput(**said)
        case QuestionKind.DAY:
            example = said["help_text"] or "For example, 27 3 2026"
            return ThreeBoxes(
                **said | {"help_text": example}, sentence="Enter a real date, like 27 3 2026.", require_all_fields=False
            )
    file = CheckedFileField(rule=CV, **said)
    file.by = by
    return file


def _widget(question: Question) -> Any:
    key = question.key
    match QuestionKind(question.kind):
        case QuestionKind.LINE:
            return Field.text(key, label_size=Size.MEDIUM, field_width=Fluid.TWO_THIRDS)
        case QuestionKind.TEXT:
            more = {"max_words": question.most_words} if question.most_words else {}
            return Field.textarea(key, label_size=Size.MEDIUM, rows=8, spellcheck="true", **more)
        case QuestionKind.CHOICE | QuestionKind.YES_NO:
            return Field.radios(key, legend_size=Size.MEDIUM)
        case QuestionKind.SEVERAL:
            return Field.checkboxes(key, legend_size=Size.MEDIUM)
        case QuestionKind.NUMBER:
            return Field.text(key, label_size=Size.MEDIUM, field_width=Fixed.TEN)
    return Field(key, context={"label_size": Size.for_label(Size.MEDIUM), "legend_size": Size.for_legend(Size.MEDIUM)})
