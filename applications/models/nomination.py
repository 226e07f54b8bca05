"""Employers who are asked whom they nominate, and whom they did."""

from typing import Any, Self

import pghistory
from allauth.account.models import EmailAddress
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, Q

from applications.permissions import ApplicationPermission
from cohorts.models import Cohort
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.english import counted
from steppingup.formats.fields import AddressField, NameField


class NominationRequestQuerySet(ScopedQuerySet["NominationRequest"]):
    def with_numbers(self) -> Self:
        """Adds `nominated`: how many stand."""
        return self.annotate(nominated=Count("nominations", filter=Q(nominations__withdrawn_at=None)))

    def for_steps(self) -> Self:
        return self.select_related("cohort__programme__provider", "cohort__rule_set", "organisation")


@pghistory.track()
class NominationRequest(models.Model):
    """An employer is asked whom it nominates for a cohort: how many, and by whom. They answer by a link."""

    retention = (
        "As the provider says, once none of their nominations is left: 12 months after the cohort began are proposed."
    )

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="nomination_requests")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = NameField("who nominates", max_length=150)
    email = AddressField("their email address")
    places = models.PositiveSmallIntegerField(
        "how many they may nominate", default=3, validators=[MinValueValidator(1)]
    )
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    visibility = Scope(see=ApplicationPermission.SEE_APPLICATIONS, through="cohort", contest="cohort")
    objects = NominationRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "employer who nominates"
        verbose_name_plural = "employers who nominate"
        ordering = ("-asked_at", "-pk")

    def __str__(self) -> str:
        return f"{self.organisation}, for {self.cohort}"

    @property
    def left(self) -> int:
        """How many more they may nominate."""
        return max(self.places - self.nominations.standing().count(), 0)

    @property
    def message_facts(self) -> dict[str, Any]:
        return {
            "programme": self.cohort.programme.name,
            "cohort": self.cohort.name,
            "nominator": self.name,
            "organisation": str(self.organisation),
            "places": counted(self.places, "person", "people"),
        }


class NominationQuerySet(ScopedQuerySet["Nomination"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)

    def of(self, person: User) -> Self:
        """Those that stand and are for an address of this person: also the second one of somebody whose two accounts were merged."""
        second = EmailAddress.objects.filter(user=person, verified=True).values("email")
        return self.standing().filter(Q(email=person.email) | Q(email__in=second))


@pghistory.track()
class Nomination(models.Model):
    """Somebody whom an employer nominates: by the address with which they are to apply."""

    retention = "With the application; where there is none, as the provider says: 12 months after the cohort began are proposed."

    request = models.ForeignKey(NominationRequest, on_delete=models.CASCADE, related_name="nominations")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="nominations")
    name = NameField(max_length=150)
    email = AddressField("email address")
    why = models.TextField("why they are nominated")
    nominated_at = models.DateTimeField(default=clock.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    visibility = Scope(through="request")
    objects = NominationQuerySet.as_manager()

    class Meta:
        ordering = ("nominated_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "email"],
                condition=Q(withdrawn_at=None),
                name="nominated_once_for_a_cohort",
                violation_error_message="Somebody has nominated this person already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, nominated by {self.request.organisation}"
