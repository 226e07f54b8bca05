"""The directory in which participants and graduates find one another, across programmes, if they want to be found (C6)."""

from datetime import timedelta
from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from cohorts.models.enrolment import Enrolment
from cohorts.models.programme import Programme
from cohorts.states import IN_THE_DIRECTORY, SHARING, SHARING_OPEN, Circle, DirectoryReach, SharingStatus
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.by_post import is_by_post
from steppingup.formats.fields import AddressField, NameField, TelephoneField
from steppingup.history.lifecycle import frozen

PROGRAMME = "enrolment__cohort__programme"
#: Who wrote to whom is kept so long: for the limit of a day, and for whoever reports it.
LETTERS_KEPT = timedelta(days=365)


class EntryQuerySet(ScopedQuerySet["DirectoryEntry"]):
    def of_person(self, person: User) -> Self:
        return self.filter(enrolment__participant=person)

    def standing(self) -> Self:
        """Those that others may be shown: of participants and graduates, in a programme that has a directory, and
        that nobody has hidden."""
        here = self.filter(
            enrolment__status__in=IN_THE_DIRECTORY, enrolment__participant__is_active=True, hidden_at=None
        )
        return here.exclude(**{f"{PROGRAMME}__directory": DirectoryReach.NONE})

    def to_look_at_again(self) -> Self:
        """Hidden, and changed by their people since."""
        return self.filter(hidden_at__isnull=False, changed_at__gt=F("hidden_at"))

    def unblocked(self, person: User) -> Self:
        """Without those of people who have blocked this one, or whom this one has blocked."""
        them = OuterRef("enrolment__participant")
        blocks = DirectoryBlock.objects.filter(Q(person=person, blocked=them) | Q(person=them, blocked=person))
        return self.exclude(Exists(blocks))

    def joined(self) -> Self:
        return self.select_related("enrolment__participant", "enrolment__cohort__programme__provider")

    def for_steps(self) -> Self:
        return self.joined()


class DirectoryEntry(models.Model):
    """How one participant or graduate wants to be found by others who are in the directory too, in their own words. There is one
    only while they want it: leaving deletes the row, and no history of its words is kept."""

    retention = (
        "Until the person leaves the directory or the programme, or does not confirm it, once they have completed, after the "
        "months that the programme says; then it is deleted."
    )

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="directory_entry")
    name = NameField(max_length=150)
    job_title = NameField(max_length=150, blank=True)
    organisation = NameField(max_length=200, blank=True)
    place = NameField("place or region", max_length=120, blank=True)
    shows_programme = models.BooleanField("programme and year", default=True)
    offers = models.TextField("what they could share", blank=True)
    seeks = models.TextField("what they would like to learn", blank=True)
    takes_messages = models.BooleanField("messages through the site", default=True)
    email = AddressField("email address", max_length=254, blank=True)
    phone = TelephoneField("telephone", max_length=30, blank=True)
    circle = models.CharField("who sees it", max_length=20, choices=Circle, default=Circle.PROGRAMME)
    joined_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    # They said that they want to be in it; graduates are asked again.
    confirmed_at = models.DateTimeField(default=clock.now, editable=False)
    hidden_at = models.DateTimeField(null=True, blank=True, editable=False)
    hidden_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    hidden_because = models.TextField("why it is hidden", blank=True, editable=False)

    visibility = Scope(through="enrolment")
    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "directory entry"
        verbose_name_plural = "directory entries"
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_by=None, hidden_because="")
                | (Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_because="")),
                name="directory_entry_hidden_with_reason",
                violation_error_message="Whoever hides an entry says why.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def programme(self) -> Programme:
        return self.enrolment.cohort.programme

    @property
    def works_as(self) -> str:
        """“Team leader, Harbour Housing”; empty where they say neither."""
        return ", ".join(filter(None, (self.job_title, self.organisation)))

    @property
    def takes_part_in(self) -> str:
        """“Stepping Up, 2020 (NHS Leadership Academy)”; empty where they do not want it shown."""
        return f"{self.enrolment.cohort} ({self.programme.provider})" if self.shows_programme else ""

    @property
    def can_be_written_to(self) -> bool:
        return self.takes_messages and not is_by_post(self.enrolment.participant.email)

    @property
    def message_facts(self) -> dict[str, Any]:
        return self.enrolment.message_facts


class SharingQuerySet(ScopedQuerySet["DirectoryAgreement"]):
    def open(self) -> Self:
        return self.filter(status__in=SHARING_OPEN)

    def shared(self) -> Self:
        return self.filter(status=SharingStatus.SHARED)

    def of(self, programme: Programme) -> Self:
        """Those of this programme, whichever side asked."""
        return self.filter(Q(host=programme) | Q(guest=programme))

    def to_answer(self) -> Self:
        return self.filter(status=SharingStatus.ASKED)

    def for_steps(self) -> Self:
        return self.select_related("host__provider", "guest__provider")


@pghistory.track()
class DirectoryAgreement(models.Model):
    """Two providers let people of one programme of each find one another, if these want it too. It belongs to the one that was asked,
    as an invitation to a joint day does; the one that asked has it on the page of its programme."""

    retention = "Holds no personal data of participants; kept as the record of what was agreed."

    host = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="directory_asked", verbose_name="programme that asks"
    )
    guest = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="directory_agreements", verbose_name="programme"
    )
    status = models.CharField(max_length=20, choices=SharingStatus, default=SharingStatus.ASKED, editable=False)
    message = models.TextField("what they say", blank=True)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    reason = models.TextField("why not, or no more", blank=True, editable=False)

    visibility = Scope(through="guest")
    objects = SharingQuerySet.as_manager()

    class Meta:
        verbose_name = "agreement on the directory"
        verbose_name_plural = "agreements on the directory"
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["host", "guest"],
                condition=Q(status__in=SHARING_OPEN),
                name="directory_agreed_once",
                violation_error_message="This programme has been asked already.",
            )
        ]
        triggers = [*SHARING.triggers(), frozen("host", "guest", name="directory_agreement_stays_what_it_is")]

    def __str__(self) -> str:
        return f"{self.host} and {self.guest}"

    @property
    def asked_by_whom(self) -> str:
        """“Stepping Up (NHS Leadership Academy)”."""
        return whose(self.host)

    @property
    def provider(self) -> Organisation:
        return self.guest.provider

    @property
    def message_scopes(self) -> tuple[models.Model, ...]:
        return (self.guest,)


def whose(programme: Programme) -> str:
    """“Stepping Up (NHS Leadership Academy)”."""
    return f"{programme} ({programme.provider})"


class LetterQuerySet(ScopedQuerySet["DirectoryLetter"]):
    def of_person(self, person: User) -> Self:
        return self.filter(receiver__participant=person)

    def outlived(self) -> Self:
        return self.filter(sent_at__lt=clock.now() - LETTERS_KEPT)


class DirectoryLetter(models.Model):
    """Somebody wrote to somebody through the directory: who, to whom and when. What they wrote stands nowhere but in the email, and is
    wiped from the outbox when it has left."""

    retention = "12 months: who wrote to whom, and when. What was written is wiped once the email is sent."

    sender = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="+")
    receiver = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="+")
    sender_name = NameField(max_length=150)
    receiver_name = NameField(max_length=150)
    sent_at = models.DateTimeField(default=clock.now)

    visibility = Scope(owner="receiver__participant")
    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "letter through the directory"
        verbose_name_plural = "letters through the directory"
        ordering = ("-sent_at", "-pk")

    def __str__(self) -> str:
        return f"{self.sender_name} to {self.receiver_name}"


class BlockQuerySet(ScopedQuerySet["DirectoryBlock"]):
    def of_person(self, person: User) -> Self:
        return self.filter(person=person)


class DirectoryBlock(models.Model):
    """Two people who do not see one another in the directory, as one of them wants it."""

    retention = "Until whoever blocked the other takes it back; it goes with either account."

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="directory_blocks")
    blocked = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    # As whoever blocked them knew them.
    name = NameField(max_length=150)
    blocked_at = models.DateTimeField(default=clock.now)

    visibility = Scope(owner="person")
    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = "block in the directory"
        verbose_name_plural = "blocks in the directory"
        ordering = ("name", "pk")
        constraints = [models.UniqueConstraint(fields=["person", "blocked"], name="directory_blocked_once")]

    def __str__(self) -> str:
        return self.name
