"""Who books an event beside the programme, or is invited to one; and what they say of it afterwards (B25 to B28, B55, L7)."""

from datetime import datetime
from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from cohorts.models.enrolment import Enrolment
from cohorts.models.events import Occasion
from cohorts.states import EnrolmentStatus
from cohorts.states.events import BOOKING, CONCERNED, BookingStatus, EventStatus, Worth
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.fields import AddressField, NameField
from steppingup.history.sequences import sequence_rises

#: Characters of what somebody says afterwards.
LONGEST_WORDS = 1000


class BookingQuerySet(ScopedQuerySet["Booking"]):
    def concerned(self) -> Self:
        """Who has a place, waits for one, or asked to be told the date."""
        return self.filter(status__in=CONCERNED)

    def booked(self) -> Self:
        return self.filter(status=BookingStatus.BOOKED)

    def there(self) -> Self:
        """Of events that are over: who had a place, and is not said to have stayed away."""
        over = Q(occasion__ends_at__lte=clock.now(), occasion__status=EventStatus.OPEN)
        return self.booked().filter(over).exclude(came=False)

    def waiting(self) -> Self:
        return self.filter(status=BookingStatus.WAITING)

    def to_write_to(self) -> Self:
        """Without those of somebody who has died: bookings are known by an address alone."""
        died = User.objects.filter(died_on__isnull=False)
        return self.exclude(enrolment__participant__in=died).exclude(email__in=died.values("email"))

    def seats(self) -> int:
        """Of all of them together."""
        return self.aggregate(number=Coalesce(models.Sum("seats"), 0))["number"]

    def in_running_order(self) -> Self:
        """The graduates who come to a ceremony, in the order in which they are called: as it was arranged, the rest by name."""
        found = self.booked().filter(enrolment__status__in=(EnrolmentStatus.ENROLLED, EnrolmentStatus.COMPLETED))
        return found.order_by(F("position").asc(nulls_last=True), "name", "pk")

    def unanswered(self) -> Self:
        """Invited, and has said nothing, neither that they come nor that they do not."""
        return self.filter(status=BookingStatus.ASKED, invited_at__isnull=False)

    def in_line(self) -> Self:
        """Those on the waiting list, in the order in which they move up. A party that is larger than all places together never does, and
        nobody waits for it."""
        may_fit = Q(occasion__capacity=None) | Q(seats__lte=F("occasion__capacity"))
        return self.waiting().filter(may_fit).order_by("since", "pk")

    def never_confirmed(self, before: datetime) -> Self:
        """Typed into the public form, and not confirmed by the link that was sent."""
        return self.filter(status=BookingStatus.ASKED, invited_at=None, asked_at__lt=before)

    def for_steps(self) -> Self:
        around = ("occasion__programme__provider", "occasion__cohort__programme__provider", "occasion__session")
        return self.select_related(*around)


@pghistory.track(exclude=["diet", "access", "stays", "guests", "takes"])
class Booking(models.Model):
    """Somebody who books an event or was invited to it, with or without an account: known by an address alone. What they need is health
    data: no history of it is kept, nor of the names of their guests, nor of what they say afterwards."""

    retention = "As the provider says: 3 months after the event are proposed. Who never confirmed it: 14 days."

    occasion = models.ForeignKey(Occasion, on_delete=models.CASCADE, related_name="bookings", verbose_name="event")
    name = NameField(max_length=150)
    email = AddressField("email address")
    organisation = NameField(max_length=200, blank=True)
    diet = models.TextField("what they eat", blank=True)
    access = models.TextField("what they need to take part", blank=True)
    # Nothing where there is no night to stay.
    stays = models.BooleanField("stays the night", null=True)
    #: At a graduation ceremony: whose graduation it is. Nothing of everybody else who comes.
    enrolment = models.ForeignKey(
        Enrolment, null=True, blank=True, on_delete=models.CASCADE, related_name="ceremony_bookings", editable=False
    )
    guests = models.TextField("guests, one a line", blank=True)
    seats = models.PositiveSmallIntegerField(default=1, editable=False)
    said_as = NameField("how their name is said", max_length=200, blank=True)
    # Nothing where it was not asked, or not answered.
    photographs = models.BooleanField("may be photographed", null=True)
    position = models.PositiveSmallIntegerField("place in the running order", null=True, blank=True, editable=False)
    status = models.CharField(max_length=20, choices=BookingStatus, default=BookingStatus.ASKED, editable=False)
    asked_at = models.DateTimeField("asked", default=clock.now, editable=False)
    invited_at = models.DateTimeField("invited", null=True, blank=True, editable=False)
    # Since when they have what they have: the order of the waiting list.
    since = models.DateTimeField(null=True, blank=True, editable=False)
    came = models.BooleanField("was there", null=True, editable=False)
    # What they said of it afterwards.
    worth = models.CharField("worth their time", max_length=10, choices=Worth, blank=True, editable=False)
    takes = models.TextField("what they took away from it", max_length=LONGEST_WORDS, blank=True, editable=False)
    answered_at = models.DateTimeField("said afterwards", null=True, blank=True, editable=False)
    # Counted by the database: with that of the event the version in their calendar.
    sequence = models.PositiveIntegerField(default=0, editable=False)

    visibility = Scope(through="occasion")
    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ("occasion", "name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["occasion", "email"],
                name="booking_once",
                violation_error_message="There is a booking with this address already.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=CONCERNED) | Q(since__isnull=False), name="booking_says_since_when"
            ),
            models.CheckConstraint(
                condition=Q(worth="", takes="", answered_at=None) | (~Q(worth="") & Q(answered_at__isnull=False)),
                name="booking_was_worth",
                violation_error_message="Whoever says something afterwards says whether it was worth their time.",
            ),
        ]
        triggers = [
            *BOOKING.triggers(),
            sequence_rises("status"),
            # For whoever writes without asking: whoever takes a place holds the event meanwhile, and places are counted then.
            pgtrigger.Trigger(
                name="never_more_than_places",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status", "seats"),
                condition=pgtrigger.Q(new__status=BookingStatus.BOOKED)
                & (
                    pgtrigger.Q(old__status__df=pgtrigger.F("new__status"))
                    | pgtrigger.Q(old__seats__lt=pgtrigger.F("new__seats"))
                ),
                func="""
                    PERFORM 1 FROM cohorts_occasion WHERE id = NEW.occasion_id FOR NO KEY UPDATE;
                    IF (SELECT coalesce(sum(seats), 0) FROM cohorts_booking
                        WHERE occasion_id = NEW.occasion_id AND status = 'booked' AND id <> NEW.id) + NEW.seats
                       > (SELECT capacity FROM cohorts_occasion WHERE id = NEW.occasion_id) THEN
                        RAISE EXCEPTION 'All places at this event are taken.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.occasion}"

    @property
    def message_facts(self) -> dict[str, Any]:
        return self.occasion.message_facts

    @property
    def was_there(self) -> bool:
        """It is over, they had a place, and nobody said that they stayed away."""
        has_place = self.status == BookingStatus.BOOKED and self.came is not False
        return has_place and self.occasion.is_over and self.occasion.status == EventStatus.OPEN

    @property
    def guest_names(self) -> list[str]:
        return [name for line in self.guests.splitlines() if (name := " ".join(line.split()))]

    @property
    def most_guests(self) -> int:
        """How many they can bring."""
        return self.occasion.guests_each if self.enrolment_id else 0

    @property
    def never_fits(self) -> bool:
        """They are more than there are places, whoever else comes."""
        return self.occasion.capacity is not None and self.seats > self.occasion.capacity

    @property
    def place_in_line(self) -> int:
        """Their number on the waiting list."""
        before = Q(since__lt=self.since) | Q(since=self.since, pk__lte=self.pk)
        return self.occasion.bookings.in_line().filter(before).count()
