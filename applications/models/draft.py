"""Applications in progress, as far as chasing them needs it."""

from typing import Any, Self

from django.db.models import OuterRef, Subquery

from applications.models.application import Application, ApplicationQuerySet
from applications.permissions import ApplicationPermission
from applications.states import ApplicationStatus
from funding.models import FeeAgreement
from steppingup.accounts.roles import Permission
from steppingup.accounts.scope import Scope, ScopedQuerySet


class DraftQuerySet(ApplicationQuerySet):
    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        """What is not submitted yet, of the person's cohorts; nobody else's, and not one's own."""
        return ScopedQuerySet.visible_to(self, user, permission).filter(status=ApplicationStatus.DRAFT)

    def with_sponsor(self) -> Self:
        """Adds whom the fee waits for and since when: `fee_status`, `fee_asked_at` and `sponsor`."""
        agreement = FeeAgreement.objects.filter(person=OuterRef("applicant"), cohort=OuterRef("cohort"))
        return self.annotate(
            fee_status=Subquery(agreement.values("status")[:1]),
            fee_asked_at=Subquery(agreement.values("asked_at")[:1]),
            sponsor=Subquery(agreement.values("sponsor_name")[:1]),
        )


class Draft(Application):
    """An application that is not submitted yet, as far as chasing needs it: who, how far, waiting for whom. Never its words."""

    retention = "3 months after the window has closed, as drafts."
    visibility = Scope(
        see=ApplicationPermission.SEE_APPLICATIONS, through="cohort", about="applicant", contest="cohort"
    )
    objects = DraftQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        proxy = True
        verbose_name = "application in progress"
        verbose_name_plural = "applications in progress"
        ordering = ("-changed_at", "-pk")
