"""Equality monitoring: the questions with their dates, the answers, and what was published of them."""

from datetime import date
from typing import Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from applications.models.application import Application
from applications.permissions import ApplicationPermission
from cohorts.models import Cohort, Programme
from cohorts.states import Nation
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import NameField
from steppingup.history.encryption import EncryptedJSONField
from steppingup.history.lifecycle import append_only, frozen

PREFER_NOT = ("prefer_not", "Prefer not to say")


class Stage(models.TextChoices):
    """Whom figures are about: of those who applied, whoever had got so far when they were made."""

    CLOSED = "closed", "Applied"
    SHORTLISTED = "shortlisted", "Shortlisted"
    OFFERED = "offered", "Offered a place"
    ENROLLED = "enrolled", "Took up a place"
    COMPLETED = "completed", "Completed the programme"
    WITHDREW = "withdrew", "Withdrew, before or during the programme"
    BURSARY_ASKED = "bursary_asked", "Asked for a bursary"
    BURSARY_GIVEN = "bursary_given", "Were given a bursary"
    ACHIEVED = "achieved", "Achieved a qualification"
    STEPPED_UP = "stepped_up", "Stepped up: promoted, or a new grade or band"
    IN_POOL = "in_pool", "Were in the succession pool"
    VOLUNTARY_HEAD = "voluntary_head", "Were a voluntary head"


class QuestionQuerySet(ScopedQuerySet["EqualityQuestion"]):
    def asked_on(self, day: date, nation: str) -> list["EqualityQuestion"]:
        """What is asked in this nation on this day, in order; a nation's own wording goes before the general one, and a
        later one before an earlier one."""
        here = self.filter(Q(asked_until=None) | Q(asked_until__gte=day), asked_from__lte=day, nation__in=("", nation))
        best: dict[str, EqualityQuestion] = {}
        for question in here.prefetch_related("options").order_by("nation", "asked_from", "pk"):
            best[question.key] = question
        return sorted(best.values(), key=lambda question: (question.order, question.key))


@pghistory.track()
class EqualityQuestion(models.Model):
    """One wording of a question, for as long as it is asked. Another wording is another row; `key` says that it is the
    same question. A key is never used for something else: figures of several years stand side by side."""

    retention = "Holds no personal data; kept, so that every answer keeps the wording it was asked with."

    key = models.SlugField(max_length=40)
    nation = models.CharField(max_length=20, choices=Nation, blank=True, help_text="Empty: the same in every nation.")
    text = NameField("question", max_length=300)
    help_text = NameField("hint", max_length=300, blank=True)
    source = NameField(max_length=400, help_text="Whose wording it is, and where it differs from it.")
    order = models.PositiveSmallIntegerField(default=0)
    asked_from = DayField()
    asked_until = DayField(null=True, blank=True, help_text="The last day. Empty: until further notice.")

    visibility = Scope(see=ApplicationPermission.SEE_EQUALITY)
    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "equality question"
        ordering = ("order", "key", "-asked_from")
        constraints = [
            models.UniqueConstraint(fields=["key", "nation", "asked_from"], name="equality_question_once"),
            models.CheckConstraint(
                condition=Q(asked_until=None) | Q(asked_until__gte=models.F("asked_from")),
                name="equality_question_ends_after",
                violation_error_message="The last day is before the first.",
            ),
        ]
        triggers = [
            frozen("key", "nation", "text", "help_text", "asked_from", name="wording_stays"),
            pgtrigger.Protect(name="never_removed", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Every answer that may be chosen, “Prefer not to say” last."""
        return [*((option.key, option.label) for option in self.options.all()), PREFER_NOT]

    @property
    def is_long(self) -> bool:
        """Are the answers listed under headings of their own?"""
        return any(option.under for option in self.options.all())


class EqualityOption(ScopedModel):
    """One answer. It is published under its `heading`, or, where there are few people, under its `wide` one."""

    retention = "With its question."

    question = models.ForeignKey(EqualityQuestion, on_delete=models.PROTECT, related_name="options")
    key = models.SlugField(max_length=40)
    label = NameField("answer", max_length=200)
    under = NameField("listed under", max_length=100, blank=True)
    heading = NameField("published as", max_length=100)
    wide = NameField("with few people published as", max_length=100)
    asks = NameField(
        "asks for words", max_length=200, blank=True, help_text="What whoever chooses it may describe. Never published."
    )
    order = models.PositiveSmallIntegerField(default=0)

    visibility = Scope(through="question")

    class Meta:
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["question", "key"], name="equality_option_once")]
        triggers = append_only()

    def __str__(self) -> str:
        return self.label


class EqualityResponse(ScopedModel):
    """Equality monitoring: optional, encrypted, kept apart, only ever reported in aggregate.

    Nobody reads one. There is no admin for it, and no page but the applicant's own form. `answers` has for each question's
    key the row it was asked with, the answer, and the applicant's own words, if any:
    {"religion": {"question": 7, "answer": "other", "words": "…"}}. When it was given is not kept."""

    retention = "As the provider says: 12 months after the cohort ends are proposed, 24 at most; aggregates stay."

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="equality_response")
    answers = EncryptedJSONField()

    visibility = Scope(owner="application__applicant")

    def __str__(self) -> str:
        return "Equality response"


class ReleaseQuerySet(ScopedQuerySet["EqualityRelease"]):
    def of_programme(self, programme: Programme) -> Self:
        return self.filter(programme=programme)


class EqualityRelease(models.Model):
    """Figures as they were published once, of one cohort or of all. Never changed and never taken back: whatever is
    published later is held against all of them.

    `contents` are the tables as everybody reads them. `people` are the numbers of the applications that were counted,
    whether they answered or not; no page shows them."""

    retention = "Kept for ever: rounded counts, and numbers of applications that mean nothing once these are gone."

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="equality_releases")
    cohort = models.ForeignKey(
        Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="equality_releases"
    )
    stage = models.CharField(max_length=20, choices=Stage)
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contents = models.JSONField()
    people = models.JSONField()

    visibility = Scope(see=ApplicationPermission.SEE_EQUALITY, provider="programme__provider", cohort="cohort")
    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = "equality release"
        ordering = ("-made_at", "-pk")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_stage_display()}, {self.cohort.name if self.cohort else 'all cohorts'}"

    @property
    def number(self) -> int:
        """How many people were counted."""
        return len(self.people)


class EqualityLook(ScopedModel):
    """Somebody opened figures or downloaded them."""

    retention = "6 years: who looked at figures about people."

    class How(models.TextChoices):
        PAGE = "page", "Opened"
        CSV = "csv", "Downloaded as CSV"
        XLSX = "xlsx", "Downloaded for Excel"

    release = models.ForeignKey(EqualityRelease, on_delete=models.PROTECT, related_name="looks")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    how = models.CharField(max_length=10, choices=How)

    visibility = Scope(through="release")

    class Meta:
        verbose_name = "look at equality figures"
        verbose_name_plural = "looks at equality figures"
        ordering = ("-at", "-pk")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.get_how_display()}: {self.release}"
