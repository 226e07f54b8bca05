"""What employers have committed themselves to (L10, B59): a policy, a pay gap, pledges, fast-track rules, apprenticeships.

The words of a positive-action policy are those of `cohorts.Partner.policy`; here stands since when it holds and where it is found."""

from decimal import Decimal
from typing import Any, Self

import pghistory
import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, QuerySet

from cohorts.models import Partner
from representation.permissions import RepresentationPermission
from representation.states import CommitmentKind, PledgeAnswer
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.date_fields import DayField
from steppingup.formats.dates import PAST
from steppingup.formats.fields import AddressField, NameField
from steppingup.history.lifecycle import frozen

EARLIEST, LATEST = 1990, 2200
LONGEST_WORDS = 4_000
#: What is approved, and so stays as it is while it is public; what is said of a pledge afterwards is approved by itself.
APPROVED = (
    *("provider", "employer", "kind", "title", "words", "since", "due_on", "whom", "gives"),
    *("characteristic", "percent", "year", "source", "link"),
)


def listed_partners(provider: Any) -> "QuerySet[Partner]":
    """The partners that a provider shows in the directory of a published programme: nothing of any other is public."""
    return Partner.objects.filter(is_listed=True, programme__is_published=True, programme__provider=provider)


class CommitmentQuerySet(ScopedQuerySet["Commitment"]):
    def for_steps(self) -> Self:
        return self.select_related("provider", "employer")

    def public(self, provider: Any) -> Self:
        """What everybody may read at this provider's: approved, and of an employer that it lists."""
        employers = listed_partners(provider).values("organisation")
        return self.filter(provider=provider, published_at__isnull=False, employer__in=employers)

    def kept(self) -> Self:
        return self.filter(kind=CommitmentKind.PLEDGE, evidence_on__isnull=False)

    def overdue(self) -> Self:
        return self.filter(kind=CommitmentKind.PLEDGE, evidence_on=None, due_on__lt=clock.today())

    def not_yet(self) -> Self:
        return self.filter(kind=CommitmentKind.PLEDGE, evidence_on=None, due_on__gte=clock.today())


@pghistory.track()
class Commitment(models.Model):
    """One thing that an employer has committed itself to. Whether a pledge is kept follows from its evidence and its day (`how_it_stands`):
    there is nothing to type. It is public once it was approved, and not after that was withdrawn."""

    retention = "As long as the provider keeps it: it is about an employer, and names nobody."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="commitments_kept")
    employer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="commitments")
    kind = models.CharField("what it is", max_length=20, choices=CommitmentKind)
    title = NameField(
        "in one line", max_length=200, help_text="“A mixed panel for every post of a head of service”, for example."
    )
    words = models.TextField("in plain English", max_length=LONGEST_WORDS, blank=True)
    since = DayField("since", within=PAST, null=True, blank=True)
    due_on = DayField("by when", null=True, blank=True)
    whom = NameField("who it is for", max_length=200, blank=True)
    gives = NameField("what it gives", max_length=200, blank=True, help_text="“A guaranteed interview”, for example.")
    characteristic = NameField("between whom", max_length=150, blank=True, help_text="“Women and men”, for example.")
    percent = models.DecimalField(
        "pay gap in percent",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(-500)), MaxValueValidator(Decimal(100))],
        help_text="As the source says it; below zero where the others are paid more.",
    )
    year = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
    )
    source = NameField(max_length=300, blank=True)
    link = models.URLField("where it is found", max_length=500, blank=True)
    evidence = models.TextField("evidence that it was kept", max_length=LONGEST_WORDS, blank=True, editable=False)
    evidence_on = DayField("kept on", null=True, blank=True, editable=False)
    said = models.TextField("what the employer says", max_length=LONGEST_WORDS, blank=True, editable=False)
    said_on = DayField("said on", null=True, blank=True, editable=False)
    published_at = models.DateTimeField("approved for publication", null=True, blank=True, editable=False)
    published_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)
    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = "commitment of an employer"
        verbose_name_plural = "commitments of employers"
        ordering = ("employer__name", "kind", "title", "pk")
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(kind="policy", words="", due_on=None, whom="", gives="", characteristic="", percent=None)
                    | (
                        Q(kind="pay_gap", due_on=None, whom="", gives="", percent__isnull=False, year__isnull=False)
                        & ~Q(characteristic="")
                        & ~Q(source="")
                    )
                    | Q(kind="pledge", due_on__isnull=False, whom="", gives="", characteristic="", percent=None)
                    | (Q(kind="fast_track", due_on=None, characteristic="", percent=None) & ~Q(whom="") & ~Q(gives=""))
                    | Q(kind="apprenticeship", due_on=None, whom="", gives="", characteristic="", percent=None)
                ),
                name="commitment_of_its_kind",
                violation_error_message="Fill in what belongs to what it is, and nothing else.",
            ),
            models.CheckConstraint(
                condition=Q(evidence="", evidence_on=None)
                | (Q(kind="pledge", evidence_on__isnull=False) & ~Q(evidence="")),
                name="commitment_evidence_has_its_day",
                violation_error_message="Evidence belongs to a pledge, and has its day.",
            ),
            models.CheckConstraint(
                condition=Q(said="", said_on=None) | (Q(kind="pledge", said_on__isnull=False) & ~Q(said="")),
                name="commitment_said_has_its_day",
                violation_error_message="What an employer says belongs to a pledge, and has its day.",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=False) | Q(published_at=None, published_by=None),
                name="commitment_approved_by_whom",
                violation_error_message="Whoever approves it does so at a moment.",
            ),
        ]
        triggers = [frozen(*APPROVED, once=pgtrigger.Q(old__published_at__isnull=False), name="approved_as_it_is")]

    def __str__(self) -> str:
        return f"{self.employer}: {self.title}"

    @property
    def is_pledge(self) -> bool:
        return self.kind == CommitmentKind.PLEDGE

    @property
    def is_kept(self) -> bool:
        return self.evidence_on is not None

    @property
    def how_it_stands(self) -> str:
        """“Kept”, “Overdue”, “Not yet”; nothing for what is no pledge."""
        if not self.is_pledge:
            return ""
        if self.is_kept:
            return "Kept"
        return "Overdue" if self.due_on and self.due_on < clock.today() else "Not yet"

    @property
    def gap_in_words(self) -> str:
        """“12.3% in 2031”."""
        if self.percent is None:
            return ""
        number = english.plain_number(abs(self.percent))
        return f"{'−' if self.percent < 0 else ''}{number}% in {self.year}"

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        return {
            "provider": str(self.provider),
            "employer": str(self.employer),
            "pledge": self.title,
            "due": english.day_date(self.due_on) if self.due_on else "",
        }

    @property
    def message_scopes(self) -> list[models.Model]:
        return [self.provider]


class PledgeQuestionQuerySet(ScopedQuerySet["PledgeQuestion"]):
    def for_steps(self) -> Self:
        return self.select_related("commitment__provider", "commitment__employer")

    def to_look_at(self) -> Self:
        """Answered, and neither taken over nor set aside yet."""
        return self.filter(answered_at__isnull=False, settled_at=None)


@pghistory.track()
class PledgeQuestion(models.Model):
    """Somebody at the employer was asked how a pledge stands, and what they answered. Nothing of it is public until staff take it over."""

    retention = "With its commitment of an employer. The link works for 60 days."

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="questions")
    name = NameField(max_length=150)
    email = AddressField("email address")
    asked_at = models.DateTimeField("asked", default=clock.now, editable=False)
    answered_at = models.DateTimeField("answered", null=True, blank=True, editable=False)
    answer = models.CharField(max_length=20, choices=PledgeAnswer, blank=True, editable=False)
    words = models.TextField("in their words", max_length=LONGEST_WORDS, blank=True, editable=False)
    kept_on = DayField("kept on", null=True, blank=True, editable=False)
    settled_at = models.DateTimeField("looked at", null=True, blank=True, editable=False)
    is_taken_over = models.BooleanField("taken over", default=False, editable=False)

    visibility = Scope(through="commitment")
    objects = PledgeQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "question about a pledge"
        verbose_name_plural = "questions about pledges"
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="", words="", kept_on=None, settled_at=None)
                | (Q(answered_at__isnull=False) & ~Q(answer="") & ~Q(words="")),
                name="pledge_answer_is_whole",
                violation_error_message="An answer has its moment and its words.",
            ),
            models.CheckConstraint(
                condition=Q(is_taken_over=False) | Q(settled_at__isnull=False),
                name="pledge_answer_taken_over_once",
                violation_error_message="What is taken over was looked at.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.commitment.title}"

    @property
    def how_it_stands(self) -> str:
        if self.settled_at:
            return "Taken over" if self.is_taken_over else "Set aside"
        return "To be looked at" if self.answered_at else "Asked"
