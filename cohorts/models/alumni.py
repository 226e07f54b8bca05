"""What graduates agree to (N21), the board of openings, and who is interested in one (L5, L6, B60; docs/adr/0080)."""

from typing import Any, Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cohorts.models.enrolment import Enrolment
from cohorts.models.openings import OpeningInvitation
from cohorts.models.programme import Programme
from cohorts.permissions import CohortPermission
from cohorts.states import EnrolmentStatus
from cohorts.states.alumni import SEEN_BY, ForPeople, GraduateOfferKind
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import AddressField, NameField

#: What somebody can agree to: the column, and how a list says it.
AGREES = {
    "speaks": "Speaks",
    "mentors": "Would mentor",
    "hears": "Hears of opportunities",
    "attends": "Is invited to talks and events",
}


class AlumniChoiceQuerySet(ScopedQuerySet["AlumniChoice"]):
    def of_graduates(self) -> Self:
        return self.filter(enrolment__status=EnrolmentStatus.COMPLETED, enrolment__participant__is_active=True)

    def hearing_of(self, kind: str) -> Self:
        """Those who asked to be told of such openings: who ticked it, or who hears of every kind."""
        return self.filter(Q(kinds=[]) | Q(kinds__contains=[kind]), hears=True)

    def to_invite(self) -> Self:
        """Graduates who wish to be invited to talks and events."""
        return self.of_graduates().filter(attends=True)

    def for_steps(self) -> Self:
        return self.select_related("enrolment__participant", "enrolment__cohort__programme__provider")


@pghistory.track()
class AlumniChoice(models.Model):
    """What a graduate would like to do for others; and of what kinds of opening somebody hears, which participants say too. Theirs:
    changed whenever they like."""

    retention = "With the enrolment: 6 years after the cohort ends. The person empties it at any time."

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="alumni_choice")
    speaks = models.BooleanField("would speak to others", default=False)
    mentors = models.BooleanField("would mentor", default=False)
    hears = models.BooleanField("hears of opportunities", default=False)
    attends = models.BooleanField("is invited to talks and events", default=False)
    #: None of them, although they hear: every kind, also one that is added later.
    kinds = ArrayField(
        models.CharField(max_length=20, choices=GraduateOfferKind),
        verbose_name="of what",
        default=list,
        blank=True,
    )
    words = models.TextField("about what, and when", blank=True)
    #: Nothing where a participant has said no more than of what they hear.
    chosen_at = models.DateTimeField("said", default=clock.now, null=True, editable=False)

    visibility = Scope(through="enrolment")
    objects = AlumniChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "choice of a graduate"
        verbose_name_plural = "choices of graduates"
        ordering = ("enrolment__participant__full_name", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(hears=True) | Q(kinds=[]),
                name="kinds_of_who_hears",
                violation_error_message="Whoever hears of nothing hears of no kind.",
            )
        ]

    def __str__(self) -> str:
        return str(self.enrolment.participant)

    @property
    def hears_of(self) -> list[str]:
        """The kinds of which they are told."""
        return (self.kinds or list(GraduateOfferKind.values)) if self.hears else []

    @property
    def in_words(self) -> str:
        found = [said for name, said in AGREES.items() if getattr(self, name)]
        return english.listed(found) if found else "Nothing at the moment"


OPEN = "Open"


class GraduateOfferQuerySet(ScopedQuerySet["GraduateOffer"]):
    def open(self, day: Any = None) -> Self:
        """Those on the board: opened, not closed, and not past their last day."""
        today = day or clock.today()
        return self.filter(opened_at__isnull=False, closed_at=None, closes_on__gte=today)

    def seen_by(self, enrolment: Enrolment) -> Self:
        """Those that were put on the board for somebody like them, open or not."""
        whom = SEEN_BY.get(enrolment.status, ())
        return self.filter(opened_at__isnull=False, programme=enrolment.cohort.programme_id, for_whom__in=whom)

    def to_look_at(self) -> Self:
        """Offered by a link, and neither put on the board nor taken off."""
        return self.filter(invitation__isnull=False, opened_at=None, closed_at=None)

    def for_steps(self) -> Self:
        return self.select_related("programme__provider", "organisation", "invitation")


@pghistory.track()
class GraduateOffer(models.Model):
    """Something on the board of a programme: a secondment, a project, mentoring, an interview, which an employer offers to those who have
    completed it, to those who are on it, or to both."""

    retention = "6 years after its last day: it names whom to ask."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="graduate_offers")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    title = NameField(max_length=150)
    kind = models.CharField("what it is", max_length=20, choices=GraduateOfferKind)
    for_whom = models.CharField("for whom", max_length=20, choices=ForPeople, default=ForPeople.GRADUATES)
    description = models.TextField("what it is about")
    gives = models.TextField("what it gives them", blank=True)
    place = NameField("where", max_length=200, blank=True)
    starts_on = DayField("from", null=True, blank=True)
    ends_on = DayField("until", null=True, blank=True)
    how_to_apply = models.TextField("how to apply", blank=True)
    contact_name = NameField("whom to ask", max_length=150)
    contact_email = AddressField("their email address")
    closes_on = DayField("last day to say so")
    invitation = models.ForeignKey(
        OpeningInvitation,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="openings",
        editable=False,
        verbose_name="offered by a link",
    )
    opened_at = models.DateTimeField("opened", null=True, blank=True, editable=False)
    closed_at = models.DateTimeField("closed", null=True, blank=True, editable=False)

    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="programme")
    objects = GraduateOfferQuerySet.as_manager()

    class Meta:
        verbose_name = "opening"
        ordering = ("-closes_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="opening_ends_after",
                violation_error_message="It cannot end before it starts. Check both days.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.organisation}"

    @property
    def how_it_stands(self) -> str:
        if self.opened_at is None:
            return "Taken off" if self.closed_at else "To be looked at" if self.invitation_id else "Not open yet"
        return "Closed" if self.closed_at or self.closes_on < clock.today() else OPEN

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        return {
            "programme": self.programme.name,
            "offer": self.title,
            "organisation": str(self.organisation),
            "closes_on": english.day_date(self.closes_on),
        }

    @property
    def message_scopes(self) -> list[models.Model]:
        return [self.programme]


class GraduateInterestQuerySet(ScopedQuerySet["GraduateInterest"]):
    def of_place(self, enrolment: Enrolment) -> Self:
        return self.filter(enrolment=enrolment)

    def may_be_taken_back(self) -> Self:
        """As long as it is open, or nobody was given their name; not once they got it."""
        open_ones = GraduateOffer.objects.open().values("pk")
        return self.filter(Q(offer__in=open_ones) | Q(handed_on_at=None), got_on=None)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class GraduateInterest(models.Model):
    """Somebody would like to hear more of an opening. Whoever offers it has their name and address from us once they agree to that."""

    retention = "With the opening: 6 years after its last day."

    offer = models.ForeignKey(GraduateOffer, on_delete=models.CASCADE, related_name="interests")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="graduate_interests")
    words = models.TextField(blank=True)
    said_at = models.DateTimeField("said", default=clock.now, editable=False)
    #: When whoever offers it was given their name; nothing as long as they want to talk to us first.
    handed_on_at = models.DateTimeField("name handed on", null=True, blank=True, default=clock.now, editable=False)
    got_on = DayField("got it on", null=True, blank=True, editable=False)

    visibility = Scope(through="enrolment")

    objects = GraduateInterestQuerySet.as_manager()

    class Meta:
        verbose_name = "interest in an opening"
        verbose_name_plural = "interest in openings"
        ordering = ("-said_at", "-pk")
        constraints = [models.UniqueConstraint(fields=["offer", "enrolment"], name="graduate_interest_once")]

    def __str__(self) -> str:
        return f"{self.enrolment.participant}: {self.offer}"
