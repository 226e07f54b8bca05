"""What staff write to people of a cohort, and what became of it for each."""

from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Count, Q

from cohorts.models.cohort import Cohort
from cohorts.models.enrolment import Enrolment
from cohorts.states.writing import Reader
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.fields import AddressField, NameField
from steppingup.messaging.models import Message
from steppingup.messaging.states import GONE, NEEDS_ATTENTION, MessageStatus


class AnnouncementQuerySet(ScopedQuerySet["Announcement"]):
    def with_counts(self) -> Self:
        """Adds how many it was written to, how many of these it has reached, and with how many something is amiss."""
        status = "addressees__message__status"
        return self.annotate(
            written=Count("addressees__message", distinct=True),
            gone=Count("addressees__message", filter=Q(**{f"{status}__in": GONE}), distinct=True),
            amiss=Count("addressees__message", filter=Q(**{f"{status}__in": NEEDS_ATTENTION}), distinct=True),
        )

    def failed(self) -> Self:
        """Those that could not be sent to somebody."""
        return self.filter(addressees__message__status=MessageStatus.FAILED).distinct()

    def for_steps(self) -> Self:
        return self.select_related("cohort__programme__provider")


@pghistory.track(pghistory.InsertEvent(), pghistory.DeleteEvent())
class Announcement(models.Model):
    """Free words to a cohort, a peer group or some of its people, as they were written: each email has them with its own fields."""

    retention = "With the emails that it became: 6 years, but no longer than its cohort."

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="announcements")
    #: Whom: “Everybody on the programme”, “Peer group Blue”, “3 people”; and who of each.
    whom = NameField(max_length=150)
    readers = models.JSONField(default=list)
    subject = NameField(max_length=150)
    text = models.TextField()
    reply_to = AddressField("replies go to", blank=True)
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    visibility = Scope(through="cohort")
    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = "message written to people"
        verbose_name_plural = "messages written to people"
        ordering = ("-written_at", "-pk")

    def __str__(self) -> str:
        return self.subject

    @property
    def read_by(self) -> list[str]:
        """“Participant”, “Line manager”: who of each was written to."""
        return [Reader(one).label for one in self.readers]


class AddresseeQuerySet(ScopedQuerySet["Addressee"]):
    def failed(self) -> Self:
        return self.filter(message__status=MessageStatus.FAILED)

    def not_written_to(self) -> Self:
        return self.exclude(why_not="")


class Addressee(models.Model):
    """One person to whom it was to go, and the email; or why there is none."""

    retention = "With the message that was written."

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="addressees")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="addressed")
    reader = models.CharField(max_length=20, choices=Reader, default=Reader.PARTICIPANT)
    name = NameField(max_length=200, blank=True)
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    why_not = models.CharField("not written to, as", max_length=200, blank=True)

    visibility = Scope(through="announcement")
    objects = AddresseeQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(why_not="") | Q(message=None), name="addressee_written_to_or_not"),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.get_reader_display()}: {self.announcement}"

    @property
    def became(self) -> Any:
        """What became of it, in words."""
        if self.why_not:
            return self.why_not
        return self.message.get_status_display() if self.message else "The email is no longer kept"
