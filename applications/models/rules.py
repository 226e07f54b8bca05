"""What the rules of admission ask: questions of the eligibility check, criteria; and what an applicant answered to the first
(B15 to B18, B21)."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import Q

from applications.permissions import ApplicationPermission
from applications.rules.eligibility import verdict_of
from applications.states import Verdict
from cohorts.models import RuleSet
from cohorts.models.rules import PartOfRules, frozen_with_rules
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.fields import NameField


@pghistory.track()
class EligibilityQuestion(PartOfRules):
    """A question with yes and no (and, if allowed, not sure), and what each answer leads to.

    The question about groups never asks which group: any one suffices, and that is all we keep (B15).
    A question may be switched off: age is a protected characteristic (B18)."""

    retention = "Holds no personal data."
    key_from = "text"

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="eligibility_questions")
    key = models.SlugField(max_length=40)
    text = NameField(max_length=300)
    help_text = models.TextField(blank=True)
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
        """No plain yes, and the question says that we would like to look at such an answer (B16)."""
        look = Q(answer="no", question__if_no=Verdict.ASK) | Q(answer="not_sure", question__if_not_sure=Verdict.ASK)
        return self.filter(look, looked_at=None)


class EligibilityAnswer(models.Model):
    """The applicant's own declaration. It is not an equality answer, and does not say which group."""

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        NOT_SURE = "not_sure", "I am not sure"

    retention = "With the application."

    application = models.ForeignKey(
        "applications.Application", on_delete=models.CASCADE, related_name="eligibility_answers"
    )
    question = models.ForeignKey(EligibilityQuestion, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer)
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)

    visibility = Scope(through="application")
    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "question"], name="eligibility_answer_once")]

    def __str__(self) -> str:
        return f"{self.question}: {self.get_answer_display()}"

    @property
    def is_to_look_at(self) -> bool:
        """As in `to_look_at()`."""
        return self.looked_at is None and verdict_of(self.question, self.answer) == Verdict.ASK
