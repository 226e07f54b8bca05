"""What the rules of admission ask: questions of the eligibility check, criteria; and what an applicant answered to the first
(B15 to B18, B21)."""

from collections.abc import Iterable
from typing import Self

import pghistory
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property

from applications.permissions import ApplicationPermission
from applications.states import EligibilityKind, Verdict
from cohorts.models import RuleSet
from cohorts.models.rules import PartOfRules, frozen_with_rules
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.fields import NameField


class Answer(models.TextChoices):
    """What an answer to a question of the check comes to."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_SURE = "not_sure", "I am not sure"


OTHER, EQUIVALENT = Answer.NOT_SURE, "Another grade that is equivalent"


@pghistory.track()
class EligibilityQuestion(PartOfRules):
    """A question with yes and no (and, if allowed, not sure), and what each answer leads to.

    The question about groups never asks which group: any one suffices, and that is all we keep (B15).
    A question may be switched off: age is a protected characteristic (B18)."""

    retention = "Holds no personal data."
    key_from = "text"

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="eligibility_questions")
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=10, choices=EligibilityKind, default=EligibilityKind.YES_NO)
    text = NameField(max_length=300)
    help_text = models.TextField(blank=True)
    alternative = models.SlugField(
        "alternatives",
        max_length=40,
        blank=True,
        help_text="Questions with the same word here are one condition: a yes to any of them is enough. For example “nhs-care”.",
    )
    lists_target_groups = models.BooleanField(
        default=False, help_text="Shows the programme's groups beside the question."
    )
    allows_not_sure = models.BooleanField(default=False)
    if_no = models.CharField("if the answer is no", max_length=5, choices=Verdict, default=Verdict.NO)
    if_not_sure = models.CharField("if not sure", max_length=5, choices=Verdict, default=Verdict.ASK)
    explanation = models.TextField(
        blank=True, help_text="What people read if they do not answer yes: the reason in plain words."
    )
    is_active = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    visibility = Scope(see=ApplicationPermission.SEE_APPLICATIONS, through="rule_set")

    class Meta:
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["rule_set", "key"], name="eligibility_question_once")]
        triggers = frozen_with_rules()

    def __str__(self) -> str:
        return self.text

    @cached_property
    def grades(self) -> "list[Grade]":
        """From which somebody chooses; nothing where that is not asked."""
        return list(self.rule_set.grades.all()) if self.kind == EligibilityKind.GRADE else []

    @property
    def offered(self) -> list[tuple[str, str]]:
        """The answers to choose from, as they are kept and as they read."""
        if self.kind == EligibilityKind.YES_NO:
            return [(value, str(label)) for value, label in Answer.choices if self.allows_not_sure or value != OTHER]
        found = [(grade.key, grade.in_words) for grade in self.grades]
        return [*found, (OTHER, EQUIVALENT)] if self.allows_not_sure else found

    def means(self, answer: str) -> str:
        """What an answer comes to: yes, no or not sure; itself, where it is no answer to this question."""
        grade = next((one for one in self.grades if one.key == answer), None)
        return answer if grade is None else Answer.YES if grade.is_in_range else Answer.NO


@pghistory.track()
class Grade(PartOfRules):
    """One grade of the scheme by which applicants say how senior they are, lowest first (N2, B19). Whoever has another, that is
    equivalent, says so, and it is looked at."""

    retention = "Holds no personal data."

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="grades")
    key = models.SlugField(max_length=40)
    name = NameField(max_length=60, help_text="“Band 6”.")
    equivalent = NameField(
        max_length=200, blank=True, help_text="What it is like elsewhere: “a salary of about £35,000 to £42,000”."
    )
    is_in_range = models.BooleanField("the programme is for it", default=True)
    order = models.PositiveSmallIntegerField(default=0)

    visibility = Scope(see=ApplicationPermission.SEE_APPLICATIONS, through="rule_set")

    class Meta:
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["rule_set", "key"], name="grade_once")]
        triggers = frozen_with_rules()

    def __str__(self) -> str:
        return self.name

    @property
    def in_words(self) -> str:
        """“Band 6 or equivalent: a salary of about £35,000 to £42,000”."""
        return f"{self.name}, or equivalent: {self.equivalent}" if self.equivalent else self.name


@pghistory.track()
class Criterion(PartOfRules):
    """One criterion of the rules: a statement to write, and a score in review and at interview (B23, B24)."""

    retention = "Holds no personal data."

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="criteria")
    key = models.SlugField(max_length=40)
    title = NameField(max_length=120)
    question = NameField(max_length=300, help_text="What the applicant is asked to write about.")
    guidance = models.TextField(
        blank=True, help_text="What a strong answer shows. Applicants and assessors will read this."
    )
    word_limit = models.PositiveSmallIntegerField(default=250)
    order = models.PositiveSmallIntegerField(default=0)

    visibility = Scope(see=ApplicationPermission.SEE_APPLICATIONS, through="rule_set")

    class Meta:
        verbose_name_plural = "criteria"
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["rule_set", "key"], name="criterion_once")]
        triggers = frozen_with_rules()

    def __str__(self) -> str:
        return self.title


class AnswerQuerySet(ScopedQuerySet["EligibilityAnswer"]):
    def to_look_at(self) -> Self:
        """No plain yes, and the question says that we would like to look at such an answer (B16). An alternative to a plain
        yes need not be looked at."""
        look = Q(answer="no", question__if_no=Verdict.ASK) | Q(answer="not_sure", question__if_not_sure=Verdict.ASK)
        same = Q(question__alternative=OuterRef("question__alternative")) & ~Q(question__alternative="")
        met = EligibilityAnswer.objects.filter(same, application=OuterRef("application"), answer="yes")
        return self.filter(look, ~Exists(met), looked_at=None)


class EligibilityAnswer(models.Model):
    """The applicant's own declaration. It is not an equality answer, and does not say which group."""

    Answer = Answer

    retention = "With the application."

    application = models.ForeignKey(
        "applications.Application", on_delete=models.CASCADE, related_name="eligibility_answers"
    )
    question = models.ForeignKey(EligibilityQuestion, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer)
    grade = models.ForeignKey(Grade, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)

    visibility = Scope(through="application")
    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "question"], name="eligibility_answer_once")]

    def __str__(self) -> str:
        return f"{self.question}: {self.in_words}"

    @property
    def given(self) -> str:
        """As it was chosen: yes, no, not sure, or the key of a grade."""
        return self.grade.key if self.grade else self.answer

    @property
    def in_words(self) -> str:
        """“Yes”, “Band 6”."""
        if self.grade:
            return str(self.grade)
        is_other = self.question.kind == EligibilityKind.GRADE and self.answer == OTHER
        return EQUIVALENT if is_other else str(self.get_answer_display())


def to_look_at(answers: Iterable[EligibilityAnswer]) -> list[EligibilityAnswer]:
    """As the query, of one application's answers that are here."""
    given = list(answers)
    met = {one.question.alternative for one in given if one.answer == Answer.YES}
    return [
        one
        for one in given
        if one.looked_at is None
        and not (one.question.alternative and one.question.alternative in met)
        and {"no": one.question.if_no, "not_sure": one.question.if_not_sure}.get(one.answer) == Verdict.ASK
    ]
