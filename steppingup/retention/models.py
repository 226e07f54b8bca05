"""For how long a provider keeps what, and how many of it have gone."""

import pghistory
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.accounts.roles import SitePermission
from steppingup.accounts.scope import Scope, ScopedModel
from steppingup.formats.english import counted
from steppingup.retention.kinds import called


@pghistory.track()
class RetentionPeriod(ScopedModel):
    """A provider keeps records of one kind for so many months. Without a row it keeps them until it says so."""

    retention = "Holds no personal data; kept as the record of what was promised."
    visibility = Scope(see=SitePermission.MANAGE_PEOPLE, provider="provider")

    provider = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="retention_periods")
    kind = models.CharField(max_length=60)
    months = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("provider", "kind")
        constraints = [
            models.UniqueConstraint(fields=["provider", "kind"], name="retention_period_once"),
            models.CheckConstraint(condition=models.Q(months__gte=1), name="retention_period_at_least_a_month"),
        ]

    def __str__(self) -> str:
        return f"{called(self.kind)}: {counted(self.months, 'month', 'months')}"


class Removal(ScopedModel):
    """So many records of a kind went on one night, and what they belonged to. Nothing of them is left but this number."""

    retention = "Holds no personal data; kept, so that the numbers of a cohort still add up."
    visibility = Scope(see=SitePermission.MANAGE_PEOPLE, provider="provider")

    provider = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="removals")
    kind = models.CharField(max_length=60)
    on = models.DateField(default=clock.today)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    of = GenericForeignKey("content_type", "object_id")
    number = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-on", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "kind", "on", "content_type", "object_id"], name="removal_once_a_night"
            )
        ]

    def __str__(self) -> str:
        return f"{called(self.kind)}: {self.number}"
