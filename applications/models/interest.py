"""The register of interest: “email me when recruitment begins” (B32)."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from applications.models.application import Application
from applications.models.window import Window
from applications.permissions import ApplicationPermission
from cohorts.models import Enrolment, Programme
from cohorts.states import HOLDS_A_PLACE, Selection
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.fields import AddressField, NameField


class InterestQuerySet(ScopedQuerySet["Interest"]):
    def standing(self) -> Self:
        """Confirmed, and not left."""
        return self.filter(confirmed_at__isnull=False, left_at=None)

    def to_tell_of(self, window: Window) -> Self:
        """Those who asked to be told of this programme and have not been told of this window. Of graduates of another programme, not
        whoever has applied already or is on it; and none where nobody but an employer can put them forward. What else might rule
        them out (their grade by now, say) is not known here, and not guessed."""
        found = self.standing().filter(programme=window.cohort.programme_id).exclude(told__window=window)
        if window.cohort.rule_set.selection == Selection.NOMINATION:
            return found.filter(graduate=None)
        person, programme = OuterRef("graduate__participant"), window.cohort.programme_id
        applied = Application.objects.filter(applicant=person, cohort=window.cohort_id)
        on_it = Enrolment.objects.filter(participant=person, cohort__programme=programme, status__in=HOLDS_A_PLACE)
        return found.exclude(Q(graduate__isnull=False) & (Exists(applied) | Exists(on_it)))

    def of_person(self, person: User) -> Self:
        return self.filter(email=person.email)

    def of_graduates(self) -> Self:
        return self.filter(graduate__isnull=False)


class Interest(models.Model):
    """Somebody wants to be told when a programme opens. They confirm by a link, and can leave by a link."""

    retention = "As the provider says: 24 months after they left or were last told of an opening are proposed."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="interests")
    email = AddressField()
    name = NameField(max_length=150, blank=True)
    registered_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    # Who has completed a programme that leads on to this one, and asked on their page: by which place.
    graduate = models.ForeignKey(
        Enrolment, null=True, blank=True, on_delete=models.SET_NULL, related_name="interests", editable=False
    )
    last_told_at = models.DateTimeField(null=True, blank=True)

    visibility = Scope(see=ApplicationPermission.SEE_APPLICATIONS, through="programme")
    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = "entry in the register of interest"
        verbose_name_plural = "register of interest"
        ordering = ("-registered_at",)
        constraints = [models.UniqueConstraint(fields=["programme", "email"], name="interest_once")]

    def __str__(self) -> str:
        return self.email

    @property
    def message_scopes(self) -> tuple[models.Model, ...]:
        return (self.programme,)

    @property
    def message_facts(self) -> dict[str, str]:
        return {"programme": self.programme.name}


class InterestTold(ScopedModel):
    """This person was told that this window is open. The row is what makes it happen once."""

    retention = "With the entry in the register."

    interest = models.ForeignKey(Interest, on_delete=models.CASCADE, related_name="told")
    window = models.ForeignKey(Window, on_delete=models.CASCADE, related_name="interest_told")
    at = models.DateTimeField(default=clock.now)

    visibility = Scope(through="interest")

    class Meta:
        verbose_name_plural = "told of an opening"
        constraints = [models.UniqueConstraint(fields=["interest", "window"], name="interest_told_once")]

    def __str__(self) -> str:
        return f"{self.interest}: {self.window}"
