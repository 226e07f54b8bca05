"""Where a plan points to: evidence, case studies, documents, and other items (R13)."""

import pghistory
from django.db import models
from django.db.models import Q

from representation.models.plan import ActionItem
from representation.states import ReferenceKind
from steppingup.accounts.scope import Scope, ScopedModel
from steppingup.formats.fields import NameField


@pghistory.track()
class ItemReference(ScopedModel):
    """“Please see Case Study 2 in Appendix 3”; “see page 1”, as the item that stands there."""

    retention = "With its item of a plan."

    item = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="references")
    kind = models.CharField("what it is", max_length=20, choices=ReferenceKind)
    words = NameField("called", max_length=300, blank=True)
    address = models.URLField("address", max_length=500, blank=True)
    other = models.ForeignKey(
        ActionItem, null=True, blank=True, on_delete=models.CASCADE, related_name="referred_by", verbose_name="item"
    )

    visibility = Scope(through="item")

    class Meta:
        verbose_name = "reference"
        ordering = ("item", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(words="") | ~Q(address="") | Q(other__isnull=False),
                name="plan_reference_leads_somewhere",
                violation_error_message="Say what it is called, where it is found, or which item it is.",
            ),
            models.CheckConstraint(
                condition=Q(other=None) | ~Q(other=models.F("item")),
                name="plan_reference_to_another",
                violation_error_message="An item does not refer to itself.",
            ),
        ]

    def __str__(self) -> str:
        return self.words or str(self.other or self.address)
