"""The parts that an application has, and the reasons for turning it down, unless a coordinator says otherwise."""

from typing import Any

from applications.models import FormPart, Reason
from applications.models.reason import usual_reasons
from applications.states import PartKind
from cohorts.models import RuleSet

#: In their order; and those that need not be complete.
USUAL = (
    PartKind.DETAILS,
    PartKind.ELIGIBILITY,
    PartKind.WORK,
    PartKind.SUPPORT,
    PartKind.STATEMENTS,
    PartKind.CV,
    PartKind.ACCESS,
    PartKind.EQUALITY,
)
OPTIONAL = (PartKind.EQUALITY,)
#: Without these nobody could be written to, or be offered a place.
ALWAYS = (PartKind.DETAILS, PartKind.ELIGIBILITY, PartKind.WORK)


def usual_parts(rules: RuleSet) -> list[FormPart]:
    """Not saved yet."""
    return [
        FormPart(rule_set=rules, key=kind.value, kind=kind, is_required=kind not in OPTIONAL, order=order)
        for order, kind in enumerate(USUAL)
    ]


def give_usual_parts(sender: Any, instance: RuleSet, created: bool, **kwargs: Any) -> None:
    """New rules ask the usual, and have the usual reasons. (What is copied has the parts of what it is copied from.)"""
    if created and not instance.is_copy:
        FormPart.objects.bulk_create(usual_parts(instance))
        Reason.objects.bulk_create(usual_reasons(instance))
