"""How participants see themselves before and after, against the aims, benefits and barriers of their plan (N9, N10)."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from cohorts.models.aims import Aim, Barrier
from cohorts.models.cohort import Cohort
from cohorts.models.enrolment import Enrolment
from cohorts.states import LookedAt
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel
from steppingup.history.lifecycle import append_only

LONGEST = 500


class Assessment(ScopedModel):
    """How one participant sees themselves at one of the moments. Theirs alone: nobody else lists it, and no history of it is kept.
    A draft until they have finished it."""

    retention = "Until the person deletes it; otherwise with the enrolment: 6 years after the cohort ends."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="assessments")
    moment = models.CharField(max_length=20, choices=LookedAt)
    saved_at = models.DateTimeField(default=clock.now)
    given_at = models.DateTimeField(null=True, blank=True)

    visibility = Scope(owner="enrolment__participant")

    class Meta:
        verbose_name = "self-assessment"
        ordering = ("enrolment", "saved_at")
        constraints = [models.UniqueConstraint(fields=["enrolment", "moment"], name="assessment_once")]

    def __str__(self) -> str:
        return f"{self.get_moment_display()}"


class AssessmentAnswer(ScopedModel):
    """What somebody chose about one aim, benefit or barrier, and wrote beside it."""

    retention = "With the self-assessment."

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    aim = models.ForeignKey(Aim, null=True, blank=True, on_delete=models.PROTECT, related_name="answers")
    barrier = models.ForeignKey(Barrier, null=True, blank=True, on_delete=models.PROTECT, related_name="answers")
    # The number of the answer on the scale of the plan, from 1.
    value = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    sentence = models.TextField(blank=True)

    visibility = Scope(through="assessment")

    class Meta:
        verbose_name = "answer of a self-assessment"
        verbose_name_plural = "answers of self-assessments"
        ordering = ("assessment", "pk")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "aim"], name="assessed_aim_once"),
            models.UniqueConstraint(fields=["assessment", "barrier"], name="assessed_barrier_once"),
            models.CheckConstraint(
                condition=Q(aim=None, barrier__isnull=False) | Q(aim__isnull=False, barrier=None),
                name="assessed_one_thing",
            ),
            models.CheckConstraint(condition=Q(value=None) | Q(value__gte=1), name="assessed_on_the_scale"),
        ]

    def __str__(self) -> str:
        return str(self.aim or self.barrier)


class SharedAssessment(ScopedModel):
    """A participant lets this line manager see where they see themselves. Whoever manages them next does not."""

    retention = "Until the person stops sharing; otherwise with the enrolment: 6 years after the cohort ends."

    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="shared_assessment")
    manager = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=clock.now)

    visibility = Scope(owner="enrolment__participant")

    class Meta:
        verbose_name = "shared self-assessment"

    def __str__(self) -> str:
        return f"Shared with {self.manager}"


class AssessmentRelease(ScopedModel):
    """What the people of a cohort said before and after, added up once so that nobody can be recognised (docs/adr/0048). Never
    changed, and there is no other of the same cohort to hold against it. `contents` are the figures as staff read them."""

    retention = "Kept for ever: rounded figures in which nobody can be recognised."

    cohort = models.OneToOneField(Cohort, on_delete=models.PROTECT, related_name="assessment_release")
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contents = models.JSONField()

    visibility = Scope(through="cohort")

    class Meta:
        verbose_name = "release of self-assessments"
        verbose_name_plural = "releases of self-assessments"
        triggers = append_only()

    def __str__(self) -> str:
        return f"Before and after: {self.cohort}"
