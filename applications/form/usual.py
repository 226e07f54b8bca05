"""The parts that an application has, and the reasons for turning it down, unless a coordinator says otherwise."""

from collections.abc import Collection
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
    PartKind.FEE,
    PartKind.STATEMENTS,
    PartKind.CV,
    PartKind.ACCESS,
    PartKind.EQUALITY,
)
OPTIONAL = (PartKind.EQUALITY,)
#: Without these nobody could be written to, or be offered a place.
ALWAYS = (PartKind.DETAILS, PartKind.WORK)
#: Whoever leaves these out cannot submit, where they are asked at all.
COMPLETE = (*ALWAYS, PartKind.ELIGIBILITY)


def contradiction(kinds: Collection[str], *, checks: bool) -> str:
    """Why an application cannot have parts of these kinds, in a sentence; empty where it can. `checks`: do its rules have
    questions of the eligibility check?"""
    for kind in ALWAYS:
        if kind not in kinds:
            return f"“{kind.label}” is always needed: without it nobody could get a place."
    if checks and PartKind.ELIGIBILITY not in kinds:
        return (
            f"“{PartKind.ELIGIBILITY.label}” asks the questions of the eligibility check. Keep it, or remove these "
            "questions too."
        )
    return ""


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
