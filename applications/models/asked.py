"""What the rules of admission ask besides the usual: the parts of the application in their order, pages of questions, and what
an applicant answered."""

from typing import Any, ClassVar

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from applications.permissions import ApplicationPermission
from applications.states import CHOSEN, PartKind, QuestionKind
from cohorts.models import RuleSet
from cohorts.models.rules import PartOfRules, frozen_with_rules
from steppingup.accounts.scope import Scope, ScopedModel
from steppingup.formats import english
from steppingup.formats.fields import NameField

YES, NO = "Yes", "No"


@pghistory.track()
class FormPart(PartOfRules):
    """A part of the application, in its place. What has no row is not asked."""

    retention = "Holds no personal data."
    key_from = "heading"

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="form_parts")
    key = models.SlugField(max_length=40)
    kind = models.CharField("what it asks", max_length=20, choices=PartKind)
    title = NameField(max_length=120, blank=True, help_text="Its heading. Leave it empty for the usual one.")
    intro = models.TextField("introduction", blank=True, help_text="Markdown. Shown above the questions of a page.")
    is_required = models.BooleanField("must be complete", default=True)
    order = models.PositiveSmallIntegerField(default=0)

    visibility = Scope(see=ApplicationPermission.SEE_APPLICATIONS, through="rule_set")

    class Meta:
        verbose_name = "part of the application"
        verbose_name_plural = "parts of the application"
        ordering = ("order", "pk")
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "key"], name="form_part_once"),
            models.UniqueConstraint(
                fields=["rule_set", "kind"],
                condition=~Q(kind=PartKind.QUESTIONS),
                name="form_part_of_a_kind_once",
                violation_error_message="This part is there already. Only pages of questions can be there more than once.",
            ),
        ]
        triggers = frozen_with_rules()

    def __str__(self) -> str:
        return self.heading

    @property
    def heading(self) -> str:
        return self.title or str(self.get_kind_display())

    def save(self, *args: Any, **kwargs: Any) -> None:
        """What is there once is called by what it asks."""
        if self.kind != PartKind.QUESTIONS:
            self.key = self.kind
        super().save(*args, **kwargs)


@pghistory.track()
class Question(PartOfRules):
    """A further question on one of the pages of questions. Pages and questions are named by their keys, which stay the same
    in the next version."""

    retention = "Holds no personal data."
    key_from = "text"

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=40)
    page = models.SlugField("on the page", max_length=40)
    text = NameField("question", max_length=300)
    help_text = models.TextField("hint", blank=True)
    kind = models.CharField("kind of answer", max_length=20, choices=QuestionKind, default=QuestionKind.LINE)
    choices = models.TextField("answers to choose from", blank=True, help_text="One on each line.")
    suggested_words = models.PositiveSmallIntegerField("about how many words", null=True, blank=True)
    most_words = models.PositiveSmallIntegerField(
        "most words", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    is_required = models.BooleanField("has to be answered", default=True)
    shown_if = models.SlugField("only asked after", max_length=40, blank=True)
    shown_if_answer = NameField("and if the answer is", max_length=200, blank=True)
    assessors_see = models.BooleanField("assessors see the answer", default=False)
    in_list = models.BooleanField("shown in the list of applications", default=False)
    order = models.PositiveSmallIntegerField(default=0)

    visibility = Scope(see=ApplicationPermission.SEE_APPLICATIONS, through="rule_set")

    class Meta:
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["rule_set", "key"], name="question_once")]
        triggers = frozen_with_rules()

    def __str__(self) -> str:
        return self.text

    @property
    def offered(self) -> list[str]:
        """The answers to choose from; none where an answer is written."""
        if self.kind == QuestionKind.YES_NO:
            return [YES, NO]
        if self.kind not in CHOSEN:
            return []
        return list(dict.fromkeys(line.strip() for line in self.choices.splitlines() if line.strip()))


class Answer(ScopedModel):
    """What an applicant answered to a further question, in the column of its kind."""

    retention = "With the application."

    application = models.ForeignKey("applications.Application", on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField(blank=True)
    chosen = models.JSONField(default=list, blank=True)
    number = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    file = models.ForeignKey("files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    visibility = Scope(through="application")

    #: The column of each kind of question.
    COLUMN: ClassVar[dict[str, str]] = {
        QuestionKind.LINE: "text",
        QuestionKind.TEXT: "text",
        QuestionKind.CHOICE: "chosen",
        QuestionKind.YES_NO: "chosen",
        QuestionKind.SEVERAL: "chosen",
        QuestionKind.NUMBER: "number",
        QuestionKind.DAY: "day",
        QuestionKind.FILE: "file",
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "question"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.question}: {self.in_words}"

    @property
    def value(self) -> Any:
        """As the form has it: text, a number, a day, a file; of what was chosen the one or the list."""
        found = getattr(self, self.COLUMN[self.question.kind])
        if self.COLUMN[self.question.kind] == "chosen" and self.question.kind != QuestionKind.SEVERAL:
            return found[0] if found else ""
        return found

    @property
    def in_words(self) -> str:
        """As people read it."""
        kind, value = self.question.kind, self.value
        if value in (None, "", []):
            return ""
        if kind == QuestionKind.SEVERAL:
            return english.listed(value)
        if kind == QuestionKind.NUMBER:
            return f"{value.normalize():f}"
        if kind == QuestionKind.DAY:
            return english.day_date(value)
        return value.name if kind == QuestionKind.FILE else str(value)
