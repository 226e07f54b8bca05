"""The line of a round, and whoever near it agreed to be asked afterwards how their work went on (issue 10, section 5)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.timezone import localdate

from applications.models.application import Application
from applications.permissions import ApplicationPermission
from applications.states import ApplicationStatus
from cohorts.models import Cohort
from cohorts.models.destinations import after
from cohorts.states.destinations import SHORT, Move
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.dates import add_months
from steppingup.history.lifecycle import frozen

#: When they are asked, in months after they agreed.
MOMENTS = (12, 24, 36)
#: What counts as having stepped up. Wider responsibility alone may not be one.
STEPPED_UP = frozenset({Move.PROMOTED, Move.GRADE})
#: They have heard whether there is a place for them. Whoever withdrew was not chosen or passed over.
TOLD = (
    *(ApplicationStatus.OFFERED, ApplicationStatus.WAITING, ApplicationStatus.ACCEPTED),
    *(ApplicationStatus.DECLINED, ApplicationStatus.EXPIRED, ApplicationStatus.TURNED_DOWN),
)


@pghistory.track()
class Line(ScopedModel):
    """Where the places of a cohort ended in its ranking, as it stood on the day on which it was drawn. `score` is the mean of the last who
    was above; among those with the same mean the highest scores decide, then who submitted first, as in the ranking."""

    retention = "With the cohort: it names nobody."

    cohort = models.OneToOneField(Cohort, on_delete=models.CASCADE, related_name="line")
    score = models.FloatField(editable=False)
    top_scores = models.PositiveIntegerField(editable=False)
    submitted_at = models.DateTimeField(editable=False)
    width = models.DecimalField(
        "points on each side", max_digits=5, decimal_places=1, validators=[MinValueValidator(Decimal("0.1"))]
    )
    near_above = models.PositiveIntegerField("people just above", editable=False)
    near_below = models.PositiveIntegerField("people just below", editable=False)
    drawn_at = models.DateTimeField("drawn", default=clock.now, editable=False)
    drawn_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    stopped_at = models.DateTimeField("nobody else is asked since", null=True, blank=True, editable=False)

    visibility = Scope(see=ApplicationPermission.SEE_APPLICATIONS, through="cohort")

    class Meta:
        verbose_name = "line of a round"
        verbose_name_plural = "lines of rounds"
        constraints = [models.CheckConstraint(condition=Q(width__gt=0), name="line_has_width")]
        triggers = [
            frozen("cohort", "score", "top_scores", "submitted_at", "width", "near_above", "near_below", "drawn_at")
        ]

    def __str__(self) -> str:
        return f"Line of {self.cohort}"

    def points_of(self, mean: float) -> float:
        """How far from the line, in points: 0 at it, negative below."""
        return mean - self.score

    def is_above(self, mean: float, top_scores: int, submitted_at: datetime) -> bool:
        """Did the places reach so far?"""
        if mean != self.score:
            return mean > self.score
        return (-top_scores, submitted_at) <= (-self.top_scores, self.submitted_at)

    def is_near(self, application: Application) -> bool:
        mean = application.mean_total
        return mean is not None and abs(self.points_of(mean)) <= float(self.width)


class LineConsentQuerySet(ScopedQuerySet["LineConsent"]):
    def asked(self) -> Self:
        """Those to whom we may still write."""
        return self.filter(stopped_at=None, person__is_active=True, person__died_on=None)

    def over(self, before: date) -> Self:
        """Who was asked for the last time before that day, or asked to be left alone."""
        asked = Q(stopped_at=None, agreed_at__date__lt=add_months(before, -MOMENTS[-1]))
        return self.filter(asked | Q(stopped_at__date__lt=before))

    def for_steps(self) -> Self:
        return self.select_related("person", "line__cohort__programme__provider")


class LineConsent(models.Model):
    """Somebody near the line agreed to be asked, in these words. It is theirs alone: nobody else lists it, and no history of it is kept. It
    does not hang on the application, which goes sooner. When they take it back, it goes with all answers."""

    retention = "12 months after the last question, or since they asked us to stop; at once when they take it back."

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="consents")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="line_consents")
    points = models.FloatField("points from the line", editable=False)
    is_above = models.BooleanField("above the line", editable=False)
    wording = models.TextField("what they agreed to", editable=False)
    agreed_at = models.DateTimeField("agreed", default=clock.now, editable=False)
    stopped_at = models.DateTimeField("asked not to be asked again", null=True, blank=True, editable=False)

    visibility = Scope(owner="person")
    objects = LineConsentQuerySet.as_manager()

    class Meta:
        verbose_name = "agreement to be asked afterwards"
        verbose_name_plural = "agreements to be asked afterwards"
        ordering = ("-agreed_at", "-pk")
        constraints = [models.UniqueConstraint(fields=["line", "person"], name="line_consent_once")]
        triggers = [frozen("line", "points", "is_above", "wording", "agreed_at")]

    def __str__(self) -> str:
        return f"Agreed to be asked after {self.line.cohort}"

    @property
    def last_on(self) -> date:
        """When they are asked for the last time."""
        return add_months(localdate(self.agreed_at), MOMENTS[-1])

    @property
    def where(self) -> str:
        """“2.5 points above the line”, for their own page."""
        side = "above" if self.is_above else "below"
        number = english.plain_number(abs(round(Decimal(self.points), 1)))
        if number == "0":
            return f"at the line, just {side} it"
        return f"{number} {'point' if number == '1' else 'points'} {side} the line"


class LineAnswerQuerySet(ScopedQuerySet["LineAnswer"]):
    def unanswered(self) -> Self:
        """Of whom we may still remind them."""
        return self.filter(
            answered_at=None, consent__stopped_at=None, consent__person__is_active=True, consent__person__died_on=None
        )

    def for_steps(self) -> Self:
        return self.select_related("consent__person", "consent__line__cohort__programme__provider")


class LineAnswer(models.Model):
    """They were asked at one moment; and what they said, once they have."""

    retention = "With the agreement to be asked. The link works for 60 days, or until a newer one is sent."

    consent = models.ForeignKey(LineConsent, on_delete=models.CASCADE, related_name="answers")
    months = models.PositiveSmallIntegerField("months after they agreed")
    asked_at = models.DateTimeField("asked", default=clock.now, editable=False)
    moves = models.JSONField("where they are", default=list, blank=True)  # of `Move`
    answered_at = models.DateTimeField("answered", null=True, blank=True, editable=False)
    # What they had said before, once it may have counted: it does, until what they say now counts with that of others.
    moves_before = models.JSONField(default=list, blank=True, editable=False)
    answered_before = models.DateTimeField(null=True, blank=True, editable=False)

    visibility = Scope(through="consent")
    objects = LineAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "answer of somebody near the line"
        verbose_name_plural = "answers of people near the line"
        ordering = ("months", "pk")
        constraints = [
            models.UniqueConstraint(fields=["consent", "months"], name="line_asked_once"),
            models.CheckConstraint(
                condition=Q(moves=[], answered_at=None) | (~Q(moves=[]) & Q(answered_at__isnull=False)),
                name="line_answer_dated",
            ),
            models.CheckConstraint(
                condition=Q(moves_before=[], answered_before=None)
                | (~Q(moves_before=[]) & Q(answered_before__isnull=False, answered_before__lt=F("answered_at"))),
                name="line_answer_before_dated",
            ),
        ]

    def __str__(self) -> str:
        """Without a word of it."""
        return f"Question {after(self.months)}"

    @property
    def moment(self) -> str:
        return after(self.months)

    @property
    def in_words(self) -> str:
        """“Promoted and another employer”."""
        words = english.listed(SHORT[Move(one)].lower() for one in self.moves)
        return f"{words[:1].upper()}{words[1:]}"

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        cohort = self.consent.line.cohort
        return {"programme": cohort.programme.name, "cohort": cohort.name, "provider": str(cohort.programme.provider)}

    @property
    def message_scopes(self) -> list[models.Model]:
        cohort = self.consent.line.cohort
        return [cohort, cohort.programme, cohort.programme.provider]


def moment_due(agreed: date, last: int | None, today: date, late: timedelta) -> int | None:
    """The last moment that has come and not gone by for longer than `late`, if that is later than the `last` they were asked about."""
    come = [one for one in MOMENTS if today - late <= add_months(agreed, one) <= today]
    found = max(come, default=None)
    return None if found is None or (last is not None and found <= last) else found


def outcomes() -> dict[str, Exists]:
    """For a query of consents: whether they `answered` at any moment, and whether they `stepped_up` by any answer."""
    given = LineAnswer.objects.filter(consent=OuterRef("pk")).exclude(answered_at=None)
    up = Q()
    for move in sorted(STEPPED_UP):
        up |= Q(moves__contains=[move])
    return {"answered": Exists(given), "stepped_up": Exists(given.filter(up))}
