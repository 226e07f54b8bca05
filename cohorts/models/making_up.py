"""What was agreed in place of a session that somebody missed."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import Q

from cohorts.models.enrolment import Enrolment
from cohorts.models.plan import Component
from cohorts.models.session import Session
from cohorts.states.making_up import MakeUpKind
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import NameField


class MakeUpQuerySet(ScopedQuerySet["MakeUp"]):
    def agreed(self) -> Self:
        """Those that stand, done or not."""
        return self.filter(called_off_at=None)

    def to_do(self) -> Self:
        return self.agreed().filter(done_on=None)

    def for_steps(self) -> Self:
        return self.select_related(
            "enrolment__participant", "enrolment__cohort__programme__provider", "session", "component"
        )


@pghistory.track()
class MakeUp(models.Model):
    """In place of a session, or of a part of it, a participant goes to another one or does a piece of work, by a day. Once it is
    done it counts for the part of the plan that the session counted for."""

    retention = "With the enrolment: 6 years after the cohort ends."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="make_ups")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="make_ups")
    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, related_name="+", verbose_name="part of the plan"
    )
    days = models.DecimalField(max_digits=8, decimal_places=6)
    kind = models.CharField("how it is made up", max_length=20, choices=MakeUpKind)
    what = NameField("what was agreed", max_length=300)
    due_on = DayField("to be done by")
    agreed_at = models.DateTimeField(default=clock.now, editable=False)
    agreed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    done_on = models.DateField("done on", null=True, blank=True, editable=False)
    called_off_at = models.DateTimeField(null=True, blank=True, editable=False)

    visibility = Scope(through="enrolment")
    objects = MakeUpQuerySet.as_manager()

    class Meta:
        verbose_name = "make-up"
        ordering = ("due_on", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(days__gt=0, days__lte=1), name="make_up_at_most_a_day"),
            models.CheckConstraint(
                condition=Q(done_on=None) | Q(called_off_at=None), name="make_up_done_or_called_off"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}, for “{self.session}”"

    @property
    def amount(self) -> str:
        """“1 day of Modules”."""
        return f"{self.component.said(self.days)} of {self.component}"

    @property
    def standing(self) -> str:
        """How it stands, in a word or two."""
        if self.called_off_at:
            return "Called off"
        if self.done_on:
            return f"Done on {english.day_date(self.done_on)}"
        return "Overdue" if self.due_on < clock.today() else "To do"
