"""The questions of the eligibility check, and what an applicant answered (B15 to B18, B21)."""

from django.db import models

from applications.states import Verdict
from cohorts.keys import Keyed
from cohorts.models import Programme


class EligibilityQuestion(Keyed, models.Model):
    """A question with yes and no (and, if allowed, not sure), and what each answer leads to.

    The question about groups never asks which group: any one suffices, and that is all we keep (B15).
    A question may be switched off: age is a protected characteristic (B18)."""

    retention = "Holds no personal data."
    key_from = "text"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="eligibility_questions")
    key = models.SlugField(max_length=40)
    text = models.CharField(max_length=300)
    help_text = models.TextField(blank=True)
    lists_target_groups = models.BooleanField(
        default=False, help_text="Shows the programme's groups beside the question."
    )
    allows_not_sure = models.BooleanField(default=False)
    if_no = models.CharField("if the answer is no", max_length=5, choices=Verdict, default=Verdict.NO)
    if_not_sure = models.CharField("if not sure", max_length=5, choices=Verdict, default=Verdict.ASK)
    explanation = models.TextField(
        blank=True, help_text="What somebody reads who does not answer yes: the reason in plain words."
    )
    is_active = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["programme", "key"], name="eligibility_question_once")]

    def __str__(self) -> str:
        return self.text


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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "question"], name="eligibility_answer_once")]

    def __str__(self) -> str:
        return f"{self.question}: {self.get_answer_display()}"
