"""What was marked in registers, tap by tap. The register of today, `Attendance`, follows from it."""

from typing import Self

from django.db import models
from django.db.models import Q

from cohorts.models.enrolment import Enrolment
from cohorts.models.session import Session
from cohorts.states import Mark
from cohorts.states.registers import SHARES, Given, Tap, Way
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.history.lifecycle import append_only


class RegisterMarkQuerySet(ScopedQuerySet["RegisterMark"]):
    def counted(self) -> Self:
        """Those that could be entered in the register, in the order in which they were received."""
        return self.filter(refused="").order_by("pk")


class RegisterMark(models.Model):
    """Somebody marked one person at one session: a row for each tap, added and never changed. Its key is made where it is tapped, so
    that a tap which is sent twice is received once."""

    retention = "With the enrolment: 6 years after the cohort ends."

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="taps")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="taps")
    key = models.UUIDField(unique=True)
    # Empty: the mark is gone, as before it was made.
    mark = models.CharField(max_length=10, choices=Mark, blank=True)
    share = models.DecimalField("for how much of it", max_digits=3, decimal_places=2, null=True, blank=True)
    way = models.CharField("how", max_length=10, choices=Way, default=Way.DESK)
    device = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField("when, by the device", default=clock.now)
    received_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The key of the mark that stood, as far as the device knew.
    saw = models.CharField(max_length=36, blank=True)
    settles = models.BooleanField("having seen what else was said", default=False)
    refused = models.CharField("why it does not count", max_length=400, blank=True)

    visibility = Scope(through="session")
    objects = RegisterMarkQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = "mark in a register"
        verbose_name_plural = "marks in registers"
        indexes = [models.Index(fields=["session", "enrolment"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(share=None) | Q(mark=Mark.PART, share__in=SHARES), name="register_mark_share_of_part"
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.enrolment.participant}: {self.given.label}"

    @property
    def given(self) -> Given:
        return Given(self.mark, self.share)

    @property
    def tap(self) -> Tap:
        return Tap(str(self.key), self.device, self.made_at, self.given.said, self.saw, self.settles)
