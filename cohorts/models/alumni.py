"""What graduates agree to (N21), and what employers offer them (B60)."""

from typing import Any, Self

import pghistory
from django.db import models

from cohorts.models.enrolment import Enrolment
from cohorts.models.programme import Programme
from cohorts.permissions import CohortPermission
from cohorts.states import EnrolmentStatus
from cohorts.states.alumni import GraduateOfferKind
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import AddressField, NameField

#: What somebody can agree to: the column, and how a list says it.
AGREES = {"speaks": "Speaks", "mentors": "Would mentor", "hears": "Hears of opportunities"}


class AlumniChoiceQuerySet(ScopedQuerySet["AlumniChoice"]):
    def of_graduates(self) -> Self:
        return self.filter(enrolment__status=EnrolmentStatus.COMPLETED, enrolment__participant__is_active=True)

    def for_steps(self) -> Self:
        return self.select_related("enrolment__participant", "enrolment__cohort__programme__provider")


@pghistory.track()
class AlumniChoice(models.Model):
    """What a graduate would like to do for others, and hear of. Theirs: changed whenever they like."""

    retention = "With the enrolment: 6 years after the cohort ends. The person empties it at any time."

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="alumni_choice")
    speaks = models.BooleanField("would speak to others", default=False)
    mentors = models.BooleanField("would mentor", default=False)
    hears = models.BooleanField("hears of opportunities", default=False)
    words = models.TextField("about what, and when", blank=True)
    chosen_at = models.DateTimeField("said", default=clock.now, editable=False)

    visibility = Scope(through="enrolment")
    objects = AlumniChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "choice of a graduate"
        verbose_name_plural = "choices of graduates"
        ordering = ("enrolment__participant__full_name", "pk")

    def __str__(self) -> str:
        return str(self.enrolment.participant)

    @property
    def in_words(self) -> str:
        found = [said for name, said in AGREES.items() if getattr(self, name)]
        return english.listed(found) if found else "Nothing at the moment"


OPEN = "Open"


class GraduateOfferQuerySet(ScopedQuerySet["GraduateOffer"]):
    def open(self, day: Any = None) -> Self:
        """Those that graduates see: opened, not closed, and not past their last day."""
        today = day or clock.today()
        return self.filter(opened_at__isnull=False, closed_at=None, closes_on__gte=today)

    def for_steps(self) -> Self:
        return self.select_related("programme__provider", "organisation")


@pghistory.track()
class GraduateOffer(models.Model):
    """An interview, a secondment or something to develop by, which an employer offers to those who have completed a programme."""

    retention = "6 years after its last day: it names whom to ask."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="graduate_offers")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    title = NameField(max_length=150)
    kind = models.CharField("what it is", max_length=20, choices=GraduateOfferKind)
    description = models.TextField("what it is about")
    place = NameField("where", max_length=200, blank=True)
    contact_name = NameField("whom to ask", max_length=150)
    contact_email = AddressField("their email address")
    closes_on = DayField("last day")
    opened_at = models.DateTimeField("opened", null=True, blank=True, editable=False)
    closed_at = models.DateTimeField("closed", null=True, blank=True, editable=False)

    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="programme")
    objects = GraduateOfferQuerySet.as_manager()

    class Meta:
        verbose_name = "opportunity for graduates"
        verbose_name_plural = "opportunities for graduates"
        ordering = ("-closes_on", "-pk")

    def __str__(self) -> str:
        return f"{self.title}, {self.organisation}"

    @property
    def how_it_stands(self) -> str:
        if self.opened_at is None:
            return "Not open yet"
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


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class GraduateInterest(models.Model):
    """A graduate would like to hear more of an opportunity; whoever offers it has their name and address from us."""

    retention = "With the opportunity: 6 years after its last day."

    offer = models.ForeignKey(GraduateOffer, on_delete=models.CASCADE, related_name="interests")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="graduate_interests")
    words = models.TextField(blank=True)
    said_at = models.DateTimeField("said", default=clock.now, editable=False)

    visibility = Scope(through="enrolment")

    objects = ScopedQuerySet["GraduateInterest"].as_manager()

    class Meta:
        verbose_name = "interest of a graduate"
        verbose_name_plural = "interest of graduates"
        ordering = ("-said_at", "-pk")
        constraints = [models.UniqueConstraint(fields=["offer", "enrolment"], name="graduate_interest_once")]

    def __str__(self) -> str:
        return f"{self.enrolment.participant}: {self.offer}"
