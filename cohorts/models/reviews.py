"""Three-way reviews: what participant, line manager and coordinator look back on together, and sign."""

from datetime import timedelta
from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cohorts.models.agreements import of_its_text
from cohorts.models.enrolment import Enrolment
from cohorts.permissions import CohortPermission
from cohorts.states import EnrolmentStatus, Signatory, SignedHow
from cohorts.states.reviews import THREE
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.fields import AddressField, NameField
from steppingup.history.lifecycle import append_only, frozen

LONGEST = 4000
#: What stands in one, and what it is called above it.
PARTS = {"went_well": "What went well", "needed": "What is needed", "agreed": "What was agreed"}
WORDS = ("on", *PARTS)


class ThreeWayReviewQuerySet(ScopedQuerySet["ThreeWayReview"]):
    def live(self) -> Self:
        """Those that were not called off, of people who are on the programme."""
        return self.filter(called_off_at=None, enrolment__status=EnrolmentStatus.ENROLLED)

    def to_send(self) -> Self:
        return self.live().filter(sent_at=None)

    def to_sign(self) -> Self:
        return self.live().filter(sent_at__isnull=False, signed_at=None)

    def lacking(self, role: str) -> Self:
        """Those that wait for this signature."""
        signed = ReviewSignature.objects.filter(review=OuterRef("pk"), role=role, round=OuterRef("round"))
        return self.to_sign().filter(~Exists(signed))

    def of_manager(self, user: User) -> Self:
        """What this line manager is, or was, asked to sign, as long as they are the line manager."""
        asked = ReviewParty.objects.filter(review=OuterRef("pk"), role=Signatory.EMPLOYER, user=user)
        return self.filter(Exists(asked), enrolment__line_manager=user, sent_at__isnull=False)

    def of_participant(self, user: User) -> Self:
        return self.filter(enrolment__participant=user)

    def of_party(self, user: User) -> Self:
        """What this person may read on the site: their own, and what they are asked to sign as the line manager."""
        managed = self.of_manager(user).order_by().values("pk")
        return self.filter(Q(enrolment__participant=user) | Q(pk__in=managed))

    def for_steps(self) -> Self:
        of = "enrolment"
        return self.select_related(
            f"{of}__participant", f"{of}__line_manager", f"{of}__employer", f"{of}__cohort__programme__provider"
        ).prefetch_related("signatures", "parties")


@pghistory.track()
class ThreeWayReview(models.Model):
    """Prepared by the participant or by whoever runs the cohort, and signed by all three. Other words ask for new signatures; what all
    have signed stays as it is, by trigger too."""

    retention = "With the enrolment: 6 years after the cohort ends."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="reviews")
    on = models.DateField("day of the review")
    went_well = models.TextField("what went well", max_length=LONGEST)
    needed = models.TextField("what is needed", max_length=LONGEST)
    agreed = models.TextField("what was agreed", max_length=LONGEST)
    #: Which words are signed: those of the first round, or of a later one.
    round = models.PositiveSmallIntegerField(default=1, editable=False)
    prepared_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    prepared_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField("asked for signatures", null=True, blank=True, editable=False)
    signed_at = models.DateTimeField("signed by all", null=True, blank=True, editable=False)
    called_off_at = models.DateTimeField("called off", null=True, blank=True, editable=False)

    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="enrolment", about="enrolment__participant")
    objects = ThreeWayReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "three-way review"
        ordering = ("-on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at=None) | Q(sent_at__isnull=False, called_off_at=None),
                name="review_signed_once_sent",
            ),
        ]
        triggers = [
            frozen(*WORDS, "round", once=pgtrigger.Q(old__signed_at__isnull=False), name="signed_words_stay"),
        ]

    def __str__(self) -> str:
        return f"Review of {self.enrolment.participant} on {english.day_date(self.on)}"

    @property
    def text(self) -> str:
        """The very text that is signed."""
        cohort = self.enrolment.cohort
        head = f"Review of {self.enrolment.participant}, {cohort.programme.name}, {cohort.name}, on {english.day_date(self.on)}"
        return "\n\n".join([head, *(f"{title}\n{getattr(self, name)}" for name, title in PARTS.items())])

    @property
    def standing(self) -> "list[ReviewSignature]":
        """The signatures below the words as they are now."""
        return [one for one in self.signatures.all() if one.round == self.round]

    def signed_by(self, role: Signatory) -> "ReviewSignature | None":
        return next((one for one in self.standing if one.role == role), None)

    def party(self, role: Signatory) -> "ReviewParty | None":
        return next((one for one in self.parties.all() if one.role == role), None)

    @property
    def missing(self) -> tuple[Signatory, ...]:
        return tuple(role for role in THREE if self.signed_by(role) is None)

    @property
    def state(self) -> str:
        if self.called_off_at:
            return "Called off"
        if self.signed_at:
            return "Signed by all three"
        return "To be signed" if self.sent_at else "Being written"

    @property
    def took(self) -> timedelta | None:
        """From the first request to the last signature."""
        return self.signed_at - self.sent_at if self.signed_at and self.sent_at else None


class ReviewParty(ScopedModel):
    """One of the three, who is asked to sign by a link."""

    retention = "With the review."

    review = models.ForeignKey(ThreeWayReview, on_delete=models.CASCADE, related_name="parties")
    role = models.CharField(max_length=20, choices=Signatory)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = NameField(max_length=150)
    email = AddressField()
    asked_at = models.DateTimeField(default=clock.now, editable=False)

    visibility = Scope(through="review")

    class Meta:
        verbose_name = "party to a review"
        verbose_name_plural = "parties to reviews"
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["review", "role"], name="review_party_once")]

    def __str__(self) -> str:
        return f"{self.name}, {Signatory(self.role).in_sentence}"

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails to them say of it."""
        return {**self.review.enrolment.message_facts, "held_on": english.day_date(self.review.on)}


class ReviewSignature(ScopedModel):
    """A name under a review: whose, when, how, and the exact text with its hash. Never changed, never removed."""

    retention = "With the review."

    review = models.ForeignKey(ThreeWayReview, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField("signed for", max_length=20, choices=Signatory)
    round = models.PositiveSmallIntegerField()
    name = NameField(max_length=150)
    email = AddressField(blank=True)
    how = models.CharField(max_length=20, choices=SignedHow)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=clock.now)
    text = models.TextField()
    digest = models.CharField("SHA-256 of the text", max_length=64)

    visibility = Scope(through="review")

    class Meta:
        verbose_name = "signature under a review"
        verbose_name_plural = "signatures under reviews"
        ordering = ("signed_at", "pk")
        constraints = [models.UniqueConstraint(fields=["review", "role", "round"], name="review_signature_once")]
        triggers = [*append_only(), of_its_text()]

    def __str__(self) -> str:
        return f"{self.name}, {Signatory(self.role).in_sentence}"
