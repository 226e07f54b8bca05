"""Days that cohorts of several programmes, and of several providers, spend together (C5)."""

from datetime import date, timedelta
from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cohorts.models.cohort import Cohort
from cohorts.models.session import Session
from cohorts.states import JOINT, JOINT_OPEN, JointStatus
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.history.lifecycle import frozen

#: Names of the others are seen on the day, and so long afterwards that a mark can still be put right at the other desk.
OPEN_FOR = timedelta(days=7)


class JointQuerySet(ScopedQuerySet["JointInvitation"]):
    def open(self) -> Self:
        """Not answered yet, or accepted."""
        return self.filter(status__in=JOINT_OPEN)

    def accepted(self) -> Self:
        return self.filter(status=JointStatus.ACCEPTED)

    def to_answer(self) -> Self:
        going = self.filter(status=JointStatus.INVITED, host_session__cancelled_at=None)
        return going.filter(host_session__starts_at__gt=clock.now())

    def for_steps(self) -> Self:
        return self.select_related(
            "cohort__programme__provider", "cohort__plan", "session", "host_session__cohort__programme__provider"
        )


@pghistory.track()
class JointInvitation(models.Model):
    """One cohort is invited to a session of another, and each counts the day for a part of its own plan. Once it is accepted the guest
    has a session of its own, at the same time and place, which follows the host's. It belongs to the guest: the host sees of it that it
    was answered, and numbers."""

    retention = "Holds no personal data of participants; kept with its cohorts."

    host_session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="invitations", verbose_name="session"
    )
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="joint_invitations")
    session = models.OneToOneField(
        Session, null=True, blank=True, on_delete=models.PROTECT, related_name="joined_by", editable=False
    )
    status = models.CharField(max_length=20, choices=JointStatus, default=JointStatus.INVITED, editable=False)
    message = models.TextField("what the host says", blank=True)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    reason = models.TextField("why not", blank=True, editable=False)

    visibility = Scope(through="cohort")
    objects = JointQuerySet.as_manager()

    class Meta:
        ordering = ("-host_session__starts_at", "pk")
        verbose_name = "invitation to a joint day"
        verbose_name_plural = "invitations to joint days"
        constraints = [
            models.UniqueConstraint(
                fields=["host_session", "cohort"],
                condition=Q(status__in=JOINT_OPEN),
                name="joint_invited_once",
                violation_error_message="This cohort is invited already.",
            ),
            models.CheckConstraint(
                condition=~Q(status=JointStatus.ACCEPTED) | Q(session__isnull=False),
                name="joint_accepted_has_session",
                violation_error_message="Whoever takes part has a session of their own.",
            ),
        ]
        triggers = [*JOINT.triggers(), frozen("host_session", "cohort", name="joint_stays_what_it_is")]

    def __str__(self) -> str:
        return f"{self.host_session}, with {self.host_session.cohort}"

    @property
    def host(self) -> Organisation:
        return self.host_session.cohort.programme.provider

    @property
    def is_of_another_provider(self) -> bool:
        return self.host.pk != self.cohort.programme.provider_id

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails to those who run the guests' cohort say of it."""
        session = self.host_session
        return {
            **self.cohort.message_facts,
            "session": session.title,
            "when": session.when_in_words,
            "place": session.place,
            "host": f"{session.cohort.programme} of {self.host}",
        }


def joined(session: Session) -> "JointInvitation | None":
    """The invitation by which a session follows another cohort's; nothing for a host's, and for one that goes alone."""
    found: JointInvitation | None = getattr(session, "joined_by", None)
    return found if found is not None and found.status == JointStatus.ACCEPTED else None


def host_of(session: Session) -> Session:
    """The session that this one follows, or itself."""
    found = joined(session)
    return found.host_session if found else session


def guests_of(host: Session) -> list[JointInvitation]:
    """Those who take part in a host's session, each with a session of their own, in the order in which they were asked."""
    found = JointInvitation.objects.accepted().filter(host_session=host).order_by("pk")
    return list(found.select_related("session__component", "session__cohort__programme__provider", "cohort"))


def others_of(session: Session) -> list[Session]:
    """The sessions of the other cohorts on the same joint day, the host's first; none for a day that goes alone."""
    host = host_of(session)
    rest = [one.session for one in guests_of(host) if one.session and one.session_id != session.pk]
    return [*([host] if host.pk != session.pk else []), *rest]


def is_open_together(session: Session, today: date | None = None) -> bool:
    """On the day, and for a week, whoever takes the register of one of its sessions sees who is on those of the others."""
    on, today = timezone.localdate(session.starts_at), today or clock.today()
    return session.cancelled_at is None and on <= today <= on + OPEN_FOR
