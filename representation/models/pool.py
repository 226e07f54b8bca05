"""The succession pool: posts, people who agreed to be thought of for them, how ready they are, and how successors were chosen (L2, L3)."""

from datetime import date, timedelta
from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Q

from cohorts.models import Enrolment, Placement
from representation.models.plan import LONGEST
from representation.permissions import RepresentationPermission
from representation.states import POOL_ENTRY, PoolStatus, Readiness
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import AddressField, NameField
from steppingup.history.lifecycle import frozen

#: So many days before its review-by date an entry waits to be looked at again.
SOON = 21


class PostQuerySet(ScopedQuerySet["Post"]):
    def for_steps(self) -> Self:
        return self.select_related("provider")


@pghistory.track()
class Post(models.Model):
    """A post for which a council or provider wants several people to be ready one day."""

    retention = "As long as the provider keeps a pool for it. It names nobody."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pool_posts")
    title = NameField(max_length=150)
    tier = NameField(max_length=100, blank=True, help_text="In your own words: “Head of service”, “Band 8a”.")
    team = NameField(max_length=150, blank=True)
    holder_chooses = models.BooleanField(
        "whoever holds it now chooses the successor",
        default=False,
        help_text="People tend to choose somebody like themselves. The page for a choice says so, and asks for a mixed panel.",
    )

    visibility = Scope(see=RepresentationPermission.KEEP_POOL, provider="provider", whole=True)
    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ("title", "team", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "title", "team"],
                name="pool_post_once",
                violation_error_message="There is a post of this title in this team already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.team}" if self.team else self.title

    @property
    def message_facts(self) -> dict[str, Any]:
        return {"post": str(self), "provider": str(self.provider)}

    @property
    def message_scopes(self) -> list[models.Model]:
        return [self.provider]


def lapsed(day: date | None = None, path: str = "") -> Q:
    """In the pool, with a review-by date that has passed; at the end of a `path` that leads to entries (“entries__”)."""
    return Q(**{f"{path}status": PoolStatus.AGREED, f"{path}review_by__lt": day or clock.today()})


def counted(day: date | None = None, path: str = "") -> Q:
    """In the pool, with a readiness that still holds."""
    return Q(**{f"{path}status": PoolStatus.AGREED, f"{path}review_by__gte": day or clock.today()})


class PoolEntryQuerySet(ScopedQuerySet["PoolEntry"]):
    def standing(self) -> Self:
        """Asked, or in it."""
        return self.filter(status__in=(PoolStatus.ASKED, PoolStatus.AGREED))

    def counted(self) -> Self:
        return self.filter(counted())

    def lapsed(self) -> Self:
        return self.filter(lapsed())

    def to_review(self) -> Self:
        """In the pool, and not looked at yet, or to be looked at again soon, or lapsed."""
        soon = Q(review_by=None) | Q(review_by__lte=clock.today() + timedelta(days=SOON))
        return self.filter(soon, status=PoolStatus.AGREED)

    def shown(self) -> Self:
        """Those whom whoever is named for the post sees."""
        return self.counted().filter(is_seen=True, enrolment__participant__is_active=True)

    def for_steps(self) -> Self:
        return self.select_related("post__provider", "enrolment__participant", "enrolment__cohort__programme__provider")


@pghistory.track()
class PoolEntry(models.Model):
    """Somebody who was asked to be thought of for a post, and what they said. Theirs: they leave when they like."""

    retention = "As long as they are in the pool; after they left or said no, as long as the provider says (12 months, unless it says otherwise)."

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="entries")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="pool_entries")
    status = models.CharField(max_length=20, choices=PoolStatus, default=PoolStatus.ASKED, editable=False)
    message = models.TextField("why they were asked", max_length=LONGEST, blank=True, editable=False)
    asked_at = models.DateTimeField("asked", default=clock.now, editable=False)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    agreed_at = models.DateTimeField("agreed", null=True, blank=True, editable=False)
    ended_at = models.DateTimeField("ended", null=True, blank=True, editable=False)
    is_seen = models.BooleanField("seen by those who are named for the post", default=False, editable=False)
    readiness = models.CharField("how ready", max_length=20, choices=Readiness, blank=True, editable=False)
    review_by = DayField("to be reviewed by", null=True, blank=True, editable=False)

    visibility = Scope(through="post", about="enrolment__participant")
    objects = PoolEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "person in the pool"
        verbose_name_plural = "people in the pool"
        ordering = ("post", "enrolment__participant__full_name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["post", "enrolment"],
                condition=Q(status__in=("asked", "agreed")),
                name="pool_entry_once",
                violation_error_message="They were asked about this post already.",
            ),
            models.CheckConstraint(
                condition=Q(readiness="", review_by=None) | (~Q(readiness="") & Q(review_by__isnull=False)),
                name="pool_entry_readiness_lapses",
                violation_error_message="Say how ready they are and until when this holds: both, or neither.",
            ),
            models.CheckConstraint(
                condition=(Q(status="asked") & Q(agreed_at=None, ended_at=None))
                | (Q(status="agreed") & Q(agreed_at__isnull=False, ended_at=None))
                | (Q(status="declined") & Q(agreed_at=None, ended_at__isnull=False))
                | (Q(status="left") & Q(agreed_at__isnull=False, ended_at__isnull=False)),
                name="pool_entry_days_of_its_status",
                violation_error_message="The days do not fit with what was said.",
            ),
        ]
        triggers = [*POOL_ENTRY.triggers()]

    def __str__(self) -> str:
        return f"{self.enrolment.participant}: {self.post}"

    @property
    def is_lapsed(self) -> bool:
        return self.status == PoolStatus.AGREED and bool(self.review_by and self.review_by < clock.today())

    @property
    def how_it_stands(self) -> str:
        """“Ready now”, “Lapsed”, “Not reviewed yet”; before and after, what was said."""
        if self.status != PoolStatus.AGREED:
            return str(self.get_status_display())
        if self.is_lapsed:
            return "Lapsed"
        return str(self.get_readiness_display()) if self.readiness else "Not reviewed yet"

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        return {**self.post.message_facts, "review_by": english.day_date(self.review_by) if self.review_by else ""}

    @property
    def message_scopes(self) -> list[models.Model]:
        return self.post.message_scopes


class PoolReview(ScopedModel):
    """What was said of how ready somebody is, on a day. Never changed: the next one takes its place."""

    retention = "With the person's place in the pool."

    entry = models.ForeignKey(PoolEntry, on_delete=models.CASCADE, related_name="reviews")
    readiness = models.CharField(max_length=20, choices=Readiness)
    words = models.TextField("why", max_length=LONGEST)
    review_by = DayField("to be reviewed by")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)

    visibility = Scope(through="entry")

    class Meta:
        verbose_name = "review of readiness"
        verbose_name_plural = "reviews of readiness"
        ordering = ("-at", "-pk")
        triggers = [frozen("entry", "readiness", "words", "review_by", "at")]

    def __str__(self) -> str:
        return f"{self.get_readiness_display()}: {self.entry}"


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class PoolEvidence(ScopedModel):
    """What somebody shows for themselves: an assignment that they really had, in their own words (L2)."""

    retention = "With the person's place in the pool. They remove it at any time."

    entry = models.ForeignKey(PoolEntry, on_delete=models.CASCADE, related_name="evidence")
    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="+")
    words = models.TextField("in their own words", max_length=LONGEST)
    at = models.DateTimeField("added", default=clock.now)

    visibility = Scope(through="entry")

    class Meta:
        verbose_name = "evidence"
        verbose_name_plural = "evidence"
        ordering = ("at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "placement"],
                name="pool_evidence_once",
                violation_error_message="This assignment is there already. Remove it first to write about it anew.",
            )
        ]

    def __str__(self) -> str:
        return str(self.placement)


class ViewerQuerySet(ScopedQuerySet["PostViewer"]):
    def current(self) -> Self:
        return self.filter(ended_at=None)

    def for_steps(self) -> Self:
        return self.select_related("post__provider")


@pghistory.track()
class PostViewer(models.Model):
    """Somebody who is named to see, by a link, those who agreed to be seen for a post: a hiring manager."""

    retention = "With the post. The link works for 30 days, or until they are not named any more."

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="viewers")
    name = NameField(max_length=150)
    email = AddressField("email address")
    since = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField("ended", null=True, blank=True, editable=False)

    visibility = Scope(through="post")
    objects = ViewerQuerySet.as_manager()

    class Meta:
        verbose_name = "viewer of a post"
        verbose_name_plural = "viewers of posts"
        ordering = ("post", "name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["post", "email"],
                condition=Q(ended_at=None),
                name="pool_viewer_once",
                violation_error_message="They are named for this post already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class SuccessionDecision(ScopedModel):
    """How a successor was chosen: by whom, how the panel was made up, and why. It is not changed afterwards (L3)."""

    retention = "6 years after the day on which it was decided: it may have to be shown that the choice was fair."

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="choices")
    entry = models.ForeignKey(PoolEntry, null=True, blank=True, on_delete=models.SET_NULL, related_name="choices")
    chosen = NameField("who was chosen", max_length=150)
    decided_on = DayField("decided on")
    panel = models.TextField("who was on the panel", max_length=LONGEST)
    is_mixed = models.BooleanField("the panel was mixed")
    mixed_how = models.TextField("how it was mixed, or why not", max_length=LONGEST)
    holder_sat = models.BooleanField("whoever holds the post sat on it")
    reasons = models.TextField("why this person", max_length=LONGEST)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    at = models.DateTimeField("recorded", default=clock.now, editable=False)

    visibility = Scope(through="post")

    class Meta:
        verbose_name = "choice of a successor"
        verbose_name_plural = "choices of successors"
        ordering = ("-decided_on", "-pk")
        triggers = [
            frozen("post", "chosen", "decided_on", "panel", "is_mixed", "mixed_how", "holder_sat", "reasons", "at")
        ]

    def __str__(self) -> str:
        return f"{self.post}: {self.chosen}"
