"""Events beside the programme: briefings, information sessions, workshops by others (B25 to B28, B47); and who booked them."""

from typing import Any, Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from cohorts.models.cohort import Cohort
from cohorts.models.programme import Programme
from cohorts.models.session import Session
from cohorts.permissions import CohortPermission
from cohorts.states.events import (
    EVENT,
    BookingStatus,
    EventKind,
    EventStatus,
    ForWhom,
)
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.date_fields import DayField, MomentField
from steppingup.formats.fields import NameField
from steppingup.history.sequences import sequence_rises

MOST_PLACES = 2000
#: So many guests each graduate can bring to a ceremony at most.
MOST_GUESTS = 20
#: Where no day is set.
NO_DATE = "The date is to be confirmed"
NO_PLACE = "The place is to be confirmed"


class OccasionQuerySet(ScopedQuerySet["Occasion"]):
    def open(self) -> Self:
        return self.filter(status=EventStatus.OPEN)

    def to_come(self) -> Self:
        """Not over yet, or without a date."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=clock.now()))

    def public(self) -> Self:
        """Those that anybody may read of and book, on the pages of a programme that is on the site."""
        return self.open().to_come().filter(for_whom=ForWhom.ANYBODY, programme__is_published=True)

    def that_were_public(self) -> Self:
        """Those that anybody could read of, before they were over or cancelled too."""
        shown = self.exclude(status=EventStatus.DRAFT)
        return shown.filter(for_whom=ForWhom.ANYBODY, programme__is_published=True)

    def to_advertise(self) -> Self:
        """Introductory workshops for the line managers of a cohort, which invite these once recruitment is complete (B28, B29)."""
        found = self.open().to_come().filter(kind=EventKind.INTRODUCTION, for_whom=ForWhom.MANAGERS)
        return found.exclude(cohort=None)

    def without_a_date(self) -> Self:
        return self.open().filter(starts_at=None)

    def with_numbers(self) -> Self:
        """Adds `booked`, `waiting` and `to_tell`: how many seats of each."""

        def number(status: BookingStatus) -> Coalesce:
            return Coalesce(models.Sum("bookings__seats", filter=Q(bookings__status=status)), 0)

        statuses = {"booked": BookingStatus.BOOKED, "waiting": BookingStatus.WAITING, "to_tell": BookingStatus.TO_TELL}
        return self.annotate(**{name: number(status) for name, status in statuses.items()})

    def for_steps(self) -> Self:
        return self.select_related("programme__provider", "cohort__programme__provider", "host", "session")


@pghistory.track()
class Occasion(models.Model):
    """An event of a programme, or of one of its cohorts, that counts for nobody's days. Its date can be to be confirmed. (It is called so,
    as “event” is what stands in a calendar and in the history.)"""

    retention = "Holds no personal data; kept with its programme."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="occasions")
    cohort = models.ForeignKey(
        Cohort,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="occasions",
        help_text="Only if it is for the people of one cohort.",
    )
    #: A session to which people from outside are invited: when and where it is, is said there.
    session = models.OneToOneField(
        Session, null=True, blank=True, on_delete=models.CASCADE, related_name="occasion", editable=False
    )
    kind = models.CharField("what it is", max_length=20, choices=EventKind, default=EventKind.BRIEFING)
    title = NameField(max_length=150)
    text = models.TextField("what it is about", blank=True, help_text="Markdown. Whoever thinks of coming reads this.")
    for_whom = models.CharField(
        "for whom",
        max_length=20,
        choices=ForWhom,
        default=ForWhom.ANYBODY,
        help_text="An event for anybody stands on the programme’s page. To all others you invite people.",
    )
    host = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="held by",
        help_text="If it is another organisation.",
    )
    led_by = NameField(max_length=200, blank=True, help_text="Who speaks or leads it, such as an outside centre.")
    starts_at = MomentField("starts", null=True, blank=True)
    ends_at = MomentField("ends", null=True, blank=True)
    expected = NameField(
        "roughly when", max_length=100, blank=True, help_text="While there is no date, such as “in December 2019”."
    )
    venue = NameField("where", max_length=200, blank=True)
    online_link = models.URLField("link, if it is online", blank=True)
    capacity = models.PositiveSmallIntegerField(
        "places",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PLACES)],
        help_text="Left empty, everybody gets a place.",
    )
    guests_each = models.PositiveSmallIntegerField(
        "guests of each graduate",
        default=0,
        validators=[MaxValueValidator(MOST_GUESTS)],
        help_text="Only at a graduation ceremony: how many guests each graduate can bring. Each of them takes a place.",
    )
    reply_by = DayField(
        "answers by",
        null=True,
        blank=True,
        help_text="Only at a graduation ceremony: whoever is invited reads it, and is reminded once before it.",
    )
    has_meal = models.BooleanField(
        "there is something to eat", default=False, help_text="People are asked what they eat."
    )
    status = models.CharField(max_length=20, choices=EventStatus, default=EventStatus.DRAFT, editable=False)
    # Counted by the database, for calendars of others: which of two versions is the later.
    sequence = models.PositiveIntegerField(default=0, editable=False)

    visibility = Scope(see=CohortPermission.RUN_COHORTS, provider="programme__provider", cohort="cohort")
    objects = OccasionQuerySet.as_manager()

    class Meta:
        verbose_name = "event"
        ordering = ("starts_at", "pk")  # those without a date stand last
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None)
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("starts_at")),
                name="occasion_ends_after",
                violation_error_message="Enter both times, the end after the start; or neither, while the date is to be confirmed.",
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__gte=1, capacity__lte=MOST_PLACES),
                name="occasion_has_places",
                violation_error_message=f"Enter a number of places from 1 to {MOST_PLACES}, or leave it empty.",
            ),
            models.CheckConstraint(
                condition=Q(kind=EventKind.CEREMONY, for_whom=ForWhom.GRADUATES, cohort__isnull=False)
                | (~Q(kind=EventKind.CEREMONY) & ~Q(for_whom=ForWhom.GRADUATES) & Q(guests_each=0, reply_by=None)),
                name="occasion_ceremony_of_cohort",
                violation_error_message="A graduation ceremony is for the graduates of a cohort; graduates and their guests come to nothing else.",
            ),
        ]
        triggers = [
            *EVENT.triggers(),
            sequence_rises("title", "starts_at", "ends_at", "venue", "online_link", "status"),
        ]

    def __str__(self) -> str:
        return self.title

    # Added by `with_numbers()`.
    booked: int
    waiting: int
    to_tell: int

    @property
    def is_over(self) -> bool:
        return self.ends_at is not None and self.ends_at <= clock.now()

    @property
    def is_ceremony(self) -> bool:
        return self.kind == EventKind.CEREMONY

    @property
    def is_full(self) -> bool:
        """Of one `with_numbers()`."""
        return self.capacity is not None and self.booked >= self.capacity

    @property
    def place(self) -> str:
        return self.venue or self.online_link

    def has_room(self, seats: int = 1) -> bool:
        return self.capacity is None or self.bookings.booked().seats() + seats <= self.capacity

    @property
    def nights(self) -> int:
        """After it, for which people can stay."""
        return self.session.nights if self.session else 0

    @property
    def when_in_words(self) -> str:
        """“Friday 6 December 2019, 2pm to 4pm”, or that it is to be confirmed."""
        if self.starts_at and self.ends_at:
            return english.span(self.starts_at, self.ends_at)
        return f"{NO_DATE}: {self.expected}" if self.expected else NO_DATE

    @property
    def place_in_words(self) -> str:
        """“City Hall, and online”. The link is for those who have a place."""
        if not self.online_link:
            return self.venue or NO_PLACE
        return f"{self.venue}, and online" if self.venue else "Online"

    @property
    def message_scopes(self) -> tuple[models.Model, ...]:
        """Where texts of emails are looked up, the most specific first."""
        return (self.cohort, self.programme) if self.cohort else (self.programme,)

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        return {
            "programme": self.programme.name,
            "provider": str(self.programme.provider),
            "event": self.title,
            "when": self.when_in_words,
            "place": self.place_in_words,
        }
