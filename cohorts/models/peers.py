"""What a peer group has for itself: what members tell each other, agendas and notes, and the half-day that suits most (B11, B12)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohorts.models.cohort import PeerGroup
from cohorts.models.enrolment import Enrolment
from cohorts.models.session import Session
from cohorts.permissions import CohortPermission
from cohorts.states.peers import HOURS, Half, PaperKind, Suits
from steppingup import clock
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.fields import NameField

LONGEST = 20_000
MOST_HALF_DAYS = 30


class PeerCard(ScopedModel):
    """What a participant lets their peer group know beside their name. Nothing, until they say so."""

    retention = "Until the person removes it; otherwise with the enrolment: 6 years after the cohort ends."

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="peer_card")
    shows_work = models.BooleanField("my job title and employer", default=False)
    shows_email = models.BooleanField("my email address", default=False)
    phone = NameField("telephone number", max_length=40, blank=True)
    about = models.TextField("about me", max_length=600, blank=True)

    visibility = Scope(owner="enrolment__participant")

    class Meta:
        verbose_name = "card for a peer group"
        verbose_name_plural = "cards for peer groups"

    def __str__(self) -> str:
        return f"Card of {self.enrolment.participant}"


class PeerPaper(models.Model):
    """An agenda or notes of a peer group, written by its members together. Nobody else reads it, also nobody who runs the programme; no
    history of it is kept (docs/adr/0064)."""

    retention = "Until a member deletes it; otherwise with the cohort: 6 years after it ends."

    peer_group = models.ForeignKey(PeerGroup, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField("what it is", max_length=10, choices=PaperKind)
    title = NameField(max_length=120)
    text = models.TextField(max_length=LONGEST)
    written_by = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now, editable=False)
    changed_by = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    # How often it was changed: whoever saves says which one they had read.
    version = models.PositiveIntegerField(default=1, editable=False)
    # What one shown form brings with it, so that a second click on its button writes nothing more.
    submission = models.UUIDField(null=True, unique=True, editable=False)

    visibility = Scope(owner="written_by__participant")
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "paper of a peer group"
        verbose_name_plural = "papers of peer groups"
        ordering = ("-written_at", "-pk")

    def __str__(self) -> str:
        """Without a word of it: whatever speaks of it must not quote it."""
        return f"{self.get_kind_display()} of {english.day_date(self.written_at)}"


def _ahead() -> Any:
    return PeerHalfDay.objects.filter(poll=models.OuterRef("pk"), on__gte=clock.today())


class PeerPollQuerySet(ScopedQuerySet["PeerPoll"]):
    def asking(self) -> Self:
        """Nothing is chosen, and a half-day is still to come."""
        return self.filter(models.Exists(_ahead()), closed_at=None)

    def over(self) -> Self:
        """Nothing was chosen, and every half-day is over: nobody can choose any more."""
        return self.filter(~models.Exists(_ahead()), closed_at=None)

    def to_date(self) -> Self:
        """A half-day is chosen for a session, which is still at another time."""
        return self.filter(
            chosen__isnull=False, dated_at=None, session__cancelled_at=None, session__starts_at__gt=clock.now()
        )

    def for_steps(self) -> Self:
        return self.select_related(
            *("peer_group__cohort__programme__provider", "opened_by__participant", "chosen"),
            *("session__cohort__programme__provider", "session__component", "session__peer_group"),
        )


@pghistory.track()
class PeerPoll(models.Model):
    """Members of a peer group look for the half-day that suits most of them: for a session of theirs, which staff then move, or for a
    meeting of their own."""

    retention = "With the cohort: 6 years after it ends."

    peer_group = models.ForeignKey(PeerGroup, on_delete=models.CASCADE, related_name="polls")
    session = models.ForeignKey(Session, null=True, blank=True, on_delete=models.CASCADE, related_name="polls")
    title = NameField("what for", max_length=120)
    opened_by = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    chosen = models.ForeignKey(
        "PeerHalfDay", null=True, blank=True, on_delete=models.RESTRICT, related_name="+", editable=False
    )
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When staff moved the session to it.
    dated_at = models.DateTimeField(null=True, blank=True, editable=False)

    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="peer_group")
    objects = PeerPollQuerySet.as_manager()

    class Meta:
        verbose_name = "search for a half-day"
        verbose_name_plural = "searches for a half-day"
        ordering = ("-opened_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["peer_group"],
                condition=Q(closed_at=None),
                name="poll_one_at_a_time",
                violation_error_message="Your group is looking for a half-day already.",
            ),
            models.CheckConstraint(condition=Q(chosen=None) | Q(closed_at__isnull=False), name="poll_chosen_is_closed"),
            models.CheckConstraint(
                condition=Q(dated_at=None) | Q(chosen__isnull=False, session__isnull=False), name="poll_dated_is_chosen"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.peer_group}"

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        return self.peer_group.cohort.message_facts


class PeerHalfDay(ScopedModel):
    """A half-day that members are asked about."""

    retention = "With the search for a half-day."

    poll = models.ForeignKey(PeerPoll, on_delete=models.CASCADE, related_name="half_days")
    on = models.DateField()
    half = models.CharField(max_length=10, choices=Half)

    visibility = Scope(through="poll")

    class Meta:
        verbose_name = "half-day to choose from"
        verbose_name_plural = "half-days to choose from"
        ordering = ("on", "-half", "pk")  # the morning first
        constraints = [models.UniqueConstraint(fields=["poll", "on", "half"], name="half_day_once")]

    def __str__(self) -> str:
        return f"{english.weekday_date(self.on)}, {self.get_half_display().lower()}"

    @property
    def is_over(self) -> bool:
        on: date = self.on
        return on < clock.today()

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From when to when, by the clock of London."""
        starts, ends = HOURS[Half(self.half)]
        zone = timezone.get_default_timezone()
        return datetime.combine(self.on, starts, zone), datetime.combine(self.on, ends, zone)


class PeerAnswer(ScopedModel):
    """How one half-day suits one member."""

    retention = "With the search for a half-day."

    half_day = models.ForeignKey(PeerHalfDay, on_delete=models.CASCADE, related_name="answers")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="+")
    suits = models.CharField(max_length=10, choices=Suits)

    visibility = Scope(through="half_day")

    class Meta:
        verbose_name = "answer about a half-day"
        verbose_name_plural = "answers about half-days"
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["half_day", "enrolment"], name="half_day_answered_once")]

    def __str__(self) -> str:
        return f"{self.half_day}: {self.get_suits_display()}"


def best_first(half_days: Iterable[Any]) -> list[Any]:
    """Those that suit most, the fewest “if need be” among them first, then the earliest. With their answers of current members
    (`said`) read before."""

    def key(one: Any) -> tuple[int, int, date, bool]:
        count = [answer.suits for answer in one.said]
        sure = count.count(Suits.YES)
        return -(sure + count.count(Suits.IF_NEEDED)), -sure, one.on, one.half != Half.MORNING

    return sorted((one for one in half_days if not one.is_over), key=key)
