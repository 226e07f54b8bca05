"""“I cannot come”: said beforehand by a participant, for one session. Nobody asks why."""

from collections.abc import Iterable
from typing import Self

import pghistory
from django.db import models
from django.db.models import F

from cohorts.models.enrolment import Enrolment
from cohorts.models.session import Session
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet


class ApologyQuerySet(ScopedQuerySet["Apology"]):
    def standing(self) -> Self:
        """Those that were said for the time at which the session takes place now: of another time nobody has said anything."""
        return self.filter(starts_at=F("session__starts_at"))

    def at(self, sessions: Iterable[Session]) -> Self:
        return self.filter(session__in=sessions)


@pghistory.track()
class Apology(models.Model):
    """A participant has said that they cannot come to a session. The register begins with “excused” for them. It is for the time that
    was set when they said it: once the session moves to another, they are asked nothing and have said nothing."""

    retention = "With the enrolment: 6 years after the cohort ends. Holds no reason."

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="apologies")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="apologies")
    starts_at = models.DateTimeField("for the time", editable=False)
    said_at = models.DateTimeField(default=clock.now, editable=False)
    said_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    visibility = Scope(through="session")
    objects = ApologyQuerySet.as_manager()

    class Meta:
        ordering = ("session", "enrolment")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrolment"],
                name="apology_once",
                violation_error_message="They have said so already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrolment.participant}: {self.session}"
