"""A mentor, or somebody to shadow, at a participant's own employer, beside the mentor from another organisation (B48)."""

from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Q

from cohorts.models.enrolment import Enrolment
from cohorts.states import EnrolmentStatus
from cohorts.states.conversations import Side
from cohorts.states.internal import INTERNAL, STANDING, EndedBy, InternalKind, InternalStatus
from steppingup import clock
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.fields import AddressField, NameField

LONGEST = 2000


class InternalMentorQuerySet(ScopedQuerySet["InternalMentor"]):
    def standing(self) -> Self:
        """Those who were asked or have agreed, of people who are on the programme or through it."""
        return self.filter(status__in=STANDING).exclude(enrolment__status=EnrolmentStatus.WITHDRAWN)

    def unanswered(self) -> Self:
        """Those who were asked, and have said nothing, of people who are on the programme."""
        return self.filter(status=InternalStatus.ASKED, enrolment__status=EnrolmentStatus.ENROLLED)

    def for_steps(self) -> Self:
        of = "enrolment"
        return self.select_related(
            *(f"{of}__participant", f"{of}__line_manager", f"{of}__employer"),
            *(f"{of}__cohort__programme__provider", f"{of}__cohort__plan"),
        )


@pghistory.track()
class InternalMentor(models.Model):
    """Somebody at the own employer, named by the participant or the line manager, who agrees by a link and has no account. It counts for
    no days, and has nothing to do with matching: the mentor of the programme is from another organisation (B13). They see of the
    participant what stands on the page of their link, and nothing else."""

    retention = (
        "With the enrolment: 6 years after the cohort ends. The link works for 365 days, or until a newer one is sent."
    )

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="internal_mentors")
    kind = models.CharField("what for", max_length=12, choices=InternalKind, default=InternalKind.MENTORING)
    name = NameField(max_length=150)
    job = NameField("job", max_length=150)
    email = AddressField("email address")
    hopes = models.TextField("what they hope for", max_length=LONGEST, blank=True)
    named_as = models.CharField("named by", max_length=20, choices=Side, editable=False)
    status = models.CharField(max_length=12, choices=InternalStatus, default=InternalStatus.ASKED, editable=False)
    asked_at = models.DateTimeField("asked", default=clock.now, editable=False)
    answered_at = models.DateTimeField("answered", null=True, blank=True, editable=False)
    ended_at = models.DateTimeField("ended", null=True, blank=True, editable=False)
    ended_by = models.CharField("why it ended", max_length=20, choices=EndedBy, blank=True, editable=False)

    visibility = Scope(through="enrolment")
    objects = InternalMentorQuerySet.as_manager()

    class Meta:
        verbose_name = "internal mentor"
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "email"],
                condition=Q(status__in=STANDING),
                name="internal_mentor_once",
                violation_error_message="They have been asked already.",
            ),
            models.CheckConstraint(
                condition=Q(status=InternalStatus.ENDED, ended_at__isnull=False, ended_by__gt="")
                | (~Q(status=InternalStatus.ENDED) & Q(ended_at=None, ended_by="")),
                name="internal_mentor_ended_dated",
            ),
            models.CheckConstraint(
                condition=Q(status=InternalStatus.ENDED)
                | Q(status=InternalStatus.ASKED, answered_at=None)
                | (~Q(status=InternalStatus.ASKED) & Q(answered_at__isnull=False)),
                name="internal_mentor_answer_dated",
            ),
        ]
        triggers = [*INTERNAL.triggers()]

    def __str__(self) -> str:
        return f"{self.name}, {self.job}"

    @property
    def does(self) -> str:
        """“mentoring”, in the middle of a sentence."""
        label = InternalKind(self.kind).label
        return label[:1].lower() + label[1:]

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        return self.enrolment.message_facts
