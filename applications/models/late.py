"""More time for one person: let in after closing, or until later than everybody else."""

from datetime import datetime
from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Max, OuterRef, Q, Subquery

from applications.models.window import Window, last_moment_of
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.english import when
from steppingup.formats.fields import AddressField


class LateEntryQuerySet(ScopedQuerySet["LateEntry"]):
    def of(self, person: User) -> Self:
        """Those of this person: given to the account, or to the address that it has."""
        return self.filter(Q(person=person) | Q(email=person.email))

    def running(self, moment: datetime | None = None) -> Self:
        return self.filter(until__gt=moment or clock.now())


@pghistory.track()
class LateEntry(models.Model):
    """One person may submit until another time than everybody else, for a reason. The latest of several counts."""

    retention = (
        "As the provider says: 12 months after the window has closed are proposed. Who was let in later, and why."
    )

    window = models.ForeignKey(Window, on_delete=models.CASCADE, related_name="late_entries")
    email = AddressField("email address", max_length=254)
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+", editable=False)
    until = models.DateTimeField(help_text="Nothing can be submitted from this moment on.")
    reason = models.TextField()
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    given_at = models.DateTimeField(default=clock.now, editable=False)

    visibility = Scope(through="window", about="person")
    objects = LateEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "more time for one person"
        verbose_name_plural = "more time for one person"
        ordering = ("-until", "-pk")
        indexes = [models.Index(fields=["window", "email"])]

    def __str__(self) -> str:
        return f"{self.email}, until {when(self.last_moment)}"

    @property
    def last_moment(self) -> datetime:
        return last_moment_of(self.until)


def late_until() -> Subquery:
    """For a query of applications: until when its applicant may submit, where that is another time than the window's."""
    found = LateEntry.objects.filter(
        Q(person=OuterRef("applicant")) | Q(email=OuterRef("applicant__email")), window__cohort=OuterRef("cohort")
    )
    latest = found.order_by().values("window").annotate(latest=Max("until"))
    return Subquery(latest.values("latest"), output_field=models.DateTimeField())


def window_of(window: Window, person: Any) -> Window:
    """The window as it is for this person: what closes later for them closes later in whatever is asked of it."""
    if getattr(person, "pk", None) is None:
        return window
    latest = LateEntry.objects.of(person).filter(window=window).aggregate(latest=Max("until"))["latest"]
    return window.closing_at(latest)
