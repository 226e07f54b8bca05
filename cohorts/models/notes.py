"""What staff note about a participant: a call, a meeting, what a colleague has to know."""

from collections.abc import Callable
from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Q

from cohorts.models.enrolment import Enrolment
from cohorts.states.notes import NoteKind
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.accounts.scope import Scope, ScopedQuerySet, accounts

#: To whom, among the staff, a participant is more than one of the cohort: apps say whom else they know.
_near: list[Callable[[Any], Q]] = [
    lambda user: Q(participant__in=accounts(user)),
    lambda user: Q(line_manager__in=accounts(user)) | Q(memberships__line_manager__in=accounts(user)),
]


def keep_notes_from(rule: Callable[[Any], Q]) -> None:
    """Add participants whose notes somebody does not read, whatever role they hold: a condition on their places."""
    _near.append(rule)


def near_to(user: Any) -> models.QuerySet[Enrolment]:
    """The places of oneself, of those whom one manages or managed, and of those to whom one is something else than staff."""
    if not getattr(user, "is_active", False):
        return Enrolment.objects.none()
    near = Q(pk__in=[])
    for rule in _near:  # each in a query of its own: joins of several kinds at once would multiply rows
        near |= Q(pk__in=Enrolment.objects.filter(rule(user)).order_by().values("pk"))
    return Enrolment.objects.filter(near).order_by()


class StaffNoteQuerySet(ScopedQuerySet["StaffNote"]):
    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        """Those who run the cohort, but for whoever is the participant’s line manager, mentor or host, or was the manager."""
        return super().visible_to(user, permission).exclude(enrolment__in=near_to(user).values("pk"))

    def for_steps(self) -> Self:
        return self.select_related("enrolment__participant", "enrolment__cohort__programme__provider")


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class StaffNote(models.Model):
    """For colleagues: the participant, their employer, mentor and host never see it here. It is a part of what the participant may
    ask the provider for."""

    retention = "With the enrolment: 6 years after the cohort ends, unless it is removed before."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="staff_notes")
    kind = models.CharField("about", max_length=20, choices=NoteKind, default=NoteKind.CALL)
    on = models.DateField("when")
    text = models.TextField("note")
    written_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField(default=clock.now, editable=False)

    visibility = Scope(through="enrolment", about="enrolment__participant")
    objects = StaffNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "note of staff"
        verbose_name_plural = "notes of staff"
        ordering = ("-on", "-pk")

    def __str__(self) -> str:
        return f"Note about {self.enrolment.participant}"
