"""What people need to stay, to eat and to take part: said once by themselves, and confirmed before each day that asks (N7)."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef

from cohorts.models.enrolment import Enrolment
from cohorts.models.session import Session
from cohorts.states import EnrolmentStatus
from cohorts.states.staying import NeedsReader
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet


class NeedsQuerySet(ScopedQuerySet["Needs"]):
    def of_person(self, person: User) -> Self:
        """The latest first."""
        return self.filter(person=person).order_by("-said_at", "-pk")

    def shown(self, reader: NeedsReader, people: Iterable[int]) -> dict[int, str]:
        """What those of these people need to take part who agree that such a reader knows it, by the key of the person."""
        latest = self.filter(person__in=list(people)).order_by("person_id", "-said_at", "-pk").distinct("person_id")
        return {one.person_id: one.access for one in latest if one.access and reader in one.shown_to}

    def outlived(self, day: date) -> Self:
        """Those that were neither said nor confirmed since this day, of people who are on no programme."""
        here = Enrolment.objects.filter(participant=OuterRef("person"), status=EnrolmentStatus.ENROLLED)
        return self.filter(said_at__date__lt=day).exclude(Exists(here))


class Needs(models.Model):
    """What one person eats, and needs to take part and to sleep well. Theirs alone: they change and delete it. Those who run a day
    see it for a person who has confirmed it for that day, until the day is over.

    It is health data, so no history of it is kept: what they delete is gone, also from what steps could be taken back with."""

    retention = (
        "Until the person deletes it; 12 months after they last said or confirmed it, once they are on no programme."
    )

    # The latest holds: two accounts of one person that become one may bring two.
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="needs")
    diet = models.TextField(blank=True)
    access = models.TextField(blank=True)
    room = models.TextField(blank=True)
    # Of what they need to take part, and of nothing else: as long as they agree.
    shown_to = ArrayField(models.CharField(max_length=20, choices=NeedsReader), default=list, blank=True)
    said_at = models.DateTimeField(default=clock.now)

    visibility = Scope(owner="person")
    objects = NeedsQuerySet.as_manager()

    class Meta:
        verbose_name = "note of what somebody needs"
        verbose_name_plural = "notes of what people need"

    def __str__(self) -> str:
        return "What they need"

    @property
    def says_nothing(self) -> bool:
        return not (self.diet or self.access or self.room)


class Stay(ScopedModel):
    """A participant has confirmed, for one session, what they need, and whether they stay the night. What they need stands in
    `Needs`, once."""

    retention = "With the enrolment: 6 years after the cohort ends. Holds nothing of what somebody needs."

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="stays")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="stays")
    # Nothing where there is no night to stay.
    stays = models.BooleanField("stays the night", null=True)
    # On another provider's day, those who run it see what somebody needs only where that person agreed.
    shared = models.BooleanField("the host may see it", default=False)
    confirmed_at = models.DateTimeField(default=clock.now)

    visibility = Scope(through="session")

    class Meta:
        verbose_name = "confirmation for a day"
        verbose_name_plural = "confirmations for days"
        ordering = ("session", "enrolment")
        constraints = [models.UniqueConstraint(fields=["session", "enrolment"], name="stay_once")]

    def __str__(self) -> str:
        return f"{self.enrolment.participant}: {self.session}"
