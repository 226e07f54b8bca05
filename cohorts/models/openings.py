"""Employers who are asked, by a link, to put something on the board of openings (L5, B60)."""

from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Q

from cohorts.models.offering import AskedByLink, AskedQuerySet
from cohorts.models.programme import Programme
from cohorts.permissions import CohortPermission
from steppingup.accounts.scope import Scope


class OpeningInvitationQuerySet(AskedQuerySet["OpeningInvitation"]):
    def for_steps(self) -> Self:
        return self.select_related("programme__provider", "organisation")


@pghistory.track()
class OpeningInvitation(AskedByLink):
    """Somebody at an employer who was asked, by a link, what they have for people of a programme."""

    retention = "As long as the programme, and what they offered. The link works for 60 days, or until it is ended."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="opening_invitations")

    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="programme")
    objects = OpeningInvitationQuerySet.as_manager()

    class Meta(AskedByLink.Meta):
        verbose_name = "employer asked for openings"
        verbose_name_plural = "employers asked for openings"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organisation", "email"],
                condition=Q(ended_at=None),
                name="asked_for_openings_once",
                violation_error_message="They have been asked already.",
            )
        ]

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        return {"programme": self.programme.name, "organisation": str(self.organisation)}

    @property
    def message_scopes(self) -> list[models.Model]:
        return [self.programme]
